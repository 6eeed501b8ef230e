// `tomte doctor`: looks at the coordinator, every host's way there and back by real orders, and the
// fleet's folder; of everything that is wrong it says what to do.
#pragma once

#include <functional>
#include <string>

#include "common/base/time.hpp"
#include "tools/tomte/client.hpp"
#include "tools/tomte/screen.hpp"

namespace tomte {

struct DoctorOptions {
    std::string folder;  // of the fleet, if it is on this machine; empty: not looked at
    std::function<base::BootTime()> clock;
};
// Exit status 0: nothing is wrong.
int doctor(Client& client, Screen& screen, DoctorOptions const& options, base::WallTime now);

}  // namespace tomte
