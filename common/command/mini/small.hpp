// Small languages of one word: PromQL, Redis' reading commands, journal vacuum floors, date and
// stat formats.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// PromQL: an expression, all of it reading by nature. Refused only what is not one.
Verdict check_promql(std::string_view expression);
// The words after redis-cli's options: INFO [section], PING, DBSIZE and other reads of state, never
// of keys' contents.
Verdict check_redis(std::span<std::string const> words);
// The value of journalctl --vacuum-time: at least 2 days are kept.
Verdict check_journal_vacuum_time(std::string_view value);
// The value of journalctl --vacuum-size: at least 200 MiB are kept.
Verdict check_journal_vacuum_size(std::string_view value);
// date +FORMAT (with its '+'), stat -c FORMAT, find -printf FORMAT: known directives only.
Verdict check_date_format(std::string_view word);
Verdict check_stat_format(std::string_view format);
Verdict check_find_format(std::string_view format);

}  // namespace command
