// Refused deliveries: counted, and noted in the journal once a minute at most, so that a flood of
// them costs neither disk nor network.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/outbox.hpp"

namespace agent {

class Refusals {
  public:
    explicit Refusals(Outbox& outbox) : outbox_(outbox) {}

    void add(Step& step, std::string_view channel, domain::ResultCode code,
             std::string_view reason);
    void tick(Step& step);
    std::optional<base::BootTime> next_wake() const;

  private:
    void note(Step& step);

    Outbox& outbox_;
    std::int64_t count_ = 0;  // since the last note
    std::string last_;
    std::optional<base::BootTime> quiet_until_;
};

}  // namespace agent
