// How often this host lets itself be changed, whoever asks. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/time.hpp"
#include "common/policy/policy.hpp"

namespace hand {

// One changing attempt of the past, as the log knows it. Ages, not times: they are measured on the
// clock that nobody can set (IdLog::fixes says how).
struct Fix {
    std::vector<std::string> subjects;  // "service/nginx.service"
    base::Duration started_ago{};
    std::optional<base::Duration> finished_ago;  // none: it runs
    bool succeeded = false;
    bool operator==(Fix const&) const = default;
};

// Why a fix on these subjects may not start now; nothing if it may. `fixes` the oldest first.
std::optional<std::string> over_limit(policy::Limits const& limits, std::vector<Fix> const& fixes,
                                      std::vector<std::string> const& subjects);

}  // namespace hand
