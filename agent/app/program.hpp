// The composition root: reads the settings, makes the parts, joins them, runs the loop.
#pragma once

namespace agent {

// Exit codes: 0 stopped as asked, 1 could not go on (said on stderr), 78 wrong configuration or
// command line.
int run_program(int argc, char** argv);

}  // namespace agent
