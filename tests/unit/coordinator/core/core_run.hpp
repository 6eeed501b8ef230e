// A coordinator's core with a store in memory and a clock in the hand of the test. What a step asks
// to be saved is kept, so that restart() loads what a killed process would find.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coordinator/core/coordinator.hpp"

namespace coordinator {

class CoreRun {
  public:
    CoreRun();

    // The newest process; started by the constructor.
    Effects const& step(Event event);
    // Time passes; the timer fires where it was asked for.
    void pass(base::Duration span);
    // Kill and start again: rows as saved, the next epoch, boot time from zero if `reboot`.
    void restart(bool reboot = false);
    // Restarts with the settings as changed by the test.
    void configure();

    // Short forms.
    Accepted::One alert(std::string const& service, std::string const& name = "ServiceDown",
                        domain::Labels more = {});
    Accepted::One resolve(std::string const& service, std::string const& name = "ServiceDown");
    void born(std::string const& host = "nexus", std::string const& session = "s1");
    void offline(std::string const& host = "nexus");
    void acknowledge(std::string const& command,
                     domain::CommandState state = domain::CommandState::accepted,
                     domain::ResultCode code = domain::ResultCode::ok);
    void result(std::string const& command, domain::CommandState state,
                domain::ResultCode code = domain::ResultCode::ok);
    void journal(std::int64_t seq, HostRecord record, std::string const& host = "nexus");
    void metrics(MetricsAnswer answer);
    static domain::Signal signal(std::string const& service, std::string const& name,
                                 bool firing, domain::Labels more = {});

    // The service "caddy" of nexus as its own agent sees it.
    static HostRecord probe(bool firing);

    // What the store holds.
    domain::Incident const& incident(std::string const& id = "") const;  // empty: the newest
    domain::IncidentState state() const { return incident().state; }
    CommandRow const& command(std::string const& id = "") const;
    std::string newest_command() const { return command().command.id; }
    std::vector<domain::Attempt> attempts() const;

    template <class E>
    int count() const {  // of all effects since the start
        return static_cast<int>(std::ranges::count_if(
            all_, [](auto const& e) { return std::holds_alternative<E>(e); }));
    }
    template <class E>
    std::vector<E> all() const {
        std::vector<E> found;
        for (auto const& effect : all_)
            if (auto const* e = std::get_if<E>(&effect)) found.push_back(*e);
        return found;
    }
    int told(std::string const& kind) const;

    base::Time now{base::BootTime{base::Duration{1'000'000}},
                   base::WallTime{base::Duration{1'760'000'000'000}}, true};
    CoreSettings settings;
    Tables store;
    Effects last;
    remedy::Catalog catalog;
    remedy::Routing routing;

  private:
    void keep(Effects const& effects);

    std::unique_ptr<Coordinator> core_;
    std::vector<Effect> all_;
    std::optional<base::BootTime> wake_;
    std::int64_t seq_ = 0;
};

domain::HostId host_id(std::string const& text);

}  // namespace coordinator
