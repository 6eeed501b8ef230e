// A whole farm of real processes in one folder: Mosquitto with TLS, the coordinator, and one host
// with agent, both lanes of the hand and the patient. Made with `tomte init`, as a user would; for
// system tests and benches. Throws std::runtime_error with everybody's logs when something that
// must work does not: there is nothing a caller could do about it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/json.hpp"
#include "tools/farm/http.hpp"
#include "tools/farm/process.hpp"

namespace farm {

struct FarmSettings {
    std::string bin;      // folder of the programs
    std::string patient;  // tools/demo/patient
    std::vector<std::string> more_hosts;  // enrolled, but nothing is started for them
};

class Farm {
  public:
    explicit Farm(FarmSettings settings);
    ~Farm();

    // Appends to / replaces in settings before start; `program` is coordinator, agent, hand,
    // policy.
    void append(std::string const& program, std::string const& toml);
    void replace(std::string const& program, std::string const& from, std::string const& to);

    void start();  // everything, and waits until the host is online
    void start_broker();
    void start_coordinator();
    void start_host();

    HttpAnswer get(std::string const& path);
    HttpAnswer post(std::string const& path, std::string const& body);
    HttpAnswer webhook(std::string const& body);
    // Alertmanager's version 4 payload with one alert of these labels.
    static std::string payload(std::vector<std::pair<std::string, std::string>> const& labels,
                               std::string const& status = "firing",
                               std::string const& fingerprint = "");
    // The tomte command line against this farm.
    Ran tomte(std::vector<std::string> arguments);

    std::vector<std::string> incident_ids();
    std::string incident_state(std::string const& id);
    bool incident_reaches(std::string const& id, std::string const& state,
                          Milliseconds within = Milliseconds{30'000});

    bool patient_runs();
    void start_patient();
    void break_patient();          // kill -9
    int effects(std::string const& what);  // how often the patient was really started, stopped

    std::string const& folder() const { return folder_; }
    std::string patient_folder() const { return folder_ + "/patient"; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(http_port_); }
    int broker_port() const { return broker_port_; }
    int http_port() const { return http_port_; }
    std::string secret(std::string const& name);  // of coordinator/secrets.toml
    std::string logs();                            // of every program, for messages

    Process broker, coordinator, agent, hand_fix, hand_read;

    // Path of a program's settings file.
    std::string config(std::string const& program) const;

  private:
    FarmSettings settings_;
    std::string folder_;
    int broker_port_;
    int http_port_;
    int invite_port_;
};

}  // namespace farm
