#include "coordinator/adapters/prometheus_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <deque>
#include <map>
#include <set>
#include <utility>

namespace coordinator {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using Buckets = Histogram::BucketBoundaries;

// A label whose values come from outside (alert and remedy names) could grow without end and take
// the scraper down with us: only so many different ones are shown, the rest is "other".
class Bounded {
  public:
    explicit Bounded(std::size_t most) : most_(most) {}

    std::string const& admit(std::string const& name) {
        static std::string const kOther = "other";
        if (auto const known = names_.find(name); known != names_.end()) return *known;
        if (names_.size() >= most_ || name.empty() || name.size() > 200) return kOther;
        return *names_.insert(name).first;
    }

  private:
    std::size_t const most_;
    std::set<std::string> names_;
};

std::string severity_label(std::string const& severity) {
    for (auto const* known : {"critical", "warning", "info"})
        if (severity == known) return severity;
    return "other";
}

constexpr std::size_t kEndedKept = 2000;

constexpr std::array kEventNames = {
    "started",          "signals_arrived",  "journal_arrived",      "host_born",
    "host_availability", "host_beat",       "command_acknowledged", "document_reported",
    "command_ordered",  "metrics_answered", "advisor_answered",     "advisor_failed",
    "timer_fired",      "freeze_ordered",   "lease_ordered",        "host_enrolled",
    "host_revoked",     "host_head",            "approval_arrived",
};
static_assert(kEventNames.size() == std::variant_size_v<Event>);

char const* answer_label(MetricsAnswer answer) {
    switch (answer) {
        case MetricsAnswer::firing: return "firing";
        case MetricsAnswer::clear: return "clear";
        case MetricsAnswer::unknown: return "unknown";
        case MetricsAnswer::away: return "away";
    }
    return "unknown";
}

double seconds(base::Duration duration) { return static_cast<double>(duration.count()) / 1000; }
double number(bool truth) { return truth ? 1 : 0; }

}  // namespace

struct PrometheusMetrics::Families {
    explicit Families(std::string const& version) {
        prometheus::BuildGauge()
            .Name("tomte_build_info")
            .Help("Always 1; the version is the label.")
            .Register(registry)
            .Add({{"version", version}})
            .Set(1);
        // A series that appears only with its first failure cannot be alerted on.
        commit_failures.Add({});
        for (auto const* state : {"healthy", "degraded", "unhealthy"})
            health.Add({{"state", state}});
    }

    Family<Counter>& counter(char const* name, char const* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }
    Family<Gauge>& gauge(char const* name, char const* help) {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    }
    Family<Histogram>& histogram(char const* name, char const* help) {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    }
    void set(Family<Gauge>& family, double value) { family.Add({}).Set(value); }

    void count(Event const& event);
    void count(Accepted const& accepted);
    void count(domain::Incident const& incident);
    void count(domain::Attempt const& attempt);
    void count(domain::CommandResult const& result, Effects const& effects);
    void set_gauges(StatusReport const& status);
    void remember_ended(std::string const& incident);

    prometheus::Registry registry;

    Family<Counter>& events =
        counter("tomte_events_total", "Events the coordinator's core has taken, by type.");
    Family<Counter>& alerts =
        counter("tomte_alerts_received_total", "Signals received, by name and severity.");
    Family<Counter>& results =
        counter("tomte_alert_results_total", "What became of received alerts, by result.");
    Family<Counter>& incidents =
        counter("tomte_incident_states_total", "Incidents that came into a state.");
    Family<Counter>& attempts =
        counter("tomte_attempts_total", "Finished attempts, by remedy and outcome.");
    Family<Gauge>& attempts_active = gauge("tomte_attempts_active", "Attempts that run now.");
    Family<Histogram>& attempt_took =
        histogram("tomte_attempt_duration_seconds", "From an attempt's start to its outcome.");
    Family<Counter>& commands =
        counter("tomte_commands_total", "Finished commands, by host, final state and code.");
    Family<Histogram>& command_took = histogram(
        "tomte_command_duration_seconds", "How long commands ran on their host, by host.");
    Family<Counter>& sends =
        counter("tomte_command_sends_total", "Commands given to the broker, resends included.");
    Family<Counter>& confirmations = counter(
        "tomte_metrics_answers_total", "Answers of the metrics source about an alert, by answer.");
    Family<Counter>& told = counter("tomte_notifications_total", "Notifications, by kind.");
    Family<Gauge>& host_online = gauge("tomte_host_online", "1 while the host's agent is online.");
    Family<Histogram>& commit_took =
        histogram("tomte_journal_commit_seconds", "How long a commit to the store took.");
    Family<Counter>& commit_steps =
        counter("tomte_journal_steps_total", "Steps committed to the store.");
    Family<Counter>& commit_failures =
        counter("tomte_journal_commit_failures_total", "Commits that failed.");

    Family<Gauge>& health =
        gauge("tomte_health", "1 for the coordinator's present state, 0 for the others.");
    Family<Gauge>& database = gauge("tomte_database_connected", "1 while the store answers.");
    Family<Gauge>& broker = gauge("tomte_broker_connected", "1 while the broker answers.");
    Family<Gauge>& maintenance = gauge("tomte_maintenance_mode", "1 during maintenance.");
    Family<Gauge>& queue_depth = gauge("tomte_queue_depth", "Events that wait for the core.");
    Family<Gauge>& queue_limit = gauge("tomte_queue_limit", "How many events may wait.");
    Family<Gauge>& hosts_known = gauge("tomte_hosts_known", "Hosts in the registry.");
    Family<Gauge>& hosts_online = gauge("tomte_hosts_online", "Hosts whose agent is online.");
    Family<Gauge>& incidents_open = gauge("tomte_incidents_open", "Incidents not yet closed.");
    Family<Gauge>& journal_seq = gauge("tomte_journal_seq", "The last committed journal row.");
    Family<Gauge>& epoch = gauge("tomte_epoch", "The coordinator's fencing number.");
    Family<Gauge>& started_at =
        gauge("tomte_start_time_seconds", "When the coordinator started, seconds since 1970.");

    // Loop thread only.
    Bounded alert_names{200};
    Bounded remedy_names{100};
    Bounded host_names{1000};
    std::map<std::string, domain::IncidentState> incident_states;
    std::deque<std::string> ended;  // of those, in the order they ended
    std::set<std::pair<std::string, int>> running_attempts;
};

void PrometheusMetrics::Families::count(Event const& event) {
    events.Add({{"type", kEventNames[event.index()]}}).Increment();
    if (auto const* answered = std::get_if<MetricsAnswered>(&event))
        confirmations.Add({{"answer", answer_label(answered->answer)}}).Increment();
    auto const received = [this](domain::Signal const& signal) {
        alerts.Add({{"alert", alert_names.admit(signal.name)},
                    {"severity", severity_label(signal.severity)},
                    {"source", std::string{domain::to_string(signal.source)}}})
            .Increment();
    };
    if (auto const* arrived = std::get_if<SignalsArrived>(&event))
        for (auto const& signal : arrived->signals) received(signal);
    if (auto const* journal = std::get_if<JournalArrived>(&event))
        for (auto const& record : journal->records)
            if (auto const* signal = std::get_if<domain::Signal>(&record.body)) received(*signal);
}

void PrometheusMetrics::Families::count(Accepted const& accepted) {
    for (auto const& one : accepted.alerts) results.Add({{"result", one.status}}).Increment();
}

void PrometheusMetrics::Families::count(domain::Incident const& incident) {
    auto const known = incident_states.find(incident.id);
    if (known != incident_states.end() && known->second == incident.state) return;
    incidents.Add({{"state", std::string{domain::to_string(incident.state)}}}).Increment();
    incident_states[incident.id] = incident.state;
    if (domain::is_final(incident.state)) remember_ended(incident.id);
}

// An ended incident is still saved now and then (a late resolve), so it is remembered for a while,
// but not for ever. Open ones are bounded by what the core itself keeps.
void PrometheusMetrics::Families::remember_ended(std::string const& incident) {
    ended.push_back(incident);
    if (ended.size() <= kEndedKept) return;
    incident_states.erase(ended.front());
    ended.pop_front();
}

void PrometheusMetrics::Families::count(domain::Attempt const& attempt) {
    auto const key = std::pair{attempt.incident, attempt.number};
    if (!attempt.outcome) {
        running_attempts.insert(key);
    } else {
        running_attempts.erase(key);
        auto const& remedy = remedy_names.admit(attempt.plan.remedy.remedy);
        attempts
            .Add({{"remedy", remedy},
                  {"outcome", std::string{domain::to_string(*attempt.outcome)}}})
            .Increment();
        if (attempt.ended_at)
            attempt_took.Add({{"remedy", remedy}}, Buckets{1, 5, 10, 30, 60, 120, 300, 600})
                .Observe(seconds(*attempt.ended_at - attempt.started_at));
    }
    set(attempts_active, static_cast<double>(running_attempts.size()));
}

void PrometheusMetrics::Families::count(domain::CommandResult const& result,
                                        Effects const& effects) {
    std::string host = "unknown";
    for (auto const& effect : effects.list)
        if (auto const* saved = std::get_if<SaveCommand>(&effect))
            if (saved->row.command.id == result.id)
                host = host_names.admit(saved->row.command.host.text());
    commands
        .Add({{"host", host},
              {"state", std::string{domain::to_string(result.state)}},
              {"code", std::string{domain::to_string(result.code)}}})
        .Increment();
    if (result.started_at && result.finished_at)
        command_took.Add({{"host", host}}, Buckets{0.1, 0.5, 1, 2, 5, 10, 30, 60, 300})
            .Observe(seconds(*result.finished_at - *result.started_at));
}

void PrometheusMetrics::Families::set_gauges(StatusReport const& status) {
    for (auto const* state : {"healthy", "degraded", "unhealthy"})
        health.Add({{"state", state}}).Set(number(status.state == state));
    set(database, number(status.database_connected));
    set(broker, number(status.broker_connected));
    set(maintenance, number(status.maintenance_mode));
    set(queue_depth, static_cast<double>(status.queue_depth));
    set(queue_limit, static_cast<double>(status.queue_limit));
    set(hosts_known, static_cast<double>(status.hosts_known));
    set(hosts_online, static_cast<double>(status.hosts_online));
    set(incidents_open, static_cast<double>(status.incidents_open));
    set(journal_seq, static_cast<double>(status.journal_seq));
    set(epoch, static_cast<double>(status.epoch));
    set(started_at, static_cast<double>(base::unix_ms(status.started_at)) / 1000);
}

PrometheusMetrics::PrometheusMetrics(std::string const& version)
    : families_(std::make_unique<Families>(version)) {}

PrometheusMetrics::~PrometheusMetrics() = default;

void PrometheusMetrics::committed(Event const& event, Effects const& effects) {
    auto& f = *families_;
    f.count(event);
    for (auto const& effect : effects.list) {
        if (auto const* accepted = std::get_if<Accepted>(&effect)) {
            f.count(*accepted);
        } else if (auto const* incident = std::get_if<SaveIncident>(&effect)) {
            f.count(incident->row);
        } else if (auto const* attempt = std::get_if<SaveAttempt>(&effect)) {
            f.count(attempt->row);
        } else if (auto const* finished = std::get_if<Finished>(&effect)) {
            f.count(finished->result, effects);
        } else if (std::holds_alternative<SendCommand>(effect)) {
            f.sends.Add({}).Increment();
        } else if (auto const* tell = std::get_if<Tell>(&effect)) {
            f.told.Add({{"kind", tell->kind}}).Increment();
        } else if (auto const* host = std::get_if<SaveHost>(&effect)) {
            f.host_online.Add({{"host", f.host_names.admit(host->row.host.text())}})
                .Set(number(host->row.online));
        }
    }
}

void PrometheusMetrics::commit_took(std::chrono::microseconds took, int steps) {
    families_->commit_took.Add({}, Buckets{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1})
        .Observe(std::chrono::duration<double>{took}.count());
    families_->commit_steps.Add({}).Increment(steps);
}

void PrometheusMetrics::commit_failed() { families_->commit_failures.Add({}).Increment(); }

std::string PrometheusMetrics::text(StatusReport const& status) {
    families_->set_gauges(status);
    return prometheus::TextSerializer{}.Serialize(families_->registry.Collect());
}

}  // namespace coordinator
