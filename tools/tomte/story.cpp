#include "tools/tomte/story.hpp"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <ostream>

#include <fmt/format.h>

namespace tomte {
namespace {

using base::json::Value;

std::string text_of(Value value) { return plain(value.string().value_or("")); }

bool has_ended(std::string_view state) {
    return state == "resolved" || state == "cancelled" || state == "suppressed" ||
           state == "abandoned" || state == "escalated";
}

// A pause that ends as soon as nobody reads us any more (`tomte watch | head`).
bool reader_leaves_within(base::Duration pause) {
    pollfd output{STDOUT_FILENO, 0, 0};
    ::poll(&output, 1, static_cast<int>(pause.count()));
    return (output.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace

void print_story_row(Screen& screen, Value row) {
    auto const host = text_of(row["host"]);
    screen.out << painted(screen, Paint::faint, time_only(row["time"].string().value_or("")))
               << "  " << fmt::format("{:<10}", text_of(row["stage"])) << " "
               << (host.empty() ? "" : host + ": ") << text_of(row["text"]) << "\n";
}

bool Watch::look() {
    if (!options_.incident.empty()) return look_at(options_.incident);
    auto const page = get_page(client_, {.path = "/api/v1/incidents?limit=50"});
    if (!page) {
        complain(page.error());
        return false;
    }
    reached();
    auto items = page->root()["items"].children();
    // Newest first in the answer; a story is told in order.
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
        std::string const id{(*item)["id"].string().value_or("")};
        std::string const changed{(*item)["changed_at"].string().value_or("")};
        if (has_ended((*item)["state"].string().value_or(""))) {
            auto const time = base::parse_rfc3339(changed);
            if (changed_[id] == changed || (time && *time < options_.since)) continue;
        }
        changed_[id] = changed;
        look_at(id);
    }
    return false;
}

bool Watch::look_at(std::string const& id) {
    auto const page = get_page(client_, {.path = "/api/v1/incidents/" + path_segment(id)});
    if (!page) {
        complain(page.error());
        return false;
    }
    reached();
    // One journal row may hold several facts, and a timeline only grows: facts are told apart by
    // row and by their place within it.
    std::int64_t last = -1;
    int place = 0;
    for (auto const& row : page->root()["timeline"].children()) {
        auto const seq = row["seq"].integer().value_or(0);
        place = seq == last ? place + 1 : 0;
        last = seq;
        if (!printed_.insert({seq, place}).second) continue;
        if (screen_.json)
            screen_.out << row.dump() << "\n";
        else
            print_story_row(screen_, row);
    }
    screen_.out.flush();
    auto const state = page->root()["incident"]["state"].string().value_or("");
    if (!has_ended(state)) return false;
    status_ = state == "resolved" ? 0 : 1;
    return true;
}

void Watch::complain(base::Error const& error) {
    if (complaint_ != error.message) screen_.err << "tomte: " << plain(error.message) << "\n";
    complaint_ = error.message;
    reachable_ = reachable_ && error.code != base::Code::unavailable;
}

void Watch::reached() {
    if (!reachable_) screen_.err << "tomte: the coordinator answers again\n";
    if (!reachable_) complaint_.clear();
    reachable_ = true;
}

int watch(Client& client, Screen& screen, WatchOptions const& options) {
    auto const start = std::chrono::steady_clock::now();
    Watch watching{client, screen, options};
    for (;;) {
        if (watching.look()) return watching.status();
        if (options.at_most && std::chrono::steady_clock::now() - start >= *options.at_most)
            return options.incident.empty() ? 0 : 1;
        if (reader_leaves_within(options.every)) return watching.status();
    }
}

}  // namespace tomte
