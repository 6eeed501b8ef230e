// Each library verifies what the other signed: keys may move between builds of either kind.
#include "common/trust/ecdsa.hpp"

#include <gtest/gtest.h>
#include <mbedtls/pem.h>

#include "common/trust/keys.hpp"

namespace {

std::string to_der(std::string const& pem, std::string const& label) {
    mbedtls_pem_context context;
    mbedtls_pem_init(&context);
    std::size_t used = 0;
    EXPECT_EQ(mbedtls_pem_read_buffer(&context, ("-----BEGIN " + label + "-----").c_str(),
                                      ("-----END " + label + "-----").c_str(),
                                      reinterpret_cast<unsigned char const*>(pem.c_str()), nullptr,
                                      0, &used),
              0);
    std::string der{reinterpret_cast<char const*>(context.buf), context.buflen};
    mbedtls_pem_free(&context);
    return der;
}

struct Pair {
    std::unique_ptr<trust::Signer const> signer;
    std::unique_ptr<trust::Verifier const> verifier;
};

Pair libcrypto(std::string const& secret, std::string const& open) {
    return {trust::libcrypto_signer(secret), trust::libcrypto_verifier(open)};
}
Pair mbedtls(std::string const& secret, std::string const& open) {
    return {trust::mbedtls_signer(secret), trust::mbedtls_verifier(open)};
}

}  // namespace

TEST(Ecdsa, Signatures_of_either_library_are_verified_by_the_other) {
    for (int round = 0; round < 20; ++round) {  // some signatures begin with zero bytes
        auto const key = trust::PrivateKey::generate();
        auto const secret = to_der(key.to_pem(), "EC PRIVATE KEY");
        auto const open = to_der(key.public_key().to_pem(), "PUBLIC KEY");
        auto const one = libcrypto(secret, open);
        auto const two = mbedtls(secret, open);
        ASSERT_TRUE(one.signer && one.verifier && two.signer && two.verifier);
        auto const message = "message " + std::to_string(round);
        for (auto const* signer : {one.signer.get(), two.signer.get()}) {
            auto const signature = signer->sign(message);
            ASSERT_EQ(signature.size(), trust::kSignatureBytes);
            for (auto const* verifier : {one.verifier.get(), two.verifier.get()}) {
                EXPECT_TRUE(verifier->verify(message, signature));
                EXPECT_FALSE(verifier->verify(message + "!", signature));
                auto bent = signature;
                bent[40] = static_cast<char>(bent[40] ^ 4);
                EXPECT_FALSE(verifier->verify(message, bent));
            }
        }
    }
}

TEST(Ecdsa, Neither_library_takes_a_key_that_is_none) {
    EXPECT_EQ(trust::libcrypto_signer("junk"), nullptr);
    EXPECT_EQ(trust::libcrypto_verifier("junk"), nullptr);
    EXPECT_EQ(trust::mbedtls_signer("junk"), nullptr);
    EXPECT_EQ(trust::mbedtls_verifier("junk"), nullptr);
}
