#include "tools/tomte/enrol.hpp"

#include <optional>
#include <ostream>

#include <fmt/format.h>

namespace tomte {
namespace {

using base::json::Value;
using base::json::Writer;

struct Seen {
    std::string id, host, state, words, reason;
};

Seen read(Value item) {
    auto const text = [&](char const* key) {
        return plain(item[key].string().value_or(""));
    };
    return {text("id"), text("host"), text("state"), text("words"), text("reason")};
}

base::Result<std::vector<Seen>> look(Client& client) {
    auto const page = get_page(client, {"GET", "/api/v1/invites"});
    if (!page) return tl::make_unexpected(page.error());
    std::vector<Seen> all;
    for (auto const& item : page->root()["items"].children()) all.push_back(read(item));
    return all;
}

base::Result<std::optional<Seen>> find(Client& client, std::string const& name) {
    auto const all = look(client);
    if (!all) return tl::make_unexpected(all.error());
    std::optional<Seen> found;
    for (auto const& one : *all) {
        bool const undecided = one.state == "open" || one.state == "claimed";
        if (one.id == name || (one.host == name && undecided)) found = one;
    }
    return found;
}

base::Status decide(Client& client, Seen const& seen, bool accept) {
    Writer body;
    body.begin_object().member("words", seen.words).member("accept", accept).end_object();
    auto const page = get_page(
        client, {"POST", "/api/v1/invites/" + path_segment(seen.id) + "/decision", body.take()});
    if (!page) return tl::make_unexpected(page.error());
    return {};
}

std::string question(Seen const& seen) {
    return fmt::format("A host wants to join as {}. Does it show exactly these six words?\n\n"
                       "    {}\n\n[y/N] ",
                       seen.host, seen.words);
}

int settle(Client& client, Screen& screen, Seen const& seen, bool accept) {
    if (auto const decided = decide(client, seen, accept); !decided)
        return failed(screen, decided.error());
    screen.out << (accept ? seen.host + " belongs to the fleet\n" : seen.host + " was refused\n");
    return accept ? 0 : 1;
}

std::string paste(std::string const& link) { return "sudo tomte-agent join " + link; }

// Until the one who came was confirmed, refused, or the time is over.
int wait_for_host(Client& client, Screen& screen, InviteOptions const& options,
                  std::string const& id) {
    while (true) {
        auto const seen = find(client, id);
        if (!seen) return failed(screen, seen.error());
        if (!*seen) {
            screen.err << "Nobody came in time. Invite again.\n";
            return 1;
        }
        auto const& one = **seen;
        if (one.state == "claimed")
            return settle(client, screen, one, options.ask(question(one)));
        if (one.state == "issued") {
            screen.out << one.host << " belongs to the fleet\n";
            return 0;
        }
        if (one.state == "refused") {
            screen.err << one.host << " was refused: " << one.reason << "\n";
            return 1;
        }
        options.pause();
    }
}

}  // namespace

int invite(Client& client, Screen& screen, InviteOptions const& options) {
    Writer body;
    body.begin_object()
        .member("host", options.host)
        .member("replace", options.replace)
        .member("token_only", options.token_only)
        .end_object();
    auto const page = get_page(client, {"POST", "/api/v1/invites", body.take()});
    if (!page) return failed(screen, page.error());
    auto const id = plain(page->root()["id"].string().value_or(""));
    auto const line = paste(plain(page->root()["link"].string().value_or("")));
    if (screen.json) {
        screen.out << page->text << "\n";
        return 0;
    }
    screen.out << "Within 15 minutes, on " << options.host << ", once:\n\n" << line << "\n"
               << std::flush;
    if (options.wait && (options.ask || options.token_only)) {
        screen.out << "\nWaiting for it …\n" << std::flush;
        return wait_for_host(client, screen, options, id);
    }
    if (!options.token_only)
        screen.out << "\nThen compare the six words it shows: tomte confirm " << options.host
                   << "\n";
    return 0;
}

int show_invites(Client& client, Screen& screen) {
    auto const page = get_page(client, {"GET", "/api/v1/invites"});
    if (!page) return failed(screen, page.error());
    if (screen.json) {
        screen.out << page->text << "\n";
        return 0;
    }
    Table table{{"INVITE", "HOST", "STATE", "WORDS"}};
    for (auto const& item : page->root()["items"].children()) {
        auto const seen = read(item);
        table.add({{seen.id}, {seen.host}, {seen.state}, {seen.words}});
    }
    if (table.empty())
        screen.out << "no invitation is open\n";
    else
        table.print(screen);
    return 0;
}

int confirm(Client& client, Screen& screen, ConfirmOptions const& options) {
    auto found = find(client, options.host);
    if (!found) return failed(screen, found.error());
    if (!*found)
        return failed(screen, {base::Code::not_found, "no invitation is open for " + options.host});
    auto seen = **found;
    if (options.refuse) return settle(client, screen, seen, false);
    if (seen.state == "open")
        return failed(screen, {base::Code::invalid, seen.host + " has not come yet"});
    // What the person typed is what counts: the coordinator compares it with its own.
    if (!options.words.empty()) {
        seen.words = options.words;
        return settle(client, screen, seen, true);
    }
    if (!options.ask)
        return failed(screen, {base::Code::invalid,
                               "nobody can be asked here: say --words \"…\", as the host shows "
                               "them"});
    return settle(client, screen, seen, options.ask(question(seen)));
}

int revoke(Client& client, Screen& screen, std::string const& host) {
    auto const page =
        get_page(client, {"POST", "/api/v1/hosts/" + path_segment(host) + "/revoke", "{}"});
    if (!page) return failed(screen, page.error());
    screen.out << host << " belongs to the fleet no longer; its certificate is refused\n";
    return 0;
}

}  // namespace tomte
