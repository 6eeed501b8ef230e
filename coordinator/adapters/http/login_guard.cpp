#include "coordinator/adapters/http/login_guard.hpp"

#include <algorithm>

namespace coordinator::http {

std::optional<base::Duration> LoginGuard::must_wait(std::string const& source,
                                                    base::BootTime now) {
    std::lock_guard const lock{mutex_};
    auto const found = sources_.find(source);
    if (found == sources_.end()) return std::nullopt;
    if (now - found->second.last >= kForgetAfter) {
        sources_.erase(found);
        return std::nullopt;
    }
    if (found->second.until <= now) return std::nullopt;
    return found->second.until - now;
}

void LoginGuard::failed(std::string const& source, base::BootTime now) {
    std::lock_guard const lock{mutex_};
    if (sources_.size() >= kSourcesMax && !sources_.contains(source)) make_room();
    auto& one = sources_[source];
    ++one.failures;
    one.last = now;
    if (one.failures < kFree) return;
    auto const doublings = std::min(one.failures - kFree, 20);
    one.until = now + std::min(kFirst * (1 << doublings), kMost);
}

void LoginGuard::succeeded(std::string const& source) {
    std::lock_guard const lock{mutex_};
    sources_.erase(source);
}

void LoginGuard::make_room() {
    auto const oldest = std::ranges::min_element(
        sources_, {}, [](auto const& entry) { return entry.second.last; });
    if (oldest != sources_.end()) sources_.erase(oldest);
}

}  // namespace coordinator::http
