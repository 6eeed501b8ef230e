// tomte-hand: reads its settings, builds one lane and serves it.
#pragma once

namespace hand {

// Gives the process's exit code; 78 (EX_CONFIG) for wrong settings.
int run_program(int argc, char const* const* argv);

}  // namespace hand
