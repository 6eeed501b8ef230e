#include "coordinator/adapters/http/order_request.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "common/base/json.hpp"

namespace coordinator::http {
namespace {

using base::Code;
using base::Result;
using base::json::Value;

constexpr std::size_t kOrderBytesMax = 64 * 1024;
constexpr std::size_t kReasonBytesMax = 1000;
constexpr double kTimeoutMax_s = 3600;

base::Duration from_seconds(double seconds) {
    return base::Duration{static_cast<std::int64_t>(std::llround(seconds * 1000))};
}

Result<base::Duration> seconds_of(Value value, std::string_view name, double least, double most) {
    auto const number = value.number();
    if (!number || !(*number >= least && *number <= most))
        return base::fail(Code::invalid, fmt::format("{} is not a number of seconds from {} to {}",
                                                     name, least, most));
    return from_seconds(*number);
}

Result<domain::Params> read_params(Value object) {
    domain::Params params;
    if (!object.present()) return params;
    if (!object.is_object()) return base::fail(Code::invalid, "params is not an object");
    for (auto const& member : object.children()) {
        auto const value = member.string();
        if (!value)
            return base::fail(Code::invalid,
                              fmt::format("params: '{}' is not a string", member.key()));
        params.emplace(member.key(), *value);
    }
    return params;
}

Result<std::variant<domain::RemedyOrder, domain::LineOrder>> read_what(Value root) {
    bool const has_line = root["line"].present();
    if (has_line == root["remedy"].present())
        return base::fail(Code::invalid, "give either \"line\" or \"remedy\"");
    if (has_line) {
        if (root["params"].present())
            return base::fail(Code::invalid, "\"params\" belong to a remedy, not to a line");
        auto line = base::json::need_string(root, "line");
        if (!line) return tl::make_unexpected(line.error());
        return domain::LineOrder{std::move(*line)};
    }
    auto remedy = base::json::need_string(root, "remedy");
    if (!remedy) return tl::make_unexpected(remedy.error());
    auto params = read_params(root["params"]);
    if (!params) return tl::make_unexpected(params.error());
    return domain::RemedyOrder{std::move(*remedy), {}, std::move(*params)};
}

}  // namespace

Result<ParsedOrder> parse_order(std::string_view body, std::string_view caller) {
    auto const document = base::json::Document::parse(body, {.bytes_max = kOrderBytesMax});
    if (!document)
        return tl::make_unexpected(base::with_context("malformed JSON")(document.error()));
    auto const root = document->root();
    if (!root.is_object()) return base::fail(Code::invalid, "the body is not an object");
    if (auto const key =
            root.unknown_key({"line", "remedy", "params", "reason", "timeout_s", "wait_s"}))
        return base::fail(Code::invalid, fmt::format("unknown key '{}'", *key));

    ParsedOrder parsed;
    auto what = read_what(root);
    if (!what) return tl::make_unexpected(what.error());
    parsed.order.order = std::move(*what);
    parsed.order.actor = fmt::format("operator:{}", caller);
    if (root["reason"].present()) {
        auto const reason = root["reason"].string();
        if (!reason || reason->size() > kReasonBytesMax)
            return base::fail(Code::invalid, fmt::format("reason is not a string of at most {} "
                                                         "bytes",
                                                         kReasonBytesMax));
        parsed.order.reason = *reason;
    }
    if (root["timeout_s"].present()) {
        auto const timeout = seconds_of(root["timeout_s"], "timeout_s", 1, kTimeoutMax_s);
        if (!timeout) return tl::make_unexpected(timeout.error());
        parsed.order.timeout = *timeout;
    }
    if (root["wait_s"].present()) {
        auto const wait = seconds_of(root["wait_s"], "wait_s", 0,
                                     static_cast<double>(kWaitMax.count()) / 1000);
        if (!wait) return tl::make_unexpected(wait.error());
        parsed.wait = *wait;
    }
    return parsed;
}

Result<base::Duration> parse_wait(std::string_view text) {
    if (text.empty()) return base::Duration{0};
    double seconds = 0;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (wrong != std::errc{} || end != text.data() + text.size() ||
        !(seconds >= 0 && seconds * 1000 <= static_cast<double>(kWaitMax.count())))
        return base::fail(Code::invalid,
                          fmt::format("wait_s is not a number of seconds from 0 to {}",
                                      kWaitMax.count() / 1000));
    return from_seconds(seconds);
}

}  // namespace coordinator::http
