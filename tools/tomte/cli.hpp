// The operator's command line: parses it, runs one command, gives back the exit status.
// 0: done; 1: it did not work, the reason is on standard error; 2: the command line is wrong.
#pragma once

namespace tomte {

int run_command_line(int argc, char const* const* argv);

}  // namespace tomte
