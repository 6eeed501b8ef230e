#include "tools/bench/crowd.hpp"

#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <fmt/format.h>
#include <functional>
#include <stdexcept>
#include <thread>

#include "agent/adapters/mosquitto_link.hpp"
#include "agent/app/loop.hpp"
#include "common/adapters/system_clock.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace bench {
namespace {

template <class T>
T must(base::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

class MemorySpool final : public agent::Spool {
  public:
    base::Result<agent::Started> load() override { return agent::Started{}; }

    base::Status commit(agent::Effects const& effects) override {
        for (auto const& effect : effects.list) {
            if (auto const* append = std::get_if<agent::Append>(&effect))
                records_[append->record.seq] = append->record;
            if (auto const* forget = std::get_if<agent::ForgetJournal>(&effect))
                records_.erase(records_.begin(), records_.upper_bound(forget->through_seq));
        }
        return {};
    }

    base::Result<std::vector<wire::JournalRecord>> read(std::int64_t first,
                                                        std::int64_t last) override {
        std::vector<wire::JournalRecord> found;
        for (auto at = records_.lower_bound(first); at != records_.end() && at->first <= last; ++at)
            found.push_back(at->second);
        return found;
    }

    base::Result<wire::JournalHead> head() override {
        return wire::JournalHead{0, std::string(64, '0')};
    }

  private:
    std::map<std::int64_t, wire::JournalRecord> records_;
};

class CountingHand final : public agent::Runner {
  public:
    CountingHand(trust::PublicKey coordinator, EffectLog& effects)
        : coordinator_(std::move(coordinator)), effects_(effects) {}

    void send(agent::Lane lane, wire::HandRequest const& request) override {
        if (auto const* ask = std::get_if<wire::HandAsk>(&request); ask != nullptr)
            return reply(lane, hello(lane));
        if (std::holds_alternative<wire::HandWelcome>(request))
            return reply(lane, wire::HandTaken{"welcome", true, 0, "", ""});
        if (auto const* document = std::get_if<wire::HandDocument>(&request))
            return take(lane, *document);
        if (auto const* order = std::get_if<wire::HandOrder>(&request)) return run(lane, *order);
        if (auto const* query = std::get_if<wire::HandQuery>(&request))
            return reply(lane, wire::HandUnknown{query->id});
    }
    std::vector<int> fds() const override { return {}; }
    void service() override {}

  private:
    void reply(agent::Lane lane, wire::HandReply reply) {
        deliver(agent::HandReplied{lane, std::move(reply)});
    }

    wire::HandHello hello(agent::Lane lane) const {
        wire::HandHello hello;
        hello.lane = lane == agent::Lane::fix ? "fix" : "read";
        hello.mode = "auto";
        hello.remedies_digest = digest_;
        hello.managers = {"script"};
        return hello;
    }

    void take(agent::Lane lane, wire::HandDocument const& document) {
        auto const payload =
            must(trust::verify(trust::Purpose::document, coordinator_, document.jws));
        auto const remedies = must(wire::decode<wire::RemediesDocument>(payload));
        digest_ = trust::sha256_hex(payload);
        reply(lane, wire::HandTaken{document.name, true, remedies.rev, digest_, ""});
    }

    void run(agent::Lane lane, wire::HandOrder const& order) {
        // The link has verified it; a second time belongs to another process on another machine.
        auto const from = order.jws.find('.') + 1;
        auto const payload = must(trust::from_base64url(
            std::string_view(order.jws).substr(from, order.jws.rfind('.') - from)));
        auto const command = must(wire::decode<domain::Command>(payload));
        effects_.ran(command.id);
        domain::CommandResult result;
        result.id = command.id;
        result.state = domain::CommandState::running;
        reply(lane, wire::HandReport{result});
        result.state = domain::CommandState::succeeded;
        result.detail = "counted";
        result.steps = {{"service.restart", 0, "", 0, {}}, {"service.state", 0, "active", 6, {}}};
        reply(lane, wire::HandReport{result});
    }

    trust::PublicKey coordinator_;
    EffectLog& effects_;
    std::string digest_;
};

class BlindMeter final : public agent::Meter {
  public:
    std::vector<domain::ReadingGroup> read(base::BootTime) override { return {}; }
};

std::string new_session() { return trust::random_token(); }

agent::AgentSettings core_settings(domain::HostId const& host) {
    agent::AgentSettings settings{.host = host,
                                  .version = "bench",
                                  .arch = "bench",
                                  .capabilities = {"script"},
                                  .watches = {},
                                  .metric_groups = {}};
    settings.interval = base::Duration{60'000};
    settings.probe_interval = base::Duration{3'600'000};
    return settings;
}

}  // namespace

void EffectLog::ran(std::string const& command_id) {
    std::lock_guard lock(guard_);
    ++runs_[command_id];
}

std::size_t EffectLog::commands() const {
    std::lock_guard lock(guard_);
    return runs_.size();
}

std::size_t EffectLog::twice() const {
    std::lock_guard lock(guard_);
    std::size_t count = 0;
    for (auto const& [id, runs] : runs_) count += runs > 1 ? 1 : 0;
    return count;
}

struct Crowd::Node {
    Node(farm::Farm const& place, domain::HostId host, EffectLog& effects)
        : Node(place.folder() + "/fleet/hosts/" + host.text() + "/", place.broker_port(), host,
               new_session(), effects) {}

    ~Node() {
        eventfd_write(stop, 1);
        thread.join();
        ::close(stop);
    }

    agent::Agent core;
    MemorySpool spool;
    agent::MosquittoLink link;
    CountingHand hand;
    BlindMeter meter;
    agent::Loop loop;
    int stop = ::eventfd(0, EFD_CLOEXEC);
    std::thread thread;

  private:
    Node(std::string const& folder, int port, domain::HostId const& host,
         std::string const& session, EffectLog& effects)
        : core(core_settings(host)),
          link(link_settings(folder, port, host, session)),
          hand(must(trust::PublicKey::load(folder + "coordinator.pub")), effects),
          loop({core, spool, link, hand, meter, {}, adapters::system_now, {}}) {
        if (auto status = link.start(); !status) throw std::runtime_error(status.error().message);
        agent::Started started;
        started.session = session;
        started.boot_id = "bench";
        thread =
            std::thread([this, started] { [[maybe_unused]] auto s = loop.run(started, stop); });
    }

    static agent::MosquittoLinkSettings link_settings(std::string const& folder, int port,
                                                      domain::HostId const& host,
                                                      std::string const& session) {
        return {.host = host,
                .broker_host = "127.0.0.1",
                .broker_port = port,
                .ca_file = folder + "ca.crt",
                .cert_file = folder + "host.crt",
                .key_file = folder + "host.key",
                .host_key = must(trust::PrivateKey::load(folder + "host.key")),
                .coordinator_key = must(trust::PublicKey::load(folder + "coordinator.pub")),
                .session = session};
    }
};

Crowd::Crowd(farm::Farm const& place, std::vector<std::string> const& hosts, EffectLog& effects) {
    for (auto const& host : hosts)
        nodes_.push_back(std::make_unique<Node>(place, *domain::HostId::parse(host), effects));
}

Crowd::~Crowd() = default;

}  // namespace bench
