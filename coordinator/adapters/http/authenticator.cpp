#include "coordinator/adapters/http/authenticator.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "common/base/files.hpp"
#include "common/base/toml.hpp"
#include "common/domain/names.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/secret_hash.hpp"

namespace coordinator::http {
namespace {

using base::Code;
using base::Result;

constexpr domain::NameTable<Scope, 6> kScopes{{
    {Scope::read, "read"},
    {Scope::act, "act"},
    {Scope::approve, "approve"},
    {Scope::scrape, "scrape"},
    {Scope::webhook, "webhook"},
    {Scope::admin, "admin"},
}};

// Longer credentials are nobody's; hashing them would only cost time.
constexpr std::size_t kCredentialBytesMax = 1024;

int value_of_base64(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    if (c == '/') return 63;
    return -1;
}

// RFC 4648 with padding, as HTTP Basic has it.
std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string out;
    unsigned bits = 0;
    int held = 0;
    for (char const c : text) {
        int const value = value_of_base64(c);
        if (value < 0) return std::nullopt;
        bits = (bits << 6 | static_cast<unsigned>(value)) & 0xFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out += static_cast<char>(bits >> held & 0xFF);
        }
    }
    return out;
}

struct Credentials {
    std::string user;  // empty: bearer
    std::string secret;
};

// The scheme's name is case-insensitive (RFC 9110, 11.1).
bool take_scheme(std::string_view& text, std::string_view scheme) {
    if (text.size() <= scheme.size() || text[scheme.size()] != ' ') return false;
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        char const c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
        if (c != scheme[i]) return false;
    }
    text.remove_prefix(scheme.size() + 1);
    while (text.starts_with(' ')) text.remove_prefix(1);
    return true;
}

std::optional<Credentials> read_header(std::string_view text) {
    if (text.size() > kCredentialBytesMax) return std::nullopt;
    if (take_scheme(text, "bearer")) {
        if (text.empty()) return std::nullopt;
        return Credentials{{}, std::string{text}};
    }
    if (!take_scheme(text, "basic")) return std::nullopt;
    auto const pair = from_base64(text);
    if (!pair) return std::nullopt;
    auto const colon = pair->find(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    return Credentials{pair->substr(0, colon), pair->substr(colon + 1)};
}

Result<Token> read_token(base::toml::Value entry) {
    auto const wrong = [&](std::string_view what) {
        return base::fail(Code::invalid, entry.where() + ": " + std::string{what});
    };
    if (auto closed = entry.only({"name", "kind", "user", "scope", "hash"}); !closed)
        return tl::make_unexpected(closed.error());
    Token token;
    auto name = base::toml::need_string(entry, "name");
    if (!name) return tl::make_unexpected(name.error());
    auto const kind = base::toml::need_string(entry, "kind");
    if (!kind) return tl::make_unexpected(kind.error());
    auto hash = base::toml::need_string(entry, "hash");
    if (!hash) return tl::make_unexpected(hash.error());
    auto user = base::toml::string_or(entry, "user", "");
    if (!user) return tl::make_unexpected(user.error());
    auto const scopes = base::toml::strings_or(entry, "scope", {});
    if (!scopes) return tl::make_unexpected(scopes.error());

    if (*kind != "basic" && *kind != "bearer") return wrong("kind must be \"basic\" or \"bearer\"");
    if ((*kind == "basic") == user->empty())
        return wrong("a basic token has a user, a bearer none");
    if (!trust::is_secret_hash(*hash))
        return wrong("hash must be one that tomte token create made: scrypt:...");
    if (scopes->empty()) return wrong("scope names nothing this token may do");
    for (auto const& word : *scopes) {
        auto const scope = parse_scope(word);
        if (!scope) return wrong("unknown scope '" + word + "'");
        token.scopes.push_back(*scope);
    }
    token.name = std::move(*name);
    token.user = std::move(*user);
    token.hash = std::move(*hash);
    return token;
}

// "tomte_<name>_<random>", as tomte token create makes them, says whose it is.
std::optional<std::string_view> named_in(std::string_view secret) {
    constexpr std::string_view kFront = "tomte_";
    auto const end = secret.rfind('_');
    if (!secret.starts_with(kFront) || end < kFront.size()) return std::nullopt;
    return secret.substr(kFront.size(), end - kFront.size());
}

bool may_be(Token const& token, Credentials const& credentials) {
    if (token.user != credentials.user) return false;
    auto const named = token.user.empty() ? named_in(credentials.secret) : std::nullopt;
    return !named || *named == token.name;
}

Admission judge(Token const& token, std::vector<Scope> const& any_of) {
    for (auto const scope : token.scopes)
        if (scope == Scope::admin ||
            std::find(any_of.begin(), any_of.end(), scope) != any_of.end())
            return {Admission::Answer::allowed, token.name};
    return {Admission::Answer::forbidden, token.name};
}

}  // namespace

std::string_view to_string(Scope scope) { return domain::name_of(kScopes, scope); }
std::optional<Scope> parse_scope(std::string_view text) { return domain::value_of(kScopes, text); }

Result<Authenticator> Authenticator::parse(std::string_view text, std::string const& file) {
    auto const document = base::toml::Document::parse(text, file);
    if (!document) return tl::make_unexpected(document.error());
    if (auto closed = document->root().only({"token"}); !closed)
        return tl::make_unexpected(closed.error());
    std::vector<Token> tokens;
    for (auto const& entry : document->root()["token"].children()) {
        auto token = read_token(entry);
        if (!token) return tl::make_unexpected(token.error());
        tokens.push_back(std::move(*token));
    }
    if (tokens.empty())
        return base::fail(Code::invalid, file + ": no [[token]]: nobody could ask anything");
    return Authenticator{std::move(tokens)};
}

Result<Authenticator> Authenticator::load(std::string const& path) {
    auto const text = base::read_file(path);
    if (!text) return tl::make_unexpected(text.error());
    return parse(*text, path);
}

struct Authenticator::Memory {
    static constexpr std::size_t kMost = 1024;

    std::string const key = trust::random_bytes(32);
    std::mutex mutex;
    std::map<std::string, std::size_t> known;  // guarded by mutex: digest -> index of the token
    std::mutex slow;                           // one hash at a time: each takes 16 MiB

    std::string digest(Credentials const& credentials) const {
        return trust::sha256_hex(key + credentials.user + '\0' + credentials.secret);
    }
    std::optional<std::size_t> find(std::string const& digest) {
        std::lock_guard const lock{mutex};
        auto const found = known.find(digest);
        if (found == known.end()) return std::nullopt;
        return found->second;
    }
    void remember(std::string digest, std::size_t token) {
        std::lock_guard const lock{mutex};
        if (known.size() >= kMost) known.clear();
        known.emplace(std::move(digest), token);
    }
};

Authenticator::Authenticator(std::vector<Token> tokens)
    : tokens_(std::move(tokens)), memory_(std::make_shared<Memory>()) {}

std::optional<Admission> Authenticator::admit_known(std::string_view authorization,
                                                    std::vector<Scope> const& any_of) const {
    auto const credentials = read_header(authorization);
    if (!credentials) return std::nullopt;
    auto const known = memory_->find(memory_->digest(*credentials));
    if (!known) return std::nullopt;
    return judge(tokens_[*known], any_of);
}

Admission Authenticator::admit(std::string_view authorization,
                               std::vector<Scope> const& any_of) const {
    if (auto known = admit_known(authorization, any_of)) return *std::move(known);
    auto const credentials = read_header(authorization);
    if (!credentials) return {};
    std::lock_guard const one_at_a_time{memory_->slow};
    // Every token it may be is tried, so that the time does not tell which one was nearly right.
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < tokens_.size(); ++i)
        if (may_be(tokens_[i], *credentials) &&
            trust::secret_matches(credentials->secret, tokens_[i].hash))
            found = i;
    if (!found) return {};
    memory_->remember(memory_->digest(*credentials), *found);
    return judge(tokens_[*found], any_of);
}

}  // namespace coordinator::http
