#include "common/trust/freeze.hpp"

#include "common/trust/jws.hpp"

namespace trust {

base::Result<FreezeEnvelope> open_freeze(PublicKey const& coordinator,
                                         std::vector<PublicKey> const& approvers,
                                         std::string_view jws) {
    auto payload = verify(Purpose::freeze, coordinator, jws);
    if (payload) return FreezeEnvelope{std::move(*payload), false, false, coordinator.id()};
    for (auto const& approver : approvers) {
        for (auto const purpose : {Purpose::freeze, Purpose::thaw}) {
            auto opened = verify(purpose, approver, jws);
            if (opened)
                return FreezeEnvelope{std::move(*opened), purpose == Purpose::thaw, true,
                                      approver.id()};
        }
    }
    if (payload.error().code == base::Code::invalid) return tl::make_unexpected(payload.error());
    return base::fail(base::Code::denied,
                      "neither the coordinator's freeze nor the freeze or thaw of an approver that "
                      "is known here");
}

}  // namespace trust
