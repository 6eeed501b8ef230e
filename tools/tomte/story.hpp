// The story of incidents, line by line, and the command that follows it as it happens.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "tools/tomte/client.hpp"
#include "tools/tomte/screen.hpp"

namespace tomte {

// One row of a timeline: "10:00:00.123  plan      restart_service from the catalogue".
void print_story_row(Screen& screen, base::json::Value row);

struct WatchOptions {
    std::string incident;                  // only this one, and until it has ended; empty: all
    std::optional<base::Duration> at_most; // then stop
    base::Duration every{500};
    // What ended before this is history: `tomte incidents` shows it.
    base::WallTime since{};
};

// Asks again and again; prints every row once. A coordinator that goes away is waited for.
class Watch {
  public:
    Watch(Client& client, Screen& screen, WatchOptions options)
        : client_(client), screen_(screen), options_(std::move(options)) {}

    // One round of questions. True: the incident that was watched has ended.
    bool look();
    // The exit status so far: 0 unless the watched incident ended otherwise than resolved.
    int status() const { return status_; }

  private:
    bool look_at(std::string const& id);
    void complain(base::Error const& error);
    void reached();

    Client& client_;
    Screen& screen_;
    WatchOptions const options_;
    std::set<std::pair<std::int64_t, int>> printed_;  // journal row, place within it
    std::map<std::string, std::string> changed_; // incident to changed_at
    std::string complaint_;  // the last one; said once
    bool reachable_ = true;
    int status_ = 0;
};

// Until the incident ended, the time is over, or the process is told to stop.
int watch(Client& client, Screen& screen, WatchOptions const& options);

}  // namespace tomte
