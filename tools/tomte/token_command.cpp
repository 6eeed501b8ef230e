#include "tools/tomte/token_command.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>

#include "common/base/files.hpp"
#include "common/base/json.hpp"
#include "common/base/toml.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/secret_hash.hpp"
#include "tools/tomte/files.hpp"

namespace tomte {
namespace {

using base::Code;
using base::Result;

constexpr std::array<std::string_view, 6> kScopes{"read",   "act",     "approve",
                                                  "scrape", "webhook", "admin"};
constexpr std::string_view kHead = "[[token]]";

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

// A file that is not there yet is an empty one.
Result<std::string> read(std::string const& file) {
    if (!std::filesystem::exists(file)) return std::string{};
    return base::read_file(file);
}

struct Entry {
    std::string name, kind;
    std::vector<std::string> scopes;
};

Result<std::vector<Entry>> entries_of(std::string const& text, std::string const& file) {
    auto const document = base::toml::Document::parse(text, file);
    if (!document) return tl::make_unexpected(document.error());
    std::vector<Entry> entries;
    for (auto const& token : document->root()["token"].children()) {
        auto name = base::toml::need_string(token, "name");
        if (!name) return tl::make_unexpected(name.error());
        auto kind = base::toml::need_string(token, "kind");
        if (!kind) return tl::make_unexpected(kind.error());
        auto scopes = base::toml::strings_or(token, "scope", {});
        if (!scopes) return tl::make_unexpected(scopes.error());
        entries.push_back({*std::move(name), *std::move(kind), *std::move(scopes)});
    }
    return entries;
}

std::string joined(std::vector<std::string> const& words, std::string_view between,
                   std::string_view quote) {
    std::string text;
    for (auto const& word : words) {
        if (!text.empty()) text += between;
        text.append(quote).append(word).append(quote);
    }
    return text;
}

base::Status check(TokenOptions const& options, std::vector<Entry> const& there) {
    auto const wrong = [](std::string text) { return base::fail(Code::invalid, std::move(text)); };
    if (!is_name(options.name)) return wrong("a token's name is 1 to 64 of a-z 0-9 -");
    if (!options.user.empty() && !is_name(options.user))
        return wrong("--basic: a user is 1 to 64 of a-z 0-9 -");
    if (options.scopes.empty()) return wrong("--scope: what may it do?");
    for (auto const& scope : options.scopes)
        if (std::ranges::find(kScopes, scope) == kScopes.end())
            return wrong("--scope: '" + scope +
                         "' is none of read, act, approve, scrape, webhook, admin");
    for (auto const& entry : there)
        if (entry.name == options.name)
            return wrong("there is a token '" + options.name + "' already; revoke it first");
    return {};
}

// The lines of one [[token]], comments before it left alone.
struct Block {
    std::size_t begin = 0;
    std::size_t end = 0;
};
std::vector<Block> blocks_of(std::string_view text) {
    std::vector<Block> blocks;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = std::min(text.find('\n', at), text.size());
        if (text.substr(at, end - at).starts_with(kHead)) {
            if (!blocks.empty()) blocks.back().end = at;
            blocks.push_back({at, text.size()});
        }
        at = end + 1;
    }
    return blocks;
}

int tell(Screen& screen, base::Status const& done) {
    return done ? 0 : failed(screen, done.error());
}

void add_create(CLI::App& group, std::shared_ptr<TokenOptions> const& options,
                std::function<int(Screen&)>& chosen, bool& json) {
    auto* command = group.add_subcommand("create", "Make one; its secret is shown once");
    command->add_option("name", options->name, "Its name, as the journal tells it")->required();
    command->add_option("--scope", options->scopes,
                        "What it may do: read, act, approve, scrape, webhook, admin; repeatable")
        ->required()
        ->delimiter(',');
    command->add_option("--basic", options->user, "For HTTP Basic, with this user name");
    command->callback([options, &chosen, &json] {
        chosen = [options, &json](Screen& screen) {
            auto const secret = create_token(*options);
            if (!secret) return failed(screen, secret.error());
            if (!json) {
                screen.out << *secret << "\n";
                return 0;
            }
            base::json::Writer out;
            out.begin_object().member("v", 1).member("name", options->name);
            screen.out << out.member("secret", *secret).end_object().text() << "\n";
            return 0;
        };
    });
}

}  // namespace

Result<std::string> create_token(TokenOptions const& options) {
    auto text = read(options.file);
    if (!text) return tl::make_unexpected(text.error());
    auto const there = entries_of(*text, options.file);
    if (!there) return tl::make_unexpected(there.error());
    if (auto good = check(options, *there); !good) return tl::make_unexpected(good.error());
    auto const random = trust::random_token();
    auto const secret = options.user.empty() ? "tomte_" + options.name + "_" + random : random;
    if (!text->empty() && text->back() != '\n') *text += '\n';
    *text += "\n" + std::string{kHead} + "\nname = \"" + options.name + "\"\n";
    *text += options.user.empty() ? "kind = \"bearer\"\n"
                                  : "kind = \"basic\"\nuser = \"" + options.user + "\"\n";
    *text += "scope = [" + joined(options.scopes, ", ", "\"") + "]\n";
    *text += "hash = \"" + trust::hash_secret(secret) + "\"\n";
    if (auto done = replace_file(options.file, *text, kSecretMode); !done)
        return tl::make_unexpected(done.error());
    return secret;
}

Result<std::vector<std::string>> list_tokens(std::string const& file) {
    auto const text = base::read_file(file);
    if (!text) return tl::make_unexpected(text.error());
    auto const entries = entries_of(*text, file);
    if (!entries) return tl::make_unexpected(entries.error());
    std::vector<std::string> lines;
    for (auto const& entry : *entries)
        lines.push_back(entry.name + "  " + entry.kind + "  " + joined(entry.scopes, ",", ""));
    return lines;
}

base::Status revoke_token(std::string const& file, std::string const& name) {
    auto text = base::read_file(file);
    if (!text) return tl::make_unexpected(text.error());
    auto const entries = entries_of(*text, file);
    if (!entries) return tl::make_unexpected(entries.error());
    auto const blocks = blocks_of(*text);
    if (blocks.size() != entries->size())
        return base::fail(Code::invalid, file + ": each token must begin with a line " +
                                             std::string{kHead});
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if ((*entries)[i].name != name) continue;
        text->erase(blocks[i].begin, blocks[i].end - blocks[i].begin);
        return replace_file(file, *text, kSecretMode);
    }
    return base::fail(Code::not_found, file + ": there is no token '" + name + "'");
}

void add_token_commands(CLI::App& app, std::function<int(Screen&)>& command, bool& json) {
    auto const options = std::make_shared<TokenOptions>();  // lives as long as the callbacks
    auto* group = app.add_subcommand("token", "Who may ask the coordinator for what");
    group->require_subcommand(1);
    group->add_option("--tokens", options->file, "The coordinator's tokens.toml")
        ->capture_default_str();
    add_create(*group, options, command, json);
    group->add_subcommand("list", "Names, kinds and scopes")->callback([options, &command] {
        command = [options](Screen& screen) {
            auto const lines = list_tokens(options->file);
            if (!lines) return failed(screen, lines.error());
            for (auto const& line : *lines) screen.out << line << "\n";
            return 0;
        };
    });
    auto* revoke = group->add_subcommand("revoke", "End one, within a second");
    revoke->add_option("name", options->name, "Its name")->required();
    revoke->callback([options, &command] {
        command = [options](Screen& screen) {
            return tell(screen, revoke_token(options->file, options->name));
        };
    });
}

}  // namespace tomte
