#include "common/trust/ecdsa.hpp"

#include <mbedtls/ecdsa.h>
#include <mbedtls/pk.h>

#include <mutex>

#include "common/base/check.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/mbedtls_tools.hpp"

namespace trust {
namespace {

constexpr std::size_t kHalf = kSignatureBytes / 2;

unsigned char const* bytes(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// Two numbers of a signature; freed together.
struct Pair {
    Pair() {
        mbedtls_mpi_init(&r);
        mbedtls_mpi_init(&s);
    }
    ~Pair() {
        mbedtls_mpi_free(&r);
        mbedtls_mpi_free(&s);
    }
    Pair(Pair const&) = delete;
    Pair& operator=(Pair const&) = delete;

    mbedtls_mpi r;
    mbedtls_mpi s;
};

// The group of a context caches precomputed points on first use, so even verifying writes to it.
struct Context {
    Context() { mbedtls_pk_init(&pk); }
    ~Context() { mbedtls_pk_free(&pk); }
    Context(Context const&) = delete;
    Context& operator=(Context const&) = delete;

    mbedtls_pk_context pk;
    std::mutex mutex;
};

class MbedtlsSigner final : public Signer {
  public:
    explicit MbedtlsSigner(std::unique_ptr<Context> context) : context_(std::move(context)) {}

    std::string sign(std::string_view message) const override {
        auto const digest = sha256(message);
        Pair pair;
        std::lock_guard const lock{context_->mutex};
        auto* const key = mbedtls_pk_ec(context_->pk);
        CHECK(mbedtls_ecdsa_sign_det_ext(&key->grp, &pair.r, &pair.s, &key->d, digest.data(),
                                         digest.size(), MBEDTLS_MD_SHA256, kernel_random,
                                         nullptr) == 0);
        std::string out(kSignatureBytes, '\0');
        CHECK(mbedtls_mpi_write_binary(&pair.r, bytes(out), kHalf) == 0);
        CHECK(mbedtls_mpi_write_binary(&pair.s, bytes(out) + kHalf, kHalf) == 0);
        return out;
    }

  private:
    std::unique_ptr<Context> context_;
};

class MbedtlsVerifier final : public Verifier {
  public:
    explicit MbedtlsVerifier(std::unique_ptr<Context> context) : context_(std::move(context)) {}

    bool verify(std::string_view message, std::string_view signature) const override {
        if (signature.size() != kSignatureBytes) return false;
        auto const digest = sha256(message);
        Pair pair;
        CHECK(mbedtls_mpi_read_binary(&pair.r, bytes(signature), kHalf) == 0);
        CHECK(mbedtls_mpi_read_binary(&pair.s, bytes(signature) + kHalf, kHalf) == 0);
        std::lock_guard const lock{context_->mutex};
        auto* const key = mbedtls_pk_ec(context_->pk);
        return mbedtls_ecdsa_verify(&key->grp, digest.data(), digest.size(), &key->Q, &pair.r,
                                    &pair.s) == 0;
    }

  private:
    std::unique_ptr<Context> context_;
};

}  // namespace

std::unique_ptr<Signer const> mbedtls_signer(std::string_view sec1_der) {
    auto context = std::make_unique<Context>();
    if (mbedtls_pk_parse_key(&context->pk, bytes(sec1_der), sec1_der.size(), nullptr, 0) != 0)
        return nullptr;
    return std::make_unique<MbedtlsSigner>(std::move(context));
}

std::unique_ptr<Verifier const> mbedtls_verifier(std::string_view spki_der) {
    auto context = std::make_unique<Context>();
    if (mbedtls_pk_parse_public_key(&context->pk, bytes(spki_der), spki_der.size()) != 0)
        return nullptr;
    return std::make_unique<MbedtlsVerifier>(std::move(context));
}

}  // namespace trust
