// The fixed safe part of SQL that three clients are allowed to send. One statement; plain reads
// without functions that act, maintenance by its class.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// PostgreSQL through psql -c: also \l, \dt and their like, which only list.
Verdict check_sql_psql(std::string_view text);
// SQLite's shell: also .tables, .schema, .indexes, .databases, .dbinfo. No other dot command.
Verdict check_sql_sqlite(std::string_view text);
// MySQL and MariaDB through mysql -e.
Verdict check_sql_mysql(std::string_view text);

}  // namespace command
