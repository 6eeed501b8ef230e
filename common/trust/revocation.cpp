#include "common/trust/revocation.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace trust {
namespace {

using base::Code;

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using List = std::unique_ptr<X509_CRL, Deleter<X509_CRL_free>>;
using Entry = std::unique_ptr<X509_REVOKED, Deleter<X509_REVOKED_free>>;
using Time = std::unique_ptr<ASN1_TIME, Deleter<ASN1_TIME_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, Deleter<ASN1_INTEGER_free>>;
using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;

Bio reader(std::string_view text) {
    return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

Time asn1_time(base::WallTime time) {
    auto const seconds =
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
    return Time{ASN1_TIME_set(nullptr, static_cast<time_t>(seconds))};
}

bool add(X509_CRL* list, RevokedCertificate const& revoked) {
    BIGNUM* raw = nullptr;
    auto const& hex = revoked.serial_hex;
    if (hex.empty() || BN_hex2bn(&raw, hex.c_str()) != static_cast<int>(hex.size())) {
        BN_free(raw);
        return false;
    }
    Number const number{raw};
    Integer const serial{BN_to_ASN1_INTEGER(number.get(), nullptr)};
    Time const at = asn1_time(revoked.at);
    Entry entry{X509_REVOKED_new()};
    if (!serial || !at || !entry || X509_REVOKED_set_serialNumber(entry.get(), serial.get()) != 1 ||
        X509_REVOKED_set_revocationDate(entry.get(), at.get()) != 1 ||
        X509_CRL_add0_revoked(list, entry.get()) != 1)
        return false;
    static_cast<void>(entry.release());  // the list's from here on
    return true;
}

bool frame(X509_CRL* list, X509* ca, std::int64_t number) {
    Time const from = asn1_time(base::WallTime{});
    Integer const count{ASN1_INTEGER_new()};
    return from && count && X509_CRL_set_version(list, 1) == 1 &&
           X509_CRL_set_issuer_name(list, X509_get_subject_name(ca)) == 1 &&
           X509_CRL_set1_lastUpdate(list, from.get()) == 1 &&
           X509_CRL_set1_nextUpdate(list, X509_get0_notAfter(ca)) == 1 &&
           ASN1_INTEGER_set_int64(count.get(), number) == 1 &&
           X509_CRL_add1_ext_i2d(list, NID_crl_number, count.get(), 0, 0) == 1;
}

std::string to_pem(X509_CRL* list) {
    Bio const out{BIO_new(BIO_s_mem())};
    if (!out || PEM_write_bio_X509_CRL(out.get(), list) != 1) return {};
    std::string text(BIO_ctrl_pending(out.get()), '\0');
    int const size = BIO_read(out.get(), text.data(), static_cast<int>(text.size()));
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
}

}  // namespace

base::Result<std::string> make_revocation_list(PrivateKey const& ca_key, std::string_view ca_pem,
                                               std::vector<RevokedCertificate> const& revoked,
                                               std::int64_t number) {
    auto const key_text = ca_key.to_pem();
    Key const key{
        PEM_read_bio_PrivateKey(reader(key_text).get(), nullptr, nullptr, nullptr)};
    Certificate const ca{PEM_read_bio_X509(reader(ca_pem).get(), nullptr, nullptr, nullptr)};
    if (!key || !ca || X509_check_private_key(ca.get(), key.get()) != 1)
        return base::fail(Code::invalid, "the CA's key does not belong to its certificate");
    List const list{X509_CRL_new()};
    if (!list || !frame(list.get(), ca.get(), number))
        return base::fail(Code::internal, "no revocation list could be made");
    for (auto const& one : revoked)
        if (!add(list.get(), one))
            return base::fail(Code::invalid, "'" + one.serial_hex + "' is no serial number");
    if (X509_CRL_sort(list.get()) != 1 || X509_CRL_sign(list.get(), key.get(), EVP_sha256()) == 0)
        return base::fail(Code::internal, "the revocation list could not be signed");
    auto text = to_pem(list.get());
    if (text.empty()) return base::fail(Code::internal, "the revocation list could not be written");
    return text;
}

}  // namespace trust
