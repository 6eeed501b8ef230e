// The command line of `tomte verify` and `tomte export`.
#pragma once

#include <functional>

#include "tools/tomte/screen.hpp"

namespace CLI {
class App;
}

namespace tomte {

// Sets `command` when one of them was chosen. Both references must outlive the parsing and the
// command.
void add_audit_commands(CLI::App& app, std::function<int(Screen&)>& command, bool& json);

}  // namespace tomte
