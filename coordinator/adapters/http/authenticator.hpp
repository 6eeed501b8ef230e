// Who asks, and may they? Tokens and their scopes come from tokens.toml; only salted hashes of the
// secrets are known here. Immutable after loading: any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace coordinator::http {

enum class Scope { read, act, scrape, webhook, admin };
std::string_view to_string(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

struct Token {
    std::string name;
    std::string user;  // of HTTP Basic; empty: a bearer token
    std::vector<Scope> scopes;
    std::string hash;
};

struct Admission {
    enum class Answer { allowed, unknown, forbidden };
    Answer answer = Answer::unknown;
    std::string name;  // of the token, when known
};

class Authenticator {
  public:
    explicit Authenticator(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    // Errors name file and line. A file without tokens is an error: nobody could ask anything.
    static base::Result<Authenticator> parse(std::string_view text, std::string const& file);
    static base::Result<Authenticator> load(std::string const& path);

    // `authorization` is the header's value. Any scope of `any_of` suffices; admin suffices always.
    Admission admit(std::string_view authorization, std::vector<Scope> const& any_of) const;

  private:
    std::vector<Token> tokens_;
};

}  // namespace coordinator::http
