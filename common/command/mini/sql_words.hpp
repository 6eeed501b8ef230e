// The closed lists of SQL words: what may be called, which tables tell a server's state, which
// columns look harmless and which look like secrets.
#pragma once

#include <string_view>

namespace command {

// Functions that compute from their arguments or tell the server's state, and change nothing.
bool is_sql_function(std::string_view name);
// Words that may stand before a parenthesis without calling anything.
bool is_sql_word_before_parenthesis(std::string_view name);
// Words that never name a column.
bool is_sql_keyword(std::string_view name);
// Words that make a SELECT more than a read.
bool is_sql_acting_word(std::string_view name);

enum class SqlTable { state, secret, plain };
// `schema` may be empty.
SqlTable sql_table(std::string_view schema, std::string_view name);

// A column by which people count things: an id, a kind, a state, a time.
bool is_plain_column(std::string_view name);
// A column whose smallest and largest value tell a time or a number, not a word.
bool is_ordered_column(std::string_view name);
// A name that smells of credentials or of a person.
bool is_secret_name(std::string_view name);

}  // namespace command
