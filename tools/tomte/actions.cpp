#include "tools/tomte/actions.hpp"

#include <map>
#include <ostream>

#include <fmt/format.h>

namespace tomte {
namespace {

using base::json::Value;
using base::json::Writer;
using Pairs = std::map<std::string, std::string>;

base::Result<Pairs> read_pairs(std::vector<std::string> const& words, std::string_view option) {
    Pairs pairs;
    for (auto const& word : words) {
        auto const equals = word.find('=');
        if (equals == std::string::npos || equals == 0)
            return base::fail(base::Code::invalid,
                              fmt::format("{} '{}': write NAME=VALUE", option, word));
        pairs[word.substr(0, equals)] = word.substr(equals + 1);
    }
    return pairs;
}

void write_pairs(Writer& out, std::string_view name, Pairs const& pairs) {
    out.key(name).begin_object();
    for (auto const& [key, value] : pairs) out.member(key, value);
    out.end_object();
}

base::Result<std::string> order_body(RunOptions const& options) {
    if (options.words.empty() == options.remedy.empty())
        return base::fail(base::Code::invalid, "give either a line to run or --remedy NAME");
    auto const params = read_pairs(options.params, "--param");
    if (!params) return tl::make_unexpected(params.error());
    Writer out;
    out.begin_object();
    if (options.remedy.empty()) {
        std::string line;
        for (auto const& word : options.words) line += (line.empty() ? "" : " ") + word;
        out.member("line", line);
    } else {
        out.member("remedy", options.remedy);
        write_pairs(out, "params", *params);
    }
    if (!options.reason.empty()) out.member("reason", options.reason);
    out.member("timeout_s", options.timeout_s).member("wait_s", options.wait_s).end_object();
    return out.take();
}

void print_output(Screen& screen, std::string_view output) {
    while (!output.empty()) {
        auto const end = output.find('\n');
        screen.out << "  " << plain(output.substr(0, end)) << "\n";
        if (end == std::string_view::npos) return;
        output.remove_prefix(end + 1);
    }
}

void print_result(Screen& screen, Value result) {
    for (auto const& step : result["steps"].children()) {
        auto const code = step["exit_code"].integer().value_or(0);
        screen.out << painted(screen, Paint::faint,
                              fmt::format("{} ({} ms{})",
                                          plain(step["verb"].string().value_or("")),
                                          step["took_ms"].integer().value_or(0),
                                          code == 0 ? "" : fmt::format(", exit {}", code)))
                   << "\n";
        print_output(screen, step["output"].string().value_or(""));
    }
    auto const state = plain(result["state"].string().value_or(""));
    auto const code = plain(result["code"].string().value_or(""));
    auto const detail = plain(result["detail"].string().value_or(""));
    screen.out << painted(screen, paint_of_state(state), state)
               << (code == "ok" ? "" : " (" + code + ")") << (detail.empty() ? "" : ": " + detail)
               << "\n";
}

std::string alert_body(AlertOptions const& options, Pairs const& labels, base::WallTime now) {
    auto const time = base::to_rfc3339(now);
    auto const* status = options.resolved ? "resolved" : "firing";
    Writer out;
    out.begin_object()
        .member("version", "4")
        .member("receiver", "tomte")
        .member("status", status)
        .key("alerts")
        .begin_array()
        .begin_object()
        .member("status", status);
    write_pairs(out, "labels", labels);
    write_pairs(out, "annotations",
                {{"summary", options.summary.empty() ? "sent by tomte test-alert"
                                                     : options.summary}});
    out.member("startsAt", time)
        .member("endsAt", options.resolved ? time : "0001-01-01T00:00:00Z")
        .end_object()
        .end_array()
        .end_object();
    return out.take();
}

}  // namespace

int run(Client& client, Screen& screen, RunOptions const& options) {
    auto const body = order_body(options);
    if (!body) return failed(screen, body.error());
    auto const page =
        get_page(client, {"POST", "/api/v1/hosts/" + path_segment(options.host) + "/commands",
                          *body, base::Duration{(options.wait_s + 15) * 1000}});
    if (!page) return failed(screen, page.error());
    auto const result = page->root()["result"];
    if (screen.json) {
        screen.out << page->text << "\n";
    } else if (result.is_object()) {
        print_result(screen, result);
    } else {
        auto const id = plain(page->root()["id"].string().value_or(""));
        screen.out << "command " << id
                   << (options.wait_s == 0 ? " was taken\n" : " was taken and has not ended yet\n");
        auto const row = get_page(client, {"GET", "/api/v1/commands/" + path_segment(id)});
        if (row && row->root()["command"]["asked_until"].present())
            screen.out << "it waits for an approver: tomte approve " << id << "\n";
    }
    if (result.is_object()) return result["state"].string() == "succeeded" ? 0 : 1;
    return options.wait_s == 0 ? 0 : 1;
}

int test_alert(Client& client, Screen& screen, AlertOptions const& options, base::WallTime now) {
    auto labels = read_pairs(options.labels, "--label");
    if (!labels) return failed(screen, labels.error());
    labels->emplace("alertname", options.name);
    labels->emplace("severity", options.severity);
    if (!options.host.empty()) labels->emplace("host", options.host);
    if (!options.service.empty()) labels->emplace("service", options.service);
    auto const page = get_page(client, {"POST", "/webhook", alert_body(options, *labels, now),
                                        base::Duration{15'000}});
    if (!page) return failed(screen, page.error());
    if (screen.json) {
        screen.out << page->text << "\n";
        return 0;
    }
    for (auto const& one : page->root()["results"].children()) {
        auto const reason = plain(one["reason"].string().value_or(""));
        screen.out << plain(one["result"].string().value_or("")) << "  incident "
                   << plain(one["incident"].string().value_or("-"))
                   << (reason.empty() ? "" : "  " + reason) << "\n";
    }
    return 0;
}

}  // namespace tomte
