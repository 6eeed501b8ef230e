#include "agent/adapters/systemd_probe.hpp"

#include <systemd/sd-bus.h>

#include <cstring>

#include "common/adapters/log.hpp"

namespace agent {

namespace {

constexpr std::uint64_t kTimeoutMicroseconds = 5'000'000;

struct BusDeleter {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
struct MessageDeleter {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageDeleter>;

// Starting and reloading are on the way to health: they are not called ill.
bool is_healthy(std::string_view state) {
    return state == "active" || state == "reloading" || state == "activating" ||
           state == "refreshing";
}

}  // namespace

struct SystemdProbe::State {
    SystemdProbeSettings settings;
    std::unique_ptr<sd_bus, BusDeleter> bus;
    bool waiting = false;
    bool complained = false;
    std::vector<Event> answers;

    explicit State(SystemdProbeSettings given) : settings(std::move(given)) {
        for (auto& unit : settings.units)
            if (unit.find('.') == std::string::npos) unit += ".service";
    }
    int open();
    int request();
    void away(int error);
    int answered(sd_bus_message* reply);
};

int SystemdProbe::State::open() {
    if (bus) return 0;
    sd_bus* raw = nullptr;
    int rc = 0;
    if (settings.bus_path.empty()) {
        rc = sd_bus_open_system(&raw);
    } else {
        rc = sd_bus_new(&raw);
        auto address = "unix:path=" + settings.bus_path;
        if (rc >= 0) rc = sd_bus_set_address(raw, address.c_str());
        if (rc >= 0) rc = sd_bus_set_bus_client(raw, 1);
        if (rc >= 0) rc = sd_bus_start(raw);
    }
    bus.reset(raw);
    if (rc < 0) bus.reset();
    return rc;
}

// One question for all units; ListUnitsByNames also answers for units that are not loaded.
int SystemdProbe::State::request() {
    sd_bus_message* raw = nullptr;
    int rc = sd_bus_message_new_method_call(bus.get(), &raw, "org.freedesktop.systemd1",
                                            "/org/freedesktop/systemd1",
                                            "org.freedesktop.systemd1.Manager", "ListUnitsByNames");
    if (rc < 0) return rc;
    Message call(raw);
    rc = sd_bus_message_open_container(raw, 'a', "s");
    for (auto const& unit : settings.units)
        if (rc >= 0) rc = sd_bus_message_append(raw, "s", unit.c_str());
    if (rc >= 0) rc = sd_bus_message_close_container(raw);
    if (rc < 0) return rc;
    rc = sd_bus_call_async(
        bus.get(), nullptr, raw,
        [](sd_bus_message* reply, void* self, sd_bus_error*) {
            return static_cast<State*>(self)->answered(reply);
        },
        this, kTimeoutMicroseconds);
    waiting = rc >= 0;
    return rc;
}

void SystemdProbe::State::away(int error) {
    bus.reset();
    waiting = false;
    if (!complained)
        adapters::log(adapters::LogLevel::warning, "probe.systemd_away",
                      {{"reason", std::strerror(error < 0 ? -error : error)}});
    complained = true;
}

int SystemdProbe::State::answered(sd_bus_message* reply) {
    waiting = false;
    if (sd_bus_message_is_method_error(reply, nullptr) != 0) {
        away(sd_bus_message_get_errno(reply));
        return 0;
    }
    complained = false;
    int rc = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
    char const* name = nullptr;
    char const* active = nullptr;
    char const* sub = nullptr;
    while (rc >= 0 && (rc = sd_bus_message_read(reply, "(ssssssouso)", &name, nullptr, nullptr,
                                                &active, &sub, nullptr, nullptr, nullptr, nullptr,
                                                nullptr)) > 0) {
        bool healthy = is_healthy(active);
        answers.push_back(
            ProbeAnswered{{settings.host, domain::SubjectKind::service, name},
                          "ServiceDown",
                          healthy,
                          healthy ? std::string{} : std::string(active) + " (" + sub + ")"});
    }
    return 0;
}

SystemdProbe::SystemdProbe(SystemdProbeSettings settings)
    : state_(std::make_unique<State>(std::move(settings))) {}
SystemdProbe::~SystemdProbe() = default;

void SystemdProbe::ask(base::BootTime now) {
    auto& state = *state_;
    if (state.settings.units.empty()) return;
    if (state.waiting) service(now);  // a call that is never answered times out here
    if (state.waiting) return;
    if (int rc = state.open(); rc < 0) return state.away(rc);
    if (int rc = state.request(); rc < 0) return state.away(rc);
    service(now);
}

int SystemdProbe::fd() const { return state_->bus ? sd_bus_get_fd(state_->bus.get()) : -1; }

void SystemdProbe::service(base::BootTime) {
    auto& state = *state_;
    int rc = 1;
    // `answered` may drop the bus when the manager refuses.
    while (state.bus && rc > 0) {
        std::unique_ptr<sd_bus, BusDeleter> held(sd_bus_ref(state.bus.get()));
        rc = sd_bus_process(held.get(), nullptr);
        static_cast<void>(sd_bus_unref(held.release()));
    }
    if (rc < 0) state.away(rc);
    auto answers = std::exchange(state.answers, {});
    for (auto& answer : answers)
        if (deliver) deliver(std::move(answer));
}

}  // namespace agent
