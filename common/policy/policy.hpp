// What a host allows. The file /etc/tomte/policy.toml belongs to the host's owner (root); the hand
// obeys it, the coordinator only guesses it to warn early. docs/formats/policy.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/remedy.hpp"
#include "common/domain/subject.hpp"

namespace policy {

// A ceiling: anything remote moves only at or below it.
enum class Mode { observe, ask, automatic };
std::string_view to_string(Mode mode);  // observe, ask, auto
std::optional<Mode> parse_mode(std::string_view text);

// A pattern of subjects: kind and a name that may end in '*' ("service/nginx.service",
// "container/*").
struct SubjectPattern {
    domain::SubjectKind kind;
    std::string name;
    bool matches(domain::SubjectKind kind, std::string_view name) const;
    bool operator==(SubjectPattern const&) const = default;
};

struct Job {
    std::vector<std::string> argv;  // absolute program
    std::string user;               // empty: root
    base::Duration timeout{600'000};
    bool operator==(Job const&) const = default;
};

// A service without a service manager: what starts, stops and asks it.
struct Script {
    std::vector<std::string> start, stop, status;
    bool operator==(Script const&) const = default;
};

struct Offer {
    std::string title;
    std::string remedy;
    std::map<std::string, std::vector<std::string>> params;  // enumerated values
    bool operator==(Offer const&) const = default;
};

struct Limits {
    int fixes_per_hour = 6;
    int fixes_per_day = 20;
    base::Duration cooldown{300'000};  // per subject
    int failures_block = 3;            // failed fixes in a row block the subject …
    base::Duration block{3'600'000};   // … this long
    bool operator==(Limits const&) const = default;
};

struct Policy {
    Mode mode = Mode::observe;
    std::vector<std::string> remedies;  // may run alone here; "*" is every shipped reversible one
    std::vector<SubjectPattern> remediable;
    std::vector<SubjectPattern> protected_subjects;  // in addition to the built-in ones
    std::map<std::string, Job, std::less<>> jobs;
    std::map<std::string, Script, std::less<>> scripts;
    std::map<std::string, Offer, std::less<>> offers;
    Limits limits;
    std::vector<std::string> managers;  // systemd, docker, podman, script; empty: whatever is there
    std::string docker_socket = "/var/run/docker.sock";
    std::string podman_socket = "/run/podman/podman.sock";
    std::string digest;  // SHA-256 of the file
    bool operator==(Policy const&) const = default;
};

// Errors name file, line and the nearest known key. Who asks must then use observe_only().
base::Result<Policy> parse(std::string_view text, std::string const& file);
Policy observe_only();

}  // namespace policy
