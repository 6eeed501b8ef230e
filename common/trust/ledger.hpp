// Which certificates the fleet's authority issued, as JSON Lines: what must be revoked when a host
// is replaced or thrown out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace trust {

struct IssuedCertificate {
    std::string name;  // the common name
    std::string serial_hex;
    base::WallTime not_after{};
    std::optional<base::WallTime> revoked{};
};

std::string ledger_line(IssuedCertificate const& issued);  // with its line feed
base::Result<std::vector<IssuedCertificate>> parse_ledger(std::string_view text);

}  // namespace trust
