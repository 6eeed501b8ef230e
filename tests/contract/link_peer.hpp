// The agent's link, driven as the agent's loop drives it, with everything it delivered.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
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
