#include "common/trust/ecdsa.hpp"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "common/base/check.hpp"

namespace trust {
namespace {

constexpr int kHalf = static_cast<int>(kSignatureBytes / 2);

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

unsigned char const* bytes(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

class LibcryptoSigner final : public Signer {
  public:
    explicit LibcryptoSigner(Key key) : key_(std::move(key)) {}

    std::string sign(std::string_view message) const override {
        Context const context{EVP_MD_CTX_new()};
        CHECK(context != nullptr);
        CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
        std::string der(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
        std::size_t size = der.size();
        CHECK(EVP_DigestSign(context.get(), bytes(der), &size, bytes(message), message.size()) ==
              1);
        auto const* at = bytes(std::string_view{der});
        Signature const signature{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size))};
        CHECK(signature != nullptr);
        std::string out(kSignatureBytes, '\0');
        CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes(out), kHalf) == kHalf);
        CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes(out) + kHalf, kHalf) == kHalf);
        return out;
    }

  private:
    Key key_;
};

class LibcryptoVerifier final : public Verifier {
  public:
    explicit LibcryptoVerifier(Key key) : key_(std::move(key)) {}

    bool verify(std::string_view message, std::string_view signature) const override {
        if (signature.size() != kSignatureBytes) return false;
        auto const der = to_der(signature);
        Context const context{EVP_MD_CTX_new()};
        CHECK(context != nullptr);
        CHECK(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
        bool const good = EVP_DigestVerify(context.get(), bytes(std::string_view{der}), der.size(),
                                           bytes(message), message.size()) == 1;
        // A refused signature leaves an entry in this thread's queue; TLS in the same thread would
        // take it for its own.
        if (!good) ERR_clear_error();
        return good;
    }

  private:
    static std::string to_der(std::string_view raw) {
        Signature const signature{ECDSA_SIG_new()};
        CHECK(signature != nullptr);
        auto* const r = BN_bin2bn(bytes(raw), kHalf, nullptr);
        auto* const s = BN_bin2bn(bytes(raw) + kHalf, kHalf, nullptr);
        CHECK(r != nullptr && s != nullptr);
        CHECK(ECDSA_SIG_set0(signature.get(), r, s) == 1);  // owns both now
        int const size = i2d_ECDSA_SIG(signature.get(), nullptr);
        CHECK(size > 0);
        std::string der(static_cast<std::size_t>(size), '\0');
        auto* out = bytes(der);
        CHECK(i2d_ECDSA_SIG(signature.get(), &out) == size);
        return der;
    }

    Key key_;
};

}  // namespace

std::unique_ptr<Signer const> libcrypto_signer(std::string_view sec1_der) {
    auto const* at = bytes(sec1_der);
    Key key{d2i_PrivateKey(EVP_PKEY_EC, nullptr, &at, static_cast<long>(sec1_der.size()))};
    if (key == nullptr) {
        ERR_clear_error();
        return nullptr;
    }
    return std::make_unique<LibcryptoSigner>(std::move(key));
}

std::unique_ptr<Verifier const> libcrypto_verifier(std::string_view spki_der) {
    auto const* at = bytes(spki_der);
    Key key{d2i_PUBKEY(nullptr, &at, static_cast<long>(spki_der.size()))};
    if (key == nullptr) {
        ERR_clear_error();
        return nullptr;
    }
    return std::make_unique<LibcryptoVerifier>(std::move(key));
}

}  // namespace trust
