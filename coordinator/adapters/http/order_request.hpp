// The body of POST /api/v1/hosts/{id}/commands to an order. Pure.
#pragma once

#include <string_view>

#include "coordinator/ports/api.hpp"

namespace coordinator::http {

inline constexpr base::Duration kWaitMax{120'000};

struct ParsedOrder {
    OrderRequest order;  // without the host
    base::Duration wait{0};
};

// Unknown keys are errors: a misspelt "wait_s" must not start a command that nobody waits for.
base::Result<ParsedOrder> parse_order(std::string_view body, std::string_view caller);

// "30", "0.5": seconds up to kWaitMax, as in ?wait_s=. Empty: 0.
base::Result<base::Duration> parse_wait(std::string_view text);

}  // namespace coordinator::http
