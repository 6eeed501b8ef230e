#include "tools/tomte/approve.hpp"

#include <unistd.h>

#include <iostream>
#include <string>

#include <fmt/format.h>

#include "common/remedy/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace tomte {
namespace {

using base::json::Value;
using base::json::Writer;

std::string text_of(Value object, std::string_view name) {
    return std::string{object[name].string().value_or("")};
}

std::string what_of(Value item) {
    if (item["line"].present()) return plain(text_of(item, "line"));
    auto text = plain(text_of(item, "remedy"));
    for (auto const& param : item["params"].children())
        text += " " + plain(param.key()) + "=" + plain(param.string().value_or(""));
    return text;
}

// The part of the command that a signature binds, from what the coordinator shows.
base::Result<domain::Command> read_command(Value item) {
    auto const host = domain::HostId::parse(text_of(item, "host"));
    if (!host) return base::fail(base::Code::invalid, "the coordinator names no host");
    domain::Command command{.id = text_of(item, "id"),
                            .host = *host,
                            .incarnation = item["incarnation"].integer().value_or(0),
                            .epoch = 0,
                            .session = "",
                            .counter = 0,
                            .issued_at = {},
                            .expires_at = {},
                            .incident = "",
                            .attempt = 0,
                            .actor = "",
                            .reason = "",
                            .order = domain::LineOrder{text_of(item, "line")},
                            .limits = {}};
    command.limits.timeout = base::Duration{item["timeout_ms"].integer().value_or(0)};
    command.limits.output_bytes =
        static_cast<std::uint64_t>(item["output_bytes"].integer().value_or(0));
    if (item["line"].present()) return command;
    auto params = wire::read_object(item["params"]);
    if (!params) return tl::make_unexpected(params.error());
    command.order = domain::RemedyOrder{text_of(item, "remedy"), text_of(item, "remedy_hash"),
                                        std::move(*params)};
    return command;
}

// The remedy's steps as the coordinator shows them, if they are those that the order names.
base::Result<std::optional<domain::Remedy>> read_content(Value item,
                                                         domain::Command const& command) {
    auto const* order = std::get_if<domain::RemedyOrder>(&command.order);
    if (order == nullptr) return std::nullopt;
    auto remedy = wire::read_remedy(item["content"]);
    if (!remedy) return tl::make_unexpected(base::with_context("its remedy")(remedy.error()));
    if (remedy::content_hash(*remedy) != order->hash || remedy->name != order->remedy)
        return base::fail(base::Code::denied,
                          "the remedy that is shown is not the one that would run");
    return std::optional{std::move(*remedy)};
}

void show_steps(Screen& screen, char const* what, std::vector<domain::Step> const& steps) {
    for (auto const& step : steps) {
        std::string text = step.verb;
        for (auto const& [name, value] : step.args) text += " " + name + "=" + value;
        screen.out << fmt::format("  {:<8}{}\n", what, plain(text));
    }
}

void show(Screen& screen, Value item, std::optional<domain::Remedy> const& remedy) {
    screen.out << what_of(item) << "\n";
    screen.out << "  on      " << plain(text_of(item, "host")) << "\n";
    screen.out << "  for     " << plain(text_of(item, "actor")) << ": "
               << plain(text_of(item, "reason")) << "\n";
    screen.out << "  because " << plain(text_of(item, "why")) << "\n";
    if (!remedy) return;
    show_steps(screen, "if", remedy->preconditions);
    show_steps(screen, "does", remedy->steps);
    if (remedy->check) show_steps(screen, "checks", {remedy->check->step});
    show_steps(screen, "or undo", remedy->undo);
}

}  // namespace

bool confirmed_at_terminal(Screen& screen) {
    if (::isatty(STDIN_FILENO) == 0) {
        screen.err << "say --yes to sign without being asked\n";
        return false;
    }
    screen.out << "Sign this? Type yes: " << std::flush;
    std::string word;
    std::getline(std::cin, word);
    return word == "yes";
}

int show_approvals(Client& client, Screen& screen) {
    auto const page = get_page(client, {"GET", "/api/v1/approvals"});
    if (!page) return failed(screen, page.error());
    if (screen.json) {
        screen.out << page->text << "\n";
        return 0;
    }
    Table table{{"ID", "HOST", "WHAT", "WHY", "UNTIL"}};
    for (auto const& item : page->root()["items"].children())
        table.add({{plain(text_of(item, "id"))},
                   {plain(text_of(item, "host"))},
                   {what_of(item)},
                   {plain(text_of(item, "why"))},
                   {day_and_time(plain(text_of(item, "until"))), Paint::faint}});
    if (table.empty())
        screen.out << "Nothing waits for an approval.\n";
    else
        table.print(screen);
    return 0;
}

int approve(Client& client, Screen& screen, ApproveOptions const& options,
            trust::PrivateKey const& key, base::WallTime now) {
    auto const path = "/api/v1/approvals/" + path_segment(options.id);
    auto const page = get_page(client, {"GET", path});
    if (!page) return failed(screen, page.error());
    auto const item = page->root()["approval"];
    auto const command = read_command(item);
    if (!command) return failed(screen, command.error());
    if (command->id != options.id)
        return failed(screen, {base::Code::denied, "the coordinator shows another command"});
    if (options.approved) {
        auto const remedy = read_content(item, *command);
        if (!remedy) return failed(screen, remedy.error());
        if (!screen.json) show(screen, item, *remedy);
        if (options.confirm && !options.confirm())
            return failed(screen, {base::Code::denied, "nothing was signed"});
    }
    wire::Approval const approval{command->id,
                                  command->host,
                                  remedy::plan_hash(*command),
                                  now + std::chrono::seconds{options.valid_for_s},
                                  options.approved,
                                  options.actor,
                                  options.reason};
    Writer out;
    out.begin_object()
        .member("jws", trust::sign(trust::Purpose::approval, key, wire::encode(approval)))
        .end_object();
    auto const taken = get_page(client, {"POST", path, out.take()});
    if (!taken) return failed(screen, taken.error());
    if (screen.json)
        screen.out << taken->text << "\n";
    else
        screen.out << (options.approved ? painted(screen, Paint::good, "approved")
                                        : painted(screen, Paint::bad, "denied"))
                   << " " << plain(options.id) << "\n";
    return 0;
}

}  // namespace tomte
