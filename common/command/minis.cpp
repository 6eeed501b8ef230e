#include "common/command/minis.hpp"

#include "common/base/check.hpp"
#include "common/command/mini/find.hpp"
#include "common/command/mini/lsof.hpp"
#include "common/command/mini/ps.hpp"
#include "common/command/mini/small.hpp"
#include "common/command/mini/web.hpp"

namespace command {

Verdict check_mini(std::uint8_t mini, std::span<std::string const> args) {
    using Check = Verdict (*)(std::span<std::string const>);
    constexpr std::array<Check, kMiniNames.size()> kChecks{check_find,  check_curl, check_wget,
                                                           check_redis, check_ps,   check_lsof};
    CHECK(mini >= 1 && mini <= kChecks.size());
    return kChecks[mini - 1](args);
}

}  // namespace command
