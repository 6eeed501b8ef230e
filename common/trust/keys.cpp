#include "common/trust/keys.hpp"

#include <fcntl.h>
#include <mbedtls/pk.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "common/base/check.hpp"
#include "common/trust/ecdsa.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/mbedtls_tools.hpp"

namespace trust {

struct PublicKey::Impl {
    std::string pem;
    std::string id;
    std::unique_ptr<Verifier const> verifier;
};

struct PrivateKey::Impl {
    std::string pem;
    std::unique_ptr<Signer const> signer;
    PublicKey public_key;
};

namespace {

using base::Code;

constexpr std::size_t kKeyFileMax = 16 * 1024;

struct Pk {
    Pk() { mbedtls_pk_init(&pk); }
    ~Pk() { mbedtls_pk_free(&pk); }
    Pk(Pk const&) = delete;
    Pk& operator=(Pk const&) = delete;

    bool is_p256() {
        return mbedtls_pk_get_type(&pk) == MBEDTLS_PK_ECKEY &&
               mbedtls_pk_ec(pk)->grp.id == MBEDTLS_ECP_DP_SECP256R1;
    }

    mbedtls_pk_context pk;
};

// mbedTLS writes DER to the end of the buffer and PEM, with its NUL, to the front.
std::string write_der(int (*write)(mbedtls_pk_context*, unsigned char*, std::size_t), Pk& key) {
    std::vector<unsigned char> buffer(1024);
    int const size = write(&key.pk, buffer.data(), buffer.size());
    CHECK(size > 0);
    return {buffer.end() - size, buffer.end()};
}

std::string write_pem(int (*write)(mbedtls_pk_context*, unsigned char*, std::size_t), Pk& key) {
    std::string buffer(2048, '\0');
    CHECK(write(&key.pk, reinterpret_cast<unsigned char*>(buffer.data()), buffer.size()) == 0);
    buffer.resize(std::strlen(buffer.c_str()));
    return buffer;
}

std::unique_ptr<Signer const> make_signer(std::string_view der) {
#ifdef TOMTE_CRYPTO_MBEDTLS
    return mbedtls_signer(der);
#else
    return libcrypto_signer(der);
#endif
}

std::unique_ptr<Verifier const> make_verifier(std::string_view der) {
#ifdef TOMTE_CRYPTO_MBEDTLS
    return mbedtls_verifier(der);
#else
    return libcrypto_verifier(der);
#endif
}

base::Result<PublicKey> public_from(Pk& key) {
    auto const der = write_der(mbedtls_pk_write_pubkey_der, key);
    auto impl = std::make_shared<PublicKey::Impl>();
    impl->pem = write_pem(mbedtls_pk_write_pubkey_pem, key);
    impl->id = sha256_hex(der).substr(0, 16);
    impl->verifier = make_verifier(der);
    if (impl->verifier == nullptr) return base::fail(Code::invalid, "no usable public key");
    return PublicKey{std::move(impl)};
}

base::Result<PrivateKey> private_from(Pk& key) {
    auto public_key = public_from(key);
    if (!public_key) return tl::make_unexpected(public_key.error());
    auto signer = make_signer(write_der(mbedtls_pk_write_key_der, key));
    if (signer == nullptr) return base::fail(Code::invalid, "no usable private key");
    return PrivateKey{std::make_shared<PrivateKey::Impl>(PrivateKey::Impl{
        write_pem(mbedtls_pk_write_key_pem, key), std::move(signer), std::move(*public_key)})};
}

// mbedTLS takes PEM only with its terminating NUL counted in.
std::string with_end(std::string_view pem) { return std::string{pem} + '\0'; }

base::Error system_error(Code code, std::string const& path) {
    return {code, path + ": " + std::strerror(errno)};
}

// Closes a descriptor when its scope ends.
class File {
  public:
    explicit File(int fd) : fd_(fd) {}
    ~File() {
        if (fd_ >= 0) close(fd_);
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    int fd() const { return fd_; }

  private:
    int fd_;
};

base::Result<std::string> read_key_file(std::string const& path, bool secret) {
    File const file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.fd() < 0)
        return tl::make_unexpected(system_error(
            errno == ENOENT ? Code::not_found
                            : (errno == EACCES ? Code::denied : Code::unavailable),
            path));
    struct stat facts {};
    if (fstat(file.fd(), &facts) != 0)
        return tl::make_unexpected(system_error(Code::unavailable, path));
    if (!S_ISREG(facts.st_mode)) return base::fail(Code::invalid, path + ": not a regular file");
    if (secret && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return base::fail(Code::denied,
                          path + ": not for its owner alone; run: chmod 600 " + path);
    std::string text(kKeyFileMax + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        auto const got = read(file.fd(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return tl::make_unexpected(system_error(Code::unavailable, path));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > kKeyFileMax) return base::fail(Code::invalid, path + ": too large for a key");
    text.resize(size);
    return text;
}

base::Status write_all(int fd, std::string_view text, std::string const& path) {
    while (!text.empty()) {
        auto const done = write(fd, text.data(), text.size());
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return tl::make_unexpected(system_error(Code::unavailable, path));
        text.remove_prefix(static_cast<std::size_t>(done));
    }
    if (fsync(fd) != 0) return tl::make_unexpected(system_error(Code::unavailable, path));
    return {};
}

base::Status write_new(std::string const& path, std::string_view text) {
    File const file{open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.fd() < 0) return tl::make_unexpected(system_error(Code::unavailable, path));
    return write_all(file.fd(), text, path);
}

base::Status sync_folder(std::string const& path) {
    auto folder = std::filesystem::path{path}.parent_path().string();
    if (folder.empty()) folder = ".";
    File const file{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (file.fd() < 0 || fsync(file.fd()) != 0)
        return tl::make_unexpected(system_error(Code::unavailable, folder));
    return {};
}

}  // namespace

base::Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
    auto const text = with_end(pem);
    Pk key;
    if (int const code = mbedtls_pk_parse_public_key(
            &key.pk, reinterpret_cast<unsigned char const*>(text.data()), text.size());
        code != 0)
        return base::fail(Code::invalid, "not a public key in PEM: " + mbedtls_error(code));
    if (!key.is_p256()) return base::fail(Code::invalid, "not a P-256 public key");
    return public_from(key);
}

base::Result<PublicKey> PublicKey::load(std::string const& path) {
    return read_key_file(path, false).and_then([&](std::string const& pem) {
        return from_pem(pem).map_error(base::with_context(path));
    });
}

base::Result<std::vector<PublicKey>> PublicKey::all_from_pem(std::string_view text) {
    constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";
    std::vector<PublicKey> keys;
    for (auto at = text.find("-----BEGIN"); at != std::string_view::npos;
         at = text.find("-----BEGIN", at)) {
        auto const end = text.find(kEnd, at);
        if (end == std::string_view::npos)
            return base::fail(Code::invalid, "a public key in PEM that does not end");
        auto key = from_pem(std::string{text.substr(at, end + kEnd.size() - at)} + "\n");
        if (!key) return tl::make_unexpected(key.error());
        keys.push_back(std::move(*key));
        at = end;
    }
    if (keys.empty()) return base::fail(Code::invalid, "there is no public key in PEM");
    return keys;
}

std::string PublicKey::to_pem() const { return impl_->pem; }
std::string const& PublicKey::id() const { return impl_->id; }

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
    return impl_->verifier->verify(message, signature);
}

PrivateKey PrivateKey::generate() {
    Pk key;
    CHECK(mbedtls_pk_setup(&key.pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0);
    CHECK(mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key.pk), kernel_random,
                              nullptr) == 0);
    auto made = private_from(key);
    CHECK(made.has_value());
    return *made;
}

base::Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
    auto const text = with_end(pem);
    Pk key;
    if (int const code = mbedtls_pk_parse_key(
            &key.pk, reinterpret_cast<unsigned char const*>(text.data()), text.size(), nullptr, 0);
        code != 0)
        return base::fail(Code::invalid, "not a private key in PEM: " + mbedtls_error(code));
    if (!key.is_p256()) return base::fail(Code::invalid, "not a P-256 private key");
    // A SEC1 file names its public half; mbedTLS does not compute it again by itself.
    if (mbedtls_pk_check_pair(&key.pk, &key.pk) != 0)
        return base::fail(Code::invalid, "the key's public half belongs to another key");
    return private_from(key);
}

base::Result<PrivateKey> PrivateKey::load(std::string const& path) {
    return read_key_file(path, true).and_then([&](std::string const& pem) {
        return from_pem(pem).map_error(base::with_context(path));
    });
}

std::string PrivateKey::to_pem() const { return impl_->pem; }

base::Status PrivateKey::save(std::string const& path) const {
    auto const temporary = path + ".new-" + random_token().substr(0, 8);
    auto status = write_new(temporary, impl_->pem);
    if (status && rename(temporary.c_str(), path.c_str()) != 0)
        status = tl::make_unexpected(system_error(Code::unavailable, path));
    if (!status) {
        unlink(temporary.c_str());
        return status;
    }
    return sync_folder(path);
}

PublicKey PrivateKey::public_key() const { return impl_->public_key; }
std::string PrivateKey::sign(std::string_view message) const {
    return impl_->signer->sign(message);
}

}  // namespace trust
