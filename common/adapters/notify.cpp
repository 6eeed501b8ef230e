#include "common/adapters/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>

namespace adapters {

void notify_service_manager(std::string_view state) {
    char const* const path = std::getenv("NOTIFY_SOCKET");
    if (path == nullptr) return;
    std::string_view const name(path);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.empty() || name.size() >= sizeof address.sun_path) return;
    name.copy(address.sun_path, name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';  // the abstract namespace
    int const fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    static_cast<void>(::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                               reinterpret_cast<sockaddr const*>(&address), size));
    ::close(fd);
}

std::optional<base::Duration> watchdog_interval() {
    char const* const text = std::getenv("WATCHDOG_USEC");
    if (text == nullptr) return std::nullopt;
    std::string_view const number(text);
    std::int64_t microseconds = 0;
    auto const [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), microseconds);
    if (error != std::errc{} || end != number.data() + number.size() || microseconds < 2'000)
        return std::nullopt;
    return base::Duration{microseconds / 2'000};
}

}  // namespace adapters
