// ECDSA P-256 with SHA-256 by two libraries behind one face, so that a contract test can verify
// each with the other and a small target can leave libcrypto out of its signatures. Only keys.cpp
// and that test use this; everybody else uses keys.hpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace trust {

inline constexpr std::size_t kSignatureBytes = 64;  // r|s, 32 bytes each, big endian

// Immutable; any thread may use it.
class Signer {
  public:
    virtual ~Signer() = default;
    virtual std::string sign(std::string_view message) const = 0;
};
class Verifier {
  public:
    virtual ~Verifier() = default;
    virtual bool verify(std::string_view message, std::string_view signature) const = 0;
};

// From DER: ECPrivateKey (SEC1) or SubjectPublicKeyInfo, which must hold a P-256 key: the callers
// have checked that. Null if the library refuses it all the same.
std::unique_ptr<Signer const> libcrypto_signer(std::string_view sec1_der);
std::unique_ptr<Verifier const> libcrypto_verifier(std::string_view spki_der);
std::unique_ptr<Signer const> mbedtls_signer(std::string_view sec1_der);
std::unique_ptr<Verifier const> mbedtls_verifier(std::string_view spki_der);

}  // namespace trust
