// Which words announce a secret. Inside common/redact only.
#pragma once

#include <string_view>

namespace redact {

// "db_password", "X-Api-Key", "--token", "clientSecret" … `name` is letters, digits, "_-.".
bool announces_secret(std::string_view name);

// A value that is plainly no secret: empty, a placeholder, true, none, already redacted …
bool is_harmless_value(std::string_view value);

// Header names after whose colon the whole rest of the line is secret.
bool is_secret_header(std::string_view name);

// "bearer", "basic" … before a token.
bool is_auth_scheme(std::string_view word);

// Programs with short options that take a secret: ("mysql", "-p").
bool takes_secret(std::string_view program, std::string_view option);
bool is_such_program(std::string_view program);

}  // namespace redact
