// The agent's link, driven as the agent's loop drives it, with everything it delivered.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <vector>

#include "agent/adapters/mosquitto_link.hpp"
#include "common/adapters/system_clock.hpp"
#include "tests/fakes/real_broker.hpp"

namespace contract {

inline domain::HostId host(std::string const& name) { return *domain::HostId::parse(name); }

inline agent::MosquittoLinkSettings link_settings(fakes::RealBroker const& broker,
                                                  std::string const& name) {
    agent::MosquittoLinkSettings settings{.host = host(name),
                                          .broker_host = "127.0.0.1",
                                          .broker_port = broker.port(),
                                          .ca_file = broker.ca_file(),
                                          .cert_file = broker.host_file(name, "host.crt"),
                                          .key_file = broker.host_file(name, "host.key"),
                                          .host_key = broker.host_key(name),
                                          .coordinator_key = broker.command_key().public_key(),
                                          .session = "00112233445566778899aabbccddeeff"};
    settings.will_delay_s = 0;
    settings.reconnect_min = base::Duration{20};
    settings.reconnect_max = base::Duration{200};
    return settings;
}

// Takes TCP connections at a port and never says a word.
class Mute {
  public:
    explicit Mute(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        int on = 1;
        ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(fd_, 8) != 0)
            throw std::runtime_error("cannot listen at the broker's port");
    }
    ~Mute() { ::close(fd_); }
    bool was_called() const {
        pollfd one{fd_, POLLIN, 0};
        return ::poll(&one, 1, 0) > 0;
    }

  private:
    int fd_;
};

class LinkPeer {
  public:
    explicit LinkPeer(agent::MosquittoLinkSettings settings) : link(std::move(settings)) {
        link.deliver = [this](agent::Event event) { events.push_back(std::move(event)); };
    }

    void turn() {
        int const asked = link.wants_write() ? POLLIN | POLLOUT : POLLIN;
        pollfd one{link.fd(), static_cast<short>(asked), 0};
        auto wait = std::min<std::int64_t>(link.wait().count(), 20);
        ::poll(&one, one.fd >= 0 ? 1 : 0, static_cast<int>(std::max<std::int64_t>(wait, 0)));
        link.service(adapters::system_now().boot);
    }
    bool until(std::function<bool()> const& done,
               farm::Milliseconds within = farm::Milliseconds{20'000}) {
        return farm::eventually([&] {
            turn();
            return done();
        }, within);
    }
    template <class Kind>
    Kind const* last() const {
        for (auto at = events.rbegin(); at != events.rend(); ++at)
            if (auto const* one = std::get_if<Kind>(&*at)) return one;
        return nullptr;
    }
    template <class Kind>
    auto count() const {
        return std::count_if(events.begin(), events.end(), [](agent::Event const& event) {
            return std::holds_alternative<Kind>(event);
        });
    }
    template <class Kind>
    bool until_one() {
        return until([this] { return last<Kind>() != nullptr; });
    }

    agent::MosquittoLink link;
    std::vector<agent::Event> events;
};

inline domain::Command sample_command(std::string const& name) {
    auto now = adapters::system_now().wall;
    return {.id = "01HZY3V7Q4J5K6M7N8P9QRSTVW",
            .host = host(name),
            .epoch = 3,
            .session = "00112233445566778899aabbccddeeff",
            .counter = 1,
            .issued_at = now,
            .expires_at = now + base::Duration{60'000},
            .incident = "",
            .actor = "operator:api",
            .reason = "test",
            .order = domain::LineOrder{"true"},
            .limits = {}};
}

inline domain::CommandResult sample_result(std::string const& id, domain::CommandState state) {
    domain::CommandResult result;
    result.id = id;
    result.state = state;
    return result;
}

template <class Body>
wire::JournalRecord sample_record(std::int64_t seq, Body body) {
    wire::JournalRecord record;
    record.seq = seq;
    record.body = std::move(body);
    return record;
}

}  // namespace contract
