// Every benchmark of the project, each a subcommand of tomte-bench. A figure is compared with a
// floor measured in the same run on the same machine, so that it means the same everywhere.
#pragma once

#include <string>

namespace bench {

struct Options {
    std::string bin;      // folder of the programs
    std::string patient;  // tools/demo/patient
    bool json = false;    // one line of figures
    int count = 0;        // samples; 0: the bench's own default
    int seconds = 0;      // for benches that watch for a while; 0: default
    int hosts = 100;
};

// 0: every goal met; 1: a goal missed (printed which); throws std::runtime_error if it could not
// run.
int roundtrip(Options const& options);
int intake(Options const& options);
int through(Options const& options);
int footprint(Options const& options);
int command_lines(Options const& options);

}  // namespace bench
