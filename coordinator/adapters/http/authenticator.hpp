// Who asks, and may they? Tokens and their scopes come from tokens.toml; only slow salted hashes of
// the secrets are known here. What was right once is remembered (as a keyed digest, the key made
// new for each process), so that two thousand webhooks a second cost no more than one. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace coordinator::http {

enum class Scope { read, act, approve, scrape, webhook, admin };
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
    explicit Authenticator(std::vector<Token> tokens);

    // Errors name file and line. A file without tokens is an error: nobody could ask anything.
    static base::Result<Authenticator> parse(std::string_view text, std::string const& file);
    static base::Result<Authenticator> load(std::string const& path);

    // `authorization` is the header's value. Any scope of `any_of` suffices; admin suffices always.
    // May take a tenth of a second, one caller at a time, for credentials that are new.
    Admission admit(std::string_view authorization, std::vector<Scope> const& any_of) const;
    // The same for credentials that were right before; nothing for all others, at once.
    std::optional<Admission> admit_known(std::string_view authorization,
                                         std::vector<Scope> const& any_of) const;

  private:
    struct Memory;

    std::vector<Token> tokens_;
    std::shared_ptr<Memory> memory_;  // shared with copies
};

}  // namespace coordinator::http
