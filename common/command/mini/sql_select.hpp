// The one SQL statement that is read deeply: SELECT.
#pragma once

#include <span>

#include "common/command/mini/sql_tokens.hpp"
#include "common/command/mini/verdict.hpp"

namespace command {

// `tokens` begins with SELECT and has no final semicolon. Readonly: only tables that tell the
// server's state, or counts of other tables. Risky: contents of other tables, and the few functions
// that end a query. Everything else: forbidden.
Verdict check_select(std::span<SqlToken const> tokens);

}  // namespace command
