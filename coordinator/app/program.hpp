// The composition root: reads settings and catalogue, opens the store, makes the parts, starts them
// in order and stops them in the reverse order.
#pragma once

namespace coordinator {

// Exit codes: 0 stopped as asked; 78 (EX_CONFIG) wrong configuration or command line; 65
// (EX_DATAERR) the store is damaged or gone; 75 (EX_TEMPFAIL) another process has the store; 1
// anything else (port taken, read-only folder). The reason is on stderr.
int run_program(int argc, char** argv);

}  // namespace coordinator
