// ECDSA P-256 keys. Key files are PEM (PKCS#8 or SEC1 private, SPKI public), made and read by
// mbedTLS; signatures over messages are libcrypto's (fifteen times faster and loaded for TLS
// anyway), or mbedTLS' when built with TOMTE_CRYPTO=mbedtls. A contract test verifies each with the
// other. Keys are immutable after construction and may be shared between threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace trust {

class PublicKey {
  public:
    static base::Result<PublicKey> from_pem(std::string_view pem);
    static base::Result<PublicKey> load(std::string const& path);
    // Every key of a text that holds one PEM block after the other (lines beginning with '#' are
    // the owner's own). Error invalid: one of them is none, or there is nothing.
    static base::Result<std::vector<PublicKey>> all_from_pem(std::string_view text);

    std::string to_pem() const;
    // First 16 hex digits of SHA-256 over the DER SubjectPublicKeyInfo: the `kid` of envelopes.
    std::string const& id() const;
    // `signature` is r|s, 64 bytes (JWS form, not DER).
    bool verify(std::string_view message, std::string_view signature) const;

    struct Impl;
    explicit PublicKey(std::shared_ptr<Impl const> impl) : impl_(std::move(impl)) {}

  private:
    std::shared_ptr<Impl const> impl_;  // shared by copies of the key; immutable
};

class PrivateKey {
  public:
    static PrivateKey generate();
    static base::Result<PrivateKey> from_pem(std::string_view pem);
    // Refuses a file that group or others can read: Code::denied, with the chmod to run.
    static base::Result<PrivateKey> load(std::string const& path);

    std::string to_pem() const;
    // Writes mode 0600, through a temporary file and rename, fsynced.
    base::Status save(std::string const& path) const;
    PublicKey public_key() const;
    std::string sign(std::string_view message) const;  // r|s, 64 bytes

    struct Impl;
    explicit PrivateKey(std::shared_ptr<Impl const> impl) : impl_(std::move(impl)) {}

  private:
    std::shared_ptr<Impl const> impl_;
};

}  // namespace trust
