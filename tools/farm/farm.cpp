#include "tools/farm/farm.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace farm {
namespace {

std::string const kHost = "nexus";

void must(bool good, std::string const& what) {
    if (!good) throw std::runtime_error(what);
}

}  // namespace

Farm::Farm(FarmSettings settings)
    : settings_(std::move(settings)), broker_port_(free_port()), http_port_(free_port()),
      invite_port_(free_port()) {
    char name[] = "/tmp/tomte-farm-XXXXXX";
    must(::mkdtemp(name) != nullptr, "no temporary folder");
    folder_ = name;
    std::vector<std::string> init = {settings_.bin + "/tomte",
                                     "init",
                                     "--dir",
                                     folder_ + "/fleet",
                                     "--host",
                                     kHost,
                                     "--alias",
                                     kHost + "=nexus.example",
                                     "--broker-port",
                                     std::to_string(broker_port_),
                                     "--invite-port",
                                     std::to_string(invite_port_),
                                     "--http",
                                     "127.0.0.1:" + std::to_string(http_port_)};
    for (auto const& host : settings_.more_hosts) {
        init.push_back("--host");
        init.push_back(host);
    }
    auto const made = run(init);
    must(made.exit_code == 0, "tomte init: " + made.output);
    std::filesystem::create_directories(patient_folder());
    auto const argv = [&](std::string const& action) {
        return action + " = [\"" + settings_.patient + "\", \"" + action + "\", \"" +
               patient_folder() + "\"]\n";
    };
    write_text(config("policy"),
               "mode = \"auto\"\nremedies = [\"*\"]\nremediable = [\"service/patient\"]\n"
               "managers = [\"script\"]\n[limits]\nfixes_per_hour = 1000\nfixes_per_day = 10000\n"
               "cooldown = \"0s\"\n[scripts.patient]\n" +
                   argv("start") + argv("stop") + argv("status"));
}

Farm::~Farm() {
    for (Process* process : {&agent, &hand_fix, &hand_read, &coordinator, &broker})
        if (process->running()) process->stop();
    run({settings_.patient, "stop", patient_folder()});
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string Farm::config(std::string const& program) const {
    std::string const folder = program == "coordinator" ? "/coordinator/" : "/hosts/" + kHost + "/";
    return folder_ + "/fleet" + folder + program + ".toml";
}

void Farm::append(std::string const& program, std::string const& toml) {
    write_text(config(program), toml, true);
}

void Farm::replace(std::string const& program, std::string const& from, std::string const& to) {
    auto text = read_text(config(program));
    auto const at = text.find(from);
    must(at != std::string::npos, "no '" + from + "' in " + config(program));
    text.replace(at, from.size(), to);
    write_text(config(program), text);
}

void Farm::start() {
    start_broker();
    start_coordinator();
    start_host();
    must(eventually([this] {
             return get("/api/v1/hosts").body.find("\"online\":true") != std::string::npos;
         }, Milliseconds{30'000}),
         "the host did not come online\n" + logs());
}

void Farm::start_broker() {
    broker = Process({"mosquitto", "-c", folder_ + "/fleet/broker/mosquitto.conf"},
                     folder_ + "/broker.log", {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}});
}

void Farm::start_coordinator() {
    coordinator = Process({settings_.bin + "/tomte-coordinator", "--config", config("coordinator")},
                          folder_ + "/coordinator.log");
    must(eventually([this] { return http("GET", url() + "/version", "").status == 200; },
                    Milliseconds{30'000}),
         "the coordinator does not answer\n" + logs());
}

void Farm::start_host() {
    hand_fix = Process({settings_.bin + "/tomte-hand", "--lane=fix", "--config", config("hand")},
                       folder_ + "/hand_fix.log");
    hand_read = Process({settings_.bin + "/tomte-hand", "--lane=read", "--config", config("hand")},
                        folder_ + "/hand_read.log");
    agent = Process({settings_.bin + "/tomte-agent", "--config", config("agent")},
                    folder_ + "/agent.log");
}

HttpAnswer Farm::get(std::string const& path) {
    return http("GET", url() + path, "Bearer " + secret("admin_token"));
}

HttpAnswer Farm::post(std::string const& path, std::string const& body) {
    return http("POST", url() + path, "Bearer " + secret("admin_token"), body);
}

HttpAnswer Farm::webhook(std::string const& body) {
    return http("POST", url() + "/webhook/alertmanager",
                "alertmanager:" + secret("alertmanager_password"), body);
}

std::string Farm::payload(std::vector<std::pair<std::string, std::string>> const& labels,
                          std::string const& status, std::string const& fingerprint) {
    base::json::Writer w;
    w.begin_object().member("version", "4").member("groupKey", "{}:{}").member("status", status);
    w.member("receiver", "tomte").member("truncatedAlerts", 0);
    w.key("groupLabels").begin_object().end_object();
    w.key("commonLabels").begin_object().end_object();
    w.key("commonAnnotations").begin_object().end_object();
    w.member("externalURL", "http://alertmanager:9093").key("alerts").begin_array().begin_object();
    w.member("status", status).key("labels").begin_object();
    for (auto const& [name, value] : labels) w.member(name, value);
    w.end_object().key("annotations").begin_object().member("summary", "It is down").end_object();
    w.member("startsAt", "2026-01-31T08:05:09.042Z");
    w.member("endsAt", status == "firing" ? "0001-01-01T00:00:00Z" : "2026-01-31T08:15:09.042Z");
    w.member("generatorURL", "http://prometheus:9090/graph");
    if (!fingerprint.empty()) w.member("fingerprint", fingerprint);
    w.end_object().end_array().end_object();
    return w.take();
}

Ran Farm::tomte(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), settings_.bin + "/tomte");
    return run(arguments, {{"TOMTE_URL", url()}, {"TOMTE_TOKEN", secret("admin_token")}});
}

std::vector<std::string> Farm::incident_ids() {
    std::vector<std::string> ids;
    auto const answer = get("/api/v1/incidents").body;
    auto const document = base::json::Document::parse(answer, {.bytes_max = 1 << 22});
    if (!document) return ids;
    for (auto const item : document->root()["items"].children())
        if (auto id = item["id"].string()) ids.emplace_back(*id);
    return ids;
}

std::string Farm::incident_state(std::string const& id) {
    auto const answer = get("/api/v1/incidents/" + id).body;
    auto const document =
        base::json::Document::parse(answer, {.bytes_max = 1 << 22, .depth_max = 16});
    if (!document) return {};
    auto const root = document->root();
    auto const incident = root["incident"].present() ? root["incident"] : root;
    return std::string(incident["state"].string().value_or(""));
}

bool Farm::incident_reaches(std::string const& id, std::string const& state, Milliseconds within) {
    return eventually([&] { return incident_state(id) == state; }, within);
}

bool Farm::patient_runs() {
    return run({settings_.patient, "status", patient_folder()})
               .exit_code == 0;
}

void Farm::start_patient() {
    run({settings_.patient, "start", patient_folder()});
    must(patient_runs(), "the patient does not start");
}

void Farm::break_patient() {
    auto const pid = std::atoi(read_text(patient_folder() + "/pid").c_str());
    must(pid > 1 && ::kill(pid, SIGKILL) == 0, "no patient to break");
    must(eventually([this] { return !patient_runs(); }), "the patient does not die");
}

int Farm::effects(std::string const& what) {
    auto const text = read_text(patient_folder() + "/effects");
    int count = 0;
    for (std::size_t at = 0; (at = text.find(what + " ", at)) != std::string::npos; ++at) ++count;
    return count;
}

std::string Farm::secret(std::string const& name) {
    auto const text = read_text(folder_ + "/fleet/coordinator/secrets.toml");
    auto const at = text.find(name);
    if (at == std::string::npos) return {};
    auto const from = text.find('"', at) + 1;
    return text.substr(from, text.find('"', from) - from);
}

std::string Farm::logs() {
    std::string text;
    for (char const* name : {"broker", "coordinator", "agent", "hand_fix", "hand_read"})
        text += std::string("--- ") + name + "\n" + read_text(folder_ + "/" + name + ".log");
    return text;
}

}  // namespace farm
