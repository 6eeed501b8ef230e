// Words of an SQL text. Comments, backslashes, dollar quotes and variables of a client are no
// words: a text that holds one has no tokens at all.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace command {

enum class SqlKind { name, quoted_name, number, text, symbol };

struct SqlToken {
    SqlKind kind = SqlKind::symbol;
    std::string text;  // names in lower case, quotes taken off; symbols as they are, "::" is one

    bool is(std::string_view symbol) const { return kind == SqlKind::symbol && text == symbol; }
    bool is_word(std::string_view word) const { return kind == SqlKind::name && text == word; }
};

enum class SqlDialect { psql, sqlite, mysql };

// At most 400 tokens; nothing if a character is not understood.
std::optional<std::vector<SqlToken>> sql_tokens(std::string_view text, SqlDialect dialect);

}  // namespace command
