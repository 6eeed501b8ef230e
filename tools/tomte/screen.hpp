// What a command writes: tables and coloured words for people, one line of JSON for programs.
// Text from elsewhere passes plain(), so that no host's output can steer the terminal.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace tomte {

struct Screen {
    std::ostream& out;
    std::ostream& err;
    bool json = false;
    bool colour = false;  // only on a terminal, and not with NO_COLOR set
};

enum class Paint { none, good, doubtful, bad, faint };

// Control characters as '?'.
std::string plain(std::string_view text);
std::string painted(Screen const& screen, Paint paint, std::string_view text);
Paint paint_of_state(std::string_view state);  // of incidents, commands, hosts, health

struct Cell {
    std::string text;
    Paint paint = Paint::none;
};
class Table {
  public:
    explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.empty(); }
    void print(Screen& screen) const;

  private:
    std::vector<std::string> heads_;
    std::vector<std::vector<Cell>> rows_;
};

// "2026-11-25T10:00:00.123Z" as "2026-11-25 10:00:00" and as "10:00:00.123".
std::string day_and_time(std::string_view rfc3339);
std::string time_only(std::string_view rfc3339);

// Says the error and gives the exit status 1.
int failed(Screen& screen, base::Error const& error);

}  // namespace tomte
