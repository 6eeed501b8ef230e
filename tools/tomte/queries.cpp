#include "tools/tomte/queries.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

#include <fmt/format.h>

#include "tools/tomte/story.hpp"

namespace tomte {
namespace {

using base::json::Value;

// Bytes and counts in full, everything else as exact as a person reads.
std::string short_number(double number) {
    if (number == std::floor(number) && std::abs(number) < 1e15)
        return fmt::format("{:.0f}", number);
    return std::abs(number) < 0.01 ? fmt::format("{:.2g}", number) : fmt::format("{:.2f}", number);
}

std::string text_of(Value value) {
    if (auto const text = value.string(); text && !text->empty()) return plain(*text);
    if (auto const number = value.number()) return short_number(*number);
    if (auto const truth = value.boolean()) return *truth ? "yes" : "no";
    return "-";
}

std::string joined(Value list) {
    std::string text;
    for (auto const& word : list.children()) text += (text.empty() ? "" : ", ") + text_of(word);
    return text.empty() ? "-" : text;
}

std::string time_of(Value value) { return day_and_time(value.string().value_or("")); }

void print_pair(Screen& screen, std::string_view name, std::string_view text,
                Paint paint = Paint::none) {
    screen.out << painted(screen, Paint::faint, fmt::format("{:<14}", name))
               << painted(screen, paint, text) << "\n";
}

std::string yes_no(Value value) { return value.boolean().value_or(false) ? "yes" : "no"; }

void print_status(Screen& screen, Value root) {
    auto const state = text_of(root["status"]);
    print_pair(screen, "status", state, paint_of_state(state));
    for (auto const& reason : root["reasons"].children())
        print_pair(screen, "", text_of(reason), Paint::doubtful);
    print_pair(screen, "version", text_of(root["version"]));
    print_pair(screen, "running since", time_of(root["started_at"]));
    for (auto const* part : {"database", "broker"}) {
        auto const answer = yes_no(root[std::string{part} + "_connected"]);
        print_pair(screen, part, answer == "yes" ? "connected" : "not connected",
                   paint_of_state(answer));
    }
    print_pair(screen, "hosts", fmt::format("{} known, {} online", text_of(root["hosts"]["known"]),
                                            text_of(root["hosts"]["online"])));
    print_pair(screen, "incidents", text_of(root["incidents_open"]) + " open");
    print_pair(screen, "queue", fmt::format("{} of {}", text_of(root["queue_stats"]["depth"]),
                                            text_of(root["queue_stats"]["limit"])));
    print_pair(screen, "journal", fmt::format("row {}, epoch {}", text_of(root["journal_seq"]),
                                              text_of(root["epoch"])));
}

Cell state_cell(Value value) {
    auto const state = text_of(value);
    return {state, paint_of_state(state)};
}

void print_incident_head(Screen& screen, Value incident) {
    auto const state = text_of(incident["state"]);
    print_pair(screen, "incident", text_of(incident["id"]));
    print_pair(screen, "title", text_of(incident["title"]));
    print_pair(screen, "state", state, paint_of_state(state));
    print_pair(screen, "reason", text_of(incident["reason"]));
    print_pair(screen, "host", text_of(incident["host"]));
    print_pair(screen, "subject", text_of(incident["subject"]));
    if (incident["plan"].is_object())
        print_pair(screen, "plan", fmt::format("{} ({}, from {})",
                                               text_of(incident["plan"]["remedy"]),
                                               text_of(incident["plan"]["risk"]),
                                               text_of(incident["plan"]["origin"])));
    for (auto const* moment : {"opened_at", "fixed_at", "confirmed_at", "closed_at"})
        if (incident[moment].is_string()) {
            std::string name{moment};
            std::replace(name.begin(), name.end(), '_', ' ');
            print_pair(screen, name, time_of(incident[moment]));
        }
}

base::Result<std::string> newest_incident(Client& client) {
    auto const page = get_page(client, {.path = "/api/v1/incidents?limit=1"});
    if (!page) return tl::make_unexpected(page.error());
    auto const items = page->root()["items"].children();
    if (items.empty()) return base::fail(base::Code::not_found, "there is no incident yet");
    return std::string{items.front()["id"].string().value_or("")};
}

}  // namespace

int show_status(Client& client, Screen& screen) {
    // Unhealthy is said with 503, and is an answer all the same.
    auto const answer = client.ask({.path = "/health"});
    if (!answer) return failed(screen, answer.error());
    auto const document = base::json::Document::parse(answer->body);
    if (!document || !document->root()["status"].is_string())
        return failed(screen, {base::Code::invalid,
                               "what answers at " + client.url() + " is no coordinator"});
    if (screen.json)
        screen.out << answer->body << "\n";
    else
        print_status(screen, document->root());
    return document->root()["status"].string() == "unhealthy" ? 1 : 0;
}

int show_hosts(Client& client, Screen& screen) {
    auto const page = get_page(client, {.path = "/api/v1/hosts"});
    if (!page) return failed(screen, page.error());
    if (screen.json) {
        screen.out << page->text << "\n";
        return 0;
    }
    Table table{{"HOST", "STATE", "MODE", "VERSION", "LAST SEEN (UTC)", "ALIASES"}};
    for (auto const& host : page->root()["items"].children()) {
        bool const online = host["online"].boolean().value_or(false);
        table.add({{text_of(host["id"]), Paint::none},
                   {online ? "online" : "offline", online ? Paint::good : Paint::bad},
                   {text_of(host["mode"]), Paint::none},
                   {text_of(host["version"]), Paint::none},
                   {time_of(host["last_seen"]), Paint::none},
                   {joined(host["aliases"]), Paint::faint}});
    }
    if (table.empty())
        screen.out << "no hosts are known; tomte init --add-host adds one\n";
    else
        table.print(screen);
    return 0;
}

int show_incidents(Client& client, Screen& screen, std::string const& state, int limit) {
    auto path = fmt::format("/api/v1/incidents?limit={}", limit);
    if (!state.empty()) path += "&state=" + path_segment(state);
    auto const page = get_page(client, {.path = path});
    if (!page) return failed(screen, page.error());
    if (screen.json) {
        screen.out << page->text << "\n";
        return 0;
    }
    Table table{{"ID", "STATE", "HOST", "OPENED (UTC)", "TRIES", "TITLE", "REASON"}};
    for (auto const& incident : page->root()["items"].children())
        table.add({{text_of(incident["id"]), Paint::none},
                   state_cell(incident["state"]),
                   {text_of(incident["host"]), Paint::none},
                   {time_of(incident["opened_at"]), Paint::none},
                   {text_of(incident["attempts"]), Paint::none},
                   {text_of(incident["title"]), Paint::none},
                   {text_of(incident["reason"]), Paint::faint}});
    if (table.empty())
        screen.out << "no incidents\n";
    else
        table.print(screen);
    return 0;
}

int show_incident(Client& client, Screen& screen, std::string const& id) {
    auto const wanted = id == "last" ? newest_incident(client) : base::Result<std::string>{id};
    if (!wanted) return failed(screen, wanted.error());
    auto const page = get_page(client, {.path = "/api/v1/incidents/" + path_segment(*wanted)});
    if (!page) return failed(screen, page.error());
    if (screen.json) {
        screen.out << page->text << "\n";
        return 0;
    }
    auto const root = page->root();
    print_incident_head(screen, root["incident"]);
    screen.out << "\n";
    for (auto const& row : root["timeline"].children()) print_story_row(screen, row);
    return 0;
}

int show_telemetry(Client& client, Screen& screen, std::string const& host, bool with_points) {
    auto path = "/api/v1/hosts/" + path_segment(host) + "/telemetry";
    if (with_points) path += "?points=1";
    auto const page = get_page(client, {.path = path});
    if (!page) return failed(screen, page.error());
    if (screen.json) {
        screen.out << page->text << "\n";
        return 0;
    }
    std::vector<std::string> heads{"GROUP", "METRIC", "VALUE", "TIME (UTC)"};
    if (with_points) heads.insert(heads.end(), {"POINTS", "LEAST", "MOST"});
    Table table{heads};
    for (auto const& series : page->root()["items"].children()) {
        std::vector<Cell> row{{text_of(series["group"]), Paint::faint},
                              {text_of(series["metric"]), Paint::none},
                              {text_of(series["value"]), Paint::none},
                              {time_of(series["time"]), Paint::faint}};
        if (with_points) {
            std::vector<double> values;
            for (auto const& point : series["points"].children())
                if (auto const pair = point.children(); pair.size() == 2)
                    values.push_back(pair[1].number().value_or(0));
            auto const [least, most] = std::minmax_element(values.begin(), values.end());
            row.push_back({std::to_string(values.size()), Paint::faint});
            row.push_back({values.empty() ? "-" : short_number(*least), Paint::none});
            row.push_back({values.empty() ? "-" : short_number(*most), Paint::none});
        }
        table.add(std::move(row));
    }
    table.print(screen);
    return 0;
}

}  // namespace tomte
