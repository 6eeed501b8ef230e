#include "common/trust/requests.hpp"

#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_csr.h>

#include <array>
#include <cstring>

#include "common/base/check.hpp"
#include "common/trust/mbedtls_tools.hpp"

namespace trust {
namespace {

using base::Code;

constexpr std::size_t kRequestBytesMax = 8 * 1024;

unsigned char const* bytes(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

struct Draft {
    Draft() {
        mbedtls_pk_init(&key);
        mbedtls_x509write_csr_init(&csr);
    }
    ~Draft() {
        mbedtls_x509write_csr_free(&csr);
        mbedtls_pk_free(&key);
    }
    Draft(Draft const&) = delete;
    Draft& operator=(Draft const&) = delete;

    mbedtls_pk_context key;
    mbedtls_x509write_csr csr;
};

struct Request {
    Request() { mbedtls_x509_csr_init(&csr); }
    ~Request() { mbedtls_x509_csr_free(&csr); }
    Request(Request const&) = delete;
    Request& operator=(Request const&) = delete;

    mbedtls_x509_csr csr;
};

base::Result<std::string> only_name(mbedtls_x509_name const& subject) {
    std::string name;
    int parts = 0;
    for (auto const* part = &subject; part != nullptr; part = part->next) {
        std::string_view const oid{reinterpret_cast<char const*>(part->oid.p), part->oid.len};
        ++parts;
        if (oid == MBEDTLS_OID_AT_CN)
            name.assign(reinterpret_cast<char const*>(part->val.p), part->val.len);
    }
    if (parts != 1 || name.empty())
        return base::fail(Code::invalid, "the request must carry one common name and no more");
    return name;
}

// mbedTLS reads a request without looking at its signature.
bool signed_by_its_key(mbedtls_x509_csr& csr) {
    if (csr.sig_md != MBEDTLS_MD_SHA256) return false;
    std::array<unsigned char, 32> digest{};
    if (mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), csr.cri.p, csr.cri.len,
                   digest.data()) != 0)
        return false;
    return mbedtls_pk_verify(&csr.pk, MBEDTLS_MD_SHA256, digest.data(), digest.size(), csr.sig.p,
                             csr.sig.len) == 0;
}

}  // namespace

base::Result<std::string> make_request(PrivateKey const& key, std::string_view common_name) {
    Draft draft;
    auto const pem = key.to_pem();
    CHECK(mbedtls_pk_parse_key(&draft.key, bytes(pem), pem.size() + 1, nullptr, 0) == 0);
    mbedtls_x509write_csr_set_key(&draft.csr, &draft.key);
    mbedtls_x509write_csr_set_md_alg(&draft.csr, MBEDTLS_MD_SHA256);
    auto const subject = "CN=" + std::string{common_name};
    int code = mbedtls_x509write_csr_set_subject_name(&draft.csr, subject.c_str());
    std::string text(4096, '\0');
    if (code == 0)
        code = mbedtls_x509write_csr_pem(&draft.csr,
                                         reinterpret_cast<unsigned char*>(text.data()),
                                         text.size(), kernel_random, nullptr);
    if (code != 0) return base::fail(Code::invalid, mbedtls_error(code));
    text.resize(std::strlen(text.c_str()));
    return text;
}

base::Result<RequestFacts> read_request(std::string_view pem) {
    if (pem.size() > kRequestBytesMax)
        return base::fail(Code::invalid, "the certificate request is too long");
    Request request;
    std::string const text{pem};
    if (int const code = mbedtls_x509_csr_parse(&request.csr, bytes(text), text.size() + 1);
        code != 0)
        return base::fail(Code::invalid, "not a certificate request: " + mbedtls_error(code));
    auto name = only_name(request.csr.subject);
    if (!name) return tl::make_unexpected(name.error());
    if (!signed_by_its_key(request.csr))
        return base::fail(Code::denied, "the request is not signed by the key it carries");
    std::string key_text(2048, '\0');
    if (int const code = mbedtls_pk_write_pubkey_pem(
            &request.csr.pk, reinterpret_cast<unsigned char*>(key_text.data()), key_text.size());
        code != 0)
        return base::fail(Code::invalid, mbedtls_error(code));
    auto key = PublicKey::from_pem(std::string_view{key_text.c_str()});
    if (!key) return tl::make_unexpected(key.error());
    return RequestFacts{*std::move(name), *std::move(key)};
}

}  // namespace trust
