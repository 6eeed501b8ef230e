// What `tomte init` says about what init() did.
#pragma once

#include "tools/tomte/init.hpp"

namespace tomte {

int init_command(InitOptions const& options, bool json);

}  // namespace tomte
