// `tomte-agent doctor`: looks at everything this host needs to belong to its fleet, and says of
// each thing that is wrong what to do. Changes nothing; a running agent is not disturbed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/time.hpp"

namespace agent {

struct Finding {
    enum class Is { right, doubtful, wrong };
    Is is = Is::right;
    std::string what;
    std::string todo;  // empty when it is right
};

// Tells every finding as it is made; gives how many are wrong.
int examine(std::string const& config, base::WallTime now,
            std::function<void(Finding const&)> const& tell);

// The arguments after the verb. Exit status 0: nothing is wrong.
int run_doctor(int argc, char const* const* argv);

}  // namespace agent
