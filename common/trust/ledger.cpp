#include "common/trust/ledger.hpp"

#include "common/base/json.hpp"

namespace trust {
namespace {

base::Result<IssuedCertificate> parse_line(std::string_view line) {
    auto const document = base::json::Document::parse(line);
    if (!document) return tl::make_unexpected(document.error());
    auto const root = document->root();
    auto name = base::json::need_string(root, "name");
    auto serial = base::json::need_string(root, "serial");
    auto const until = base::json::need_string(root, "not_after");
    if (!name || !serial || !until)
        return base::fail(base::Code::corrupt, "a certificate without name, serial or end");
    auto const not_after = base::parse_rfc3339(*until);
    if (!not_after) return base::fail(base::Code::corrupt, "an end that is no time");
    IssuedCertificate issued{*std::move(name), *std::move(serial), *not_after, std::nullopt};
    if (auto const text = root["revoked"].string()) {
        auto const at = base::parse_rfc3339(*text);
        if (!at) return base::fail(base::Code::corrupt, "a revocation that is no time");
        issued.revoked = *at;
    }
    return issued;
}

}  // namespace

std::string ledger_line(IssuedCertificate const& issued) {
    base::json::Writer out;
    out.begin_object()
        .member("name", issued.name)
        .member("serial", issued.serial_hex)
        .member("not_after", base::to_rfc3339(issued.not_after));
    if (issued.revoked) out.member("revoked", base::to_rfc3339(*issued.revoked));
    return out.end_object().take() + "\n";
}

base::Result<std::vector<IssuedCertificate>> parse_ledger(std::string_view text) {
    std::vector<IssuedCertificate> all;
    while (!text.empty()) {
        auto const end = text.find('\n');
        auto const line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty()) continue;
        auto issued = parse_line(line);
        if (!issued)
            return tl::make_unexpected(base::with_context(
                "certificates, line " + std::to_string(all.size() + 1))(issued.error()));
        all.push_back(*std::move(issued));
    }
    return all;
}

}  // namespace trust
