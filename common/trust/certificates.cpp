#include "common/trust/certificates.hpp"

#include <arpa/inet.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

#include "common/base/check.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/mbedtls_tools.hpp"

namespace trust {
namespace {

using base::Code;
using base::WallTime;

unsigned char const* bytes(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

struct Pk {
    Pk() { mbedtls_pk_init(&pk); }
    ~Pk() { mbedtls_pk_free(&pk); }
    Pk(Pk const&) = delete;
    Pk& operator=(Pk const&) = delete;

    void take(PrivateKey const& key) {
        auto const pem = key.to_pem();
        CHECK(mbedtls_pk_parse_key(&pk, bytes(pem), pem.size() + 1, nullptr, 0) == 0);
    }
    void take(PublicKey const& key) {
        auto const pem = key.to_pem();
        CHECK(mbedtls_pk_parse_public_key(&pk, bytes(pem), pem.size() + 1) == 0);
    }

    mbedtls_pk_context pk;
};

struct Draft {
    Draft() { mbedtls_x509write_crt_init(&crt); }
    ~Draft() { mbedtls_x509write_crt_free(&crt); }
    Draft(Draft const&) = delete;
    Draft& operator=(Draft const&) = delete;

    mbedtls_x509write_cert crt;
};

struct Certificate {
    Certificate() { mbedtls_x509_crt_init(&crt); }
    ~Certificate() { mbedtls_x509_crt_free(&crt); }
    Certificate(Certificate const&) = delete;
    Certificate& operator=(Certificate const&) = delete;

    base::Status parse(std::string_view pem) {
        auto const text = std::string{pem} + '\0';
        int const code = mbedtls_x509_crt_parse(&crt, bytes(text), text.size());
        if (code < 0)
            return base::fail(Code::invalid, "not a certificate in PEM: " + mbedtls_error(code));
        if (code > 0)
            return base::fail(Code::invalid,
                              std::to_string(code) + " of the file's certificates are damaged");
        return {};
    }

    mbedtls_x509_crt crt;
};

// An allow-list is shorter than the list of all that X.509 names, MQTT topics and mosquitto's ACL
// patterns would take apart.
bool is_plain_name(std::string_view name) {
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@._- ";
    return !name.empty() && name.size() <= 64 && name.front() != ' ' && name.back() != ' ' &&
           name.find_first_not_of(kPlain) == std::string_view::npos;
}

base::Result<std::string> x509_time(WallTime time) {
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    int const year = static_cast<int>(date.year());
    if (year < 1970 || year > 9999)
        return base::fail(Code::invalid, "a certificate's dates lie between 1970 and 9999");
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d%02u%02u%02d%02d%02d", year,
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return std::string{text.data()};
}

WallTime from_x509_time(mbedtls_x509_time const& time) {
    using namespace std::chrono;
    year_month_day const date{year{time.year}, month{static_cast<unsigned>(time.mon)},
                              day{static_cast<unsigned>(time.day)}};
    return sys_days{date} + hours{time.hour} + minutes{time.min} + seconds{time.sec};
}

// One DER element; our contents stay far below the three-byte length form.
std::string der(unsigned char tag, std::string_view content) {
    CHECK(content.size() < 65536);
    std::string out(1, static_cast<char>(tag));
    if (content.size() >= 256) {
        out += static_cast<char>(0x82);
        out += static_cast<char>(content.size() >> 8U);
    } else if (content.size() >= 128) {
        out += static_cast<char>(0x81);
    }
    out += static_cast<char>(content.size() & 0xFFU);
    out += content;
    return out;
}

constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kObjectId = 0x06;
constexpr unsigned char kSanDns = 0x82;
constexpr unsigned char kSanIp = 0x87;

base::Result<std::string> alternative_names(CertificateRequest const& request) {
    std::string list;
    for (auto const& name : request.dns_names) {
        if (!is_plain_name(name) || name.find_first_of("@ ") != std::string::npos)
            return base::fail(Code::invalid, "'" + name + "' is no host name");
        list += der(kSanDns, name);
    }
    for (auto const& text : request.ip_addresses) {
        std::array<char, sizeof(in6_addr)> address{};
        if (inet_pton(AF_INET, text.c_str(), address.data()) == 1)
            list += der(kSanIp, {address.data(), sizeof(in_addr)});
        else if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1)
            list += der(kSanIp, {address.data(), sizeof(in6_addr)});
        else
            return base::fail(Code::invalid, "'" + text + "' is no IP address");
    }
    if (list.empty()) return list;
    return der(kSequence, list);
}

base::Status set_extension(Draft& draft, std::string_view oid, std::string const& value) {
    int const code = mbedtls_x509write_crt_set_extension(&draft.crt, oid.data(), oid.size(), 0,
                                                         bytes(value), value.size());
    if (code != 0) return base::fail(Code::internal, mbedtls_error(code));
    return {};
}

base::Status set_serial(Draft& draft) {
    auto number = random_bytes(16);
    number[0] = static_cast<char>((static_cast<unsigned char>(number[0]) & 0x7FU) | 0x40U);
    mbedtls_mpi serial;
    mbedtls_mpi_init(&serial);
    int code = mbedtls_mpi_read_binary(&serial, bytes(number), number.size());
    if (code == 0) code = mbedtls_x509write_crt_set_serial(&draft.crt, &serial);
    mbedtls_mpi_free(&serial);
    if (code != 0) return base::fail(Code::internal, mbedtls_error(code));
    return {};
}

struct Frame {
    std::string issuer;
    std::string subject;
    WallTime not_before{};
    WallTime not_after{};
    bool ca = false;
};

base::Status fill(Draft& draft, Frame const& frame) {
    auto const from = x509_time(frame.not_before);
    auto const until = x509_time(frame.not_after);
    if (!from || !until) return tl::make_unexpected(from ? until.error() : from.error());
    if (frame.not_after <= frame.not_before)
        return base::fail(Code::invalid, "the certificate would end before it begins");
    if (auto const ok = set_serial(draft); !ok) return ok;
    auto* const crt = &draft.crt;
    mbedtls_x509write_crt_set_version(crt, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(crt, MBEDTLS_MD_SHA256);
    unsigned const usage =
        frame.ca ? MBEDTLS_X509_KU_KEY_CERT_SIGN | MBEDTLS_X509_KU_CRL_SIGN
                 : MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
    for (int const code :
         {mbedtls_x509write_crt_set_issuer_name(crt, ("CN=" + frame.issuer).c_str()),
          mbedtls_x509write_crt_set_subject_name(crt, ("CN=" + frame.subject).c_str()),
          mbedtls_x509write_crt_set_validity(crt, from->c_str(), until->c_str()),
          mbedtls_x509write_crt_set_basic_constraints(crt, frame.ca ? 1 : 0, frame.ca ? 0 : -1),
          mbedtls_x509write_crt_set_key_usage(crt, usage),
          mbedtls_x509write_crt_set_subject_key_identifier(crt),
          mbedtls_x509write_crt_set_authority_key_identifier(crt)})
        if (code != 0) return base::fail(Code::internal, mbedtls_error(code));
    return {};
}

base::Result<std::string> finish(Draft& draft) {
    std::string pem(8192, '\0');
    int const code =
        mbedtls_x509write_crt_pem(&draft.crt, reinterpret_cast<unsigned char*>(pem.data()),
                                  pem.size(), kernel_random, nullptr);
    if (code != 0) return base::fail(Code::internal, mbedtls_error(code));
    pem.resize(std::strlen(pem.c_str()));
    return pem;
}

base::Result<std::string> common_name(mbedtls_x509_name const& subject) {
    std::string name;
    int found = 0;
    for (auto const* part = &subject; part != nullptr; part = part->next) {
        std::string_view const oid{reinterpret_cast<char const*>(part->oid.p), part->oid.len};
        if (oid != MBEDTLS_OID_AT_CN) continue;
        ++found;
        name.assign(reinterpret_cast<char const*>(part->val.p), part->val.len);
    }
    // Two names would be two identities, depending on who reads.
    if (found != 1 || !is_plain_name(name))
        return base::fail(Code::invalid, "the certificate must have one plain common name");
    return name;
}

std::string hex(unsigned char const* data, std::size_t size) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += kDigits[data[i] >> 4U];
        text += kDigits[data[i] & 15U];
    }
    return text;
}

constexpr std::uint32_t kTimeFlags = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;

// mbedTLS judged the dates by the machine's clock; judge them by the caller's instead.
int judge_dates(void* context, mbedtls_x509_crt* crt, int /*depth*/, std::uint32_t* flags) {
    auto const now = *static_cast<WallTime const*>(context);
    *flags &= ~kTimeFlags;
    if (now < from_x509_time(crt->valid_from)) *flags |= MBEDTLS_X509_BADCERT_FUTURE;
    if (now > from_x509_time(crt->valid_to)) *flags |= MBEDTLS_X509_BADCERT_EXPIRED;
    return 0;
}

}  // namespace

base::Result<std::string> make_ca(PrivateKey const& key, std::string_view common_name,
                                  WallTime not_after) {
    if (!is_plain_name(common_name))
        return base::fail(Code::invalid, "the CA's name must be plain letters, digits, @ . _ -");
    Pk pk;
    pk.take(key);
    Draft draft;
    mbedtls_x509write_crt_set_subject_key(&draft.crt, &pk.pk);
    mbedtls_x509write_crt_set_issuer_key(&draft.crt, &pk.pk);
    std::string const name{common_name};
    auto const ok = fill(draft, {name, name, WallTime{}, not_after, true});
    if (!ok) return tl::make_unexpected(ok.error());
    return finish(draft);
}

base::Result<std::string> issue(PrivateKey const& ca_key, std::string_view ca_pem,
                                PublicKey const& subject_key, CertificateRequest const& request) {
    if (!is_plain_name(request.common_name))
        return base::fail(Code::invalid, "'" + request.common_name +
                                             "' is no name for a certificate: plain letters, "
                                             "digits, @ . _ - only");
    auto const ca = read_certificate(ca_pem);
    if (!ca) return tl::make_unexpected(base::with_context("CA certificate")(ca.error()));
    auto const ca_public = certificate_key(ca_pem);
    if (!ca_public) return tl::make_unexpected(ca_public.error());
    if (ca_public->id() != ca_key.public_key().id())
        return base::fail(Code::invalid, "the CA's key does not belong to its certificate");
    auto const names = alternative_names(request);
    if (!names) return tl::make_unexpected(names.error());

    Pk issuer;
    issuer.take(ca_key);
    Pk subject;
    subject.take(subject_key);
    Draft draft;
    mbedtls_x509write_crt_set_subject_key(&draft.crt, &subject.pk);
    mbedtls_x509write_crt_set_issuer_key(&draft.crt, &issuer.pk);
    auto status = fill(draft, {ca->common_name, request.common_name, request.not_before,
                               request.not_after, false});
    constexpr std::string_view kUsage{MBEDTLS_OID_EXTENDED_KEY_USAGE,
                                      MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE)};
    constexpr std::string_view kNames{MBEDTLS_OID_SUBJECT_ALT_NAME,
                                      MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME)};
    std::string_view const use = request.server ? std::string_view{MBEDTLS_OID_SERVER_AUTH}
                                                : std::string_view{MBEDTLS_OID_CLIENT_AUTH};
    if (status) status = set_extension(draft, kUsage, der(kSequence, der(kObjectId, use)));
    if (status && !names->empty()) status = set_extension(draft, kNames, *names);
    if (!status) return tl::make_unexpected(status.error());
    return finish(draft);
}

base::Result<CertificateFacts> read_certificate(std::string_view pem) {
    Certificate certificate;
    if (auto const ok = certificate.parse(pem); !ok) return tl::make_unexpected(ok.error());
    auto const& crt = certificate.crt;
    auto name = common_name(crt.subject);
    if (!name) return tl::make_unexpected(name.error());
    return CertificateFacts{
        std::move(*name), from_x509_time(crt.valid_from), from_x509_time(crt.valid_to),
        hex(crt.serial.p, crt.serial.len),
        sha256_hex({reinterpret_cast<char const*>(crt.raw.p), crt.raw.len})};
}

base::Result<PublicKey> certificate_key(std::string_view pem) {
    Certificate certificate;
    if (auto const ok = certificate.parse(pem); !ok) return tl::make_unexpected(ok.error());
    std::string text(2048, '\0');
    if (int const code = mbedtls_pk_write_pubkey_pem(
            &certificate.crt.pk, reinterpret_cast<unsigned char*>(text.data()), text.size());
        code != 0)
        return base::fail(Code::invalid, mbedtls_error(code));
    return PublicKey::from_pem(std::string_view{text}.substr(0, std::strlen(text.c_str())));
}

base::Status verify_chain(std::string_view pem, std::string_view ca_pem, WallTime now) {
    Certificate certificate;
    if (auto const ok = certificate.parse(pem); !ok) return ok;
    Certificate ca;
    if (auto const ok = ca.parse(ca_pem); !ok) return ok.map_error(base::with_context("CA"));
    std::uint32_t flags = 0;
    int const code = mbedtls_x509_crt_verify_with_profile(
        &certificate.crt, &ca.crt, nullptr, &mbedtls_x509_crt_profile_suiteb, nullptr, &flags,
        judge_dates, &now);
    if (code == 0 && flags == 0) return {};
    std::array<char, 512> text{};
    mbedtls_x509_crt_verify_info(text.data(), text.size(), "", flags);
    std::string_view reason{text.data()};
    reason = reason.substr(0, reason.find('\n'));
    return base::fail(Code::denied, reason.empty() ? mbedtls_error(code) : std::string{reason});
}

}  // namespace trust
