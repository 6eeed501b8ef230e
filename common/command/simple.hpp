// One simple command against the catalogue.
#pragma once

#include <string>
#include <vector>

#include "common/command/classify.hpp"
#include "common/command/refusal.hpp"

namespace command {

struct Judged {
    SimpleCommand command;
    std::vector<Change> changes;
    std::string rule;    // "systemctl.restart"
    std::string reason;  // what the program does
    bool filter = false;
    bool needs_input = false;  // and has no file
};

// Rules: program.*, subcommand.*, option.*, operand.*, mini's own.
OrRefusal<Judged> judge_simple(Catalogue const& in, SimpleWords const& words,
                               Context const& context);

}  // namespace command
