#include "coordinator/app/authority.hpp"

#include <algorithm>
#include <utility>

#include "common/base/file_writing.hpp"
#include "common/base/files.hpp"
#include "common/trust/certificates.hpp"
#include "common/trust/revocation.hpp"

namespace coordinator {
namespace {

// Room for a clock that is behind, such as a Pi's after power-on.
constexpr std::chrono::days kForgottenAfter{365};

}  // namespace

base::Result<Authority> Authority::load(std::string const& key_file, std::string const& ca_file,
                                        std::string ledger_file) {
    auto key = trust::PrivateKey::load(key_file);
    if (!key) return tl::make_unexpected(base::with_context("enroll.ca_key")(key.error()));
    auto certificate = base::read_file(ca_file);
    if (!certificate) return tl::make_unexpected(certificate.error());
    auto const facts = trust::read_certificate(*certificate);
    auto const public_key = trust::certificate_key(*certificate);
    if (!facts) return tl::make_unexpected(base::with_context(ca_file)(facts.error()));
    if (!public_key) return tl::make_unexpected(public_key.error());
    if (public_key->id() != key->public_key().id())
        return base::fail(base::Code::invalid, key_file + " is not the key of " + ca_file);
    std::vector<trust::IssuedCertificate> ledger;
    auto const text = base::read_file(ledger_file, 16 * 1024 * 1024);
    if (!text && text.error().code != base::Code::not_found)
        return tl::make_unexpected(text.error());
    if (text) {
        auto parsed = trust::parse_ledger(*text);
        if (!parsed) return tl::make_unexpected(base::with_context(ledger_file)(parsed.error()));
        ledger = *std::move(parsed);
    }
    return Authority{*std::move(key), *std::move(certificate), facts->fingerprint_hex,
                     std::move(ledger), std::move(ledger_file)};
}

base::Status Authority::keep(std::vector<trust::IssuedCertificate> ledger) {
    std::string text;
    for (auto const& one : ledger) text += trust::ledger_line(one);
    if (auto written = base::replace_file(ledger_file_, text, base::kFileMode); !written)
        return written;
    ledger_ = std::move(ledger);
    return {};
}

base::Result<std::string> Authority::issue(std::string const& name, trust::PublicKey const& key,
                                           base::WallTime now) {
    trust::CertificateRequest request;
    request.common_name = name;
    request.not_after = now + kHostCertificateLife;
    auto certificate = trust::issue(key_, certificate_, key, request);
    if (!certificate) return certificate;
    auto const facts = trust::read_certificate(*certificate);
    if (!facts) return tl::make_unexpected(facts.error());
    auto ledger = ledger_;
    std::erase_if(ledger, [&](auto const& one) { return one.not_after + kForgottenAfter < now; });
    ledger.push_back({name, facts->serial_hex, facts->not_after, std::nullopt});
    if (auto kept = keep(std::move(ledger)); !kept) return tl::make_unexpected(kept.error());
    return certificate;
}

base::Status Authority::revoke(std::string const& name, base::WallTime now) {
    auto ledger = ledger_;
    for (auto& one : ledger)
        if (one.name == name && !one.revoked) one.revoked = now;
    return keep(std::move(ledger));
}

std::optional<base::WallTime> Authority::valid_until(std::string const& name) const {
    std::optional<base::WallTime> until;
    for (auto const& one : ledger_)
        if (one.name == name && !one.revoked && (!until || one.not_after > *until))
            until = one.not_after;
    return until;
}

base::Result<std::string> Authority::revocation_list(base::WallTime now) const {
    std::vector<trust::RevokedCertificate> revoked;
    for (auto const& one : ledger_)
        if (one.revoked) revoked.push_back({one.serial_hex, *one.revoked});
    return trust::make_revocation_list(key_, certificate_, revoked,
                                       now.time_since_epoch().count());
}

}  // namespace coordinator
