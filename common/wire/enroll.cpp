#include "common/wire/enroll.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/json.hpp"
#include "common/wire/topics.hpp"

namespace wire {
namespace {

using base::Code;
using base::fail;
using base::Result;
using base::json::Document;
using base::json::need_integer;
using base::json::need_string;
using base::json::Value;
using base::json::Writer;

constexpr std::string_view kScheme = "tomte://";
constexpr base::json::Limits kLimits{.bytes_max = 64 * 1024, .depth_max = 6};
constexpr std::array<std::pair<EnrollLeaf, std::string_view>, 4> kLeaves{{
    {EnrollLeaf::request, "request"},
    {EnrollLeaf::answer, "answer"},
    {EnrollLeaf::renewal, "renewal"},
    {EnrollLeaf::renewed, "renewed"},
}};
constexpr std::array<std::pair<JoinState, std::string_view>, 3> kStates{{
    {JoinState::waiting, "waiting"},
    {JoinState::issued, "issued"},
    {JoinState::refused, "refused"},
}};

template <class Table, class E>
std::string_view text_of(Table const& table, E value) {
    for (auto const& [known, text] : table)
        if (known == value) return text;
    CHECK(false);
    return {};
}

bool is_hex(std::string_view text, std::size_t digits) {
    return text.size() == digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= 63 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
               std::string_view::npos;
}

// A host name, an IPv4 address or an IPv6 address in brackets.
bool is_address(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    if (text.front() == '[')
        return text.back() == ']' &&
               text.substr(1, text.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
                   std::string_view::npos;
    return text.front() != '-' &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.-") == std::string_view::npos;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        auto const end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

Result<Document> parse_versioned(std::string_view text) {
    auto document = Document::parse(text, kLimits);
    if (!document) return document;
    if (document->root()["v"].integer() != 1)
        return fail(Code::invalid, "not version 1 of the enrolment messages");
    return document;
}

std::string optional_text(Value value) { return std::string{value.string().value_or("")}; }

Result<JoinAnswer> decode_issued(Value root) {
    JoinAnswer answer;
    answer.state = JoinState::issued;
    for (auto const& [key, field] :
         {std::pair{"certificate", &answer.certificate_pem},
          std::pair{"command_key", &answer.command_key_pem}, std::pair{"site", &answer.site},
          std::pair{"broker_host", &answer.broker_host}}) {
        auto text = need_string(root, key);
        if (!text) return tl::make_unexpected(text.error());
        *field = *std::move(text);
    }
    auto const port = need_integer(root, "broker_port");
    auto const incarnation = need_integer(root, "incarnation");
    if (!port || !incarnation) return fail(Code::invalid, "no port or no incarnation");
    if (*port < 1 || *port > 65535 || *incarnation < 1 || !is_site_name(answer.site) ||
        !is_address(answer.broker_host))
        return fail(Code::invalid, "an answer with a wrong broker, site or incarnation");
    answer.broker_port = *port;
    answer.incarnation = *incarnation;
    answer.approver_keys_pem = optional_text(root["approver_keys"]);
    for (auto const& entry : root["remedies"].children())
        answer.remedies.push_back({optional_text(entry["name"]), optional_text(entry["title"])});
    return answer;
}

}  // namespace

std::string to_text(JoinLink const& link) {
    std::string text{kScheme};
    text += link.broker_host + ":" + std::to_string(link.broker_port);
    for (auto const& part : {link.host.text(), link.invite, link.token, link.ca_fingerprint})
        text += "/" + part;
    return text;
}

Result<JoinLink> parse_join_link(std::string_view text) {
    auto const wrong = [](std::string const& what) {
        return fail(Code::invalid,
                    "not a line of `tomte invite` (" + what + "): paste it whole, unchanged");
    };
    if (!text.starts_with(kScheme)) return wrong("it begins with tomte://");
    auto const parts = split(text.substr(kScheme.size()), '/');
    if (parts.size() != 5) return wrong("it has five parts");
    auto const colon = parts[0].rfind(':');
    if (colon == std::string_view::npos) return wrong("no port");
    int port = 0;
    auto const digits = parts[0].substr(colon + 1);
    auto const [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (bad != std::errc{} || end != digits.data() + digits.size() || port < 1 || port > 65535)
        return wrong("the port");
    auto const address = parts[0].substr(0, colon);
    if (!is_address(address)) return wrong("the broker's name");
    auto const host = domain::HostId::parse(parts[1]);
    if (!host) return wrong("the host's name");
    if (!is_hex(parts[2], 16) || !is_hex(parts[3], 32) || !is_hex(parts[4], 64))
        return wrong("something is cut off");
    return JoinLink{std::string{address},  port,
                    *host,                 std::string{parts[2]},
                    std::string{parts[3]}, std::string{parts[4]}};
}

std::string enroll_topic(std::string_view id, EnrollLeaf leaf) {
    CHECK(is_id(id));
    return std::string{kRoot} + "/enroll/" + std::string{id} + "/" +
           std::string{text_of(kLeaves, leaf)};
}

std::string any_enroll_filter(EnrollLeaf leaf) {
    return std::string{kRoot} + "/enroll/+/" + std::string{text_of(kLeaves, leaf)};
}

Result<EnrollTopic> parse_enroll_topic(std::string_view topic) {
    auto const parts = split(topic, '/');
    auto const root = split(kRoot, '/');
    if (parts.size() == root.size() + 3 && std::equal(root.begin(), root.end(), parts.begin()) &&
        parts[root.size()] == "enroll" && is_id(parts[root.size() + 1]))
        for (auto const& [leaf, text] : kLeaves)
            if (text == parts.back())
                return EnrollTopic{std::string{parts[root.size() + 1]}, leaf};
    return fail(Code::not_found, "no topic of an enrolment");
}

std::string invite_user(std::string_view invite) { return "@invite-" + std::string{invite}; }

std::string encode(Sealed const& sealed) {
    Writer out;
    out.begin_object().member("v", 1).member("body", sealed.body).member("mac", sealed.mac);
    return out.end_object().take();
}

Result<Sealed> decode_sealed(std::string_view text) {
    auto const document = parse_versioned(text);
    if (!document) return tl::make_unexpected(document.error());
    auto body = need_string(document->root(), "body");
    auto mac = need_string(document->root(), "mac");
    if (!body || !mac) return fail(Code::invalid, "no body or no mac");
    return Sealed{*std::move(body), *std::move(mac)};
}

std::string encode(JoinRequest const& request) {
    Writer out;
    out.begin_object()
        .member("v", 1)
        .member("host", request.host.text())
        .member("request", request.request_pem)
        .member("version", request.version);
    return out.end_object().take();
}

Result<JoinRequest> decode_join_request(std::string_view text) {
    auto const document = parse_versioned(text);
    if (!document) return tl::make_unexpected(document.error());
    auto const root = document->root();
    auto const host = domain::HostId::parse(root["host"].string().value_or(""));
    if (!host) return fail(Code::invalid, "no host id");
    auto pem = need_string(root, "request");
    if (!pem) return tl::make_unexpected(pem.error());
    return JoinRequest{*host, *std::move(pem), optional_text(root["version"])};
}

std::string encode(JoinAnswer const& answer) {
    Writer out;
    out.begin_object().member("v", 1).member("state", text_of(kStates, answer.state));
    if (!answer.reason.empty()) out.member("reason", answer.reason);
    if (answer.state == JoinState::issued) {
        out.member("certificate", answer.certificate_pem)
            .member("command_key", answer.command_key_pem)
            .member("site", answer.site)
            .member("broker_host", answer.broker_host)
            .member("broker_port", answer.broker_port)
            .member("incarnation", answer.incarnation);
        if (!answer.approver_keys_pem.empty())
            out.member("approver_keys", answer.approver_keys_pem);
        out.key("remedies").begin_array();
        for (auto const& remedy : answer.remedies)
            out.begin_object()
                .member("name", remedy.name)
                .member("title", remedy.title)
                .end_object();
        out.end_array();
    }
    return out.end_object().take();
}

Result<JoinAnswer> decode_join_answer(std::string_view text) {
    auto const document = parse_versioned(text);
    if (!document) return tl::make_unexpected(document.error());
    auto const root = document->root();
    auto const state = root["state"].string().value_or("");
    if (state == "issued") return decode_issued(root);
    if (state != "waiting" && state != "refused") return fail(Code::invalid, "an unknown state");
    JoinAnswer answer;
    answer.state = state == "waiting" ? JoinState::waiting : JoinState::refused;
    answer.reason = optional_text(root["reason"]);
    return answer;
}

std::string encode(Renewed const& renewed) {
    Writer out;
    out.begin_object()
        .member("v", 1)
        .member("certificate", renewed.certificate_pem)
        .member("reason", renewed.reason);
    return out.end_object().take();
}

Result<Renewed> decode_renewed(std::string_view text) {
    auto const document = parse_versioned(text);
    if (!document) return tl::make_unexpected(document.error());
    return Renewed{optional_text(document->root()["certificate"]),
                   optional_text(document->root()["reason"])};
}

}  // namespace wire
