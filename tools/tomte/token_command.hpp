// `tomte token create | list | revoke`: who may ask the coordinator. Works on its tokens.toml; a
// running coordinator notices within a second.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "tools/tomte/screen.hpp"

namespace CLI {
class App;
}

namespace tomte {

struct TokenOptions {
    std::string file = "tokens.toml";
    std::string name;
    std::vector<std::string> scopes;
    std::string user;  // of HTTP Basic; empty: a bearer token
};

// Gives the new secret, which lies nowhere else. Errors: invalid (name, scope, a name that is
// taken), the file's.
base::Result<std::string> create_token(TokenOptions const& options);
// "name  kind  scopes", one line each.
base::Result<std::vector<std::string>> list_tokens(std::string const& file);
// Error: not_found.
base::Status revoke_token(std::string const& file, std::string const& name);

void add_token_commands(CLI::App& app, std::function<int(Screen&)>& command, bool& json);

}  // namespace tomte
