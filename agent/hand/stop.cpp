#include "agent/hand/stop.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "common/base/check.hpp"

namespace hand {

Stop::Stop() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { CHECK(fd_ >= 0); }

Stop::~Stop() { ::close(fd_); }

void Stop::ask(Why why) {
    why_.store(why);
    // A freeze lets the running step end, so only a cancel wakes who waits for a program.
    if (why != Why::cancelled) return;
    std::uint64_t const one = 1;
    CHECK(::write(fd_, &one, sizeof one) == sizeof one);
}

void Stop::reset() {
    why_.store(Why::none);
    std::uint64_t count = 0;
    // Empty is the usual case and an error only by name.
    [[maybe_unused]] auto const got = ::read(fd_, &count, sizeof count);
}

bool Stop::wait(base::Duration at_most) const {
    pollfd waiting{fd_, POLLIN, 0};
    auto const ms = std::clamp<base::Duration::rep>(at_most.count(), 0, 60'000);
    ::poll(&waiting, 1, static_cast<int>(ms));
    return why() != Why::none;
}

}  // namespace hand
