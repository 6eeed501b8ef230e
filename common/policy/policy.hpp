// What a host allows. The file /etc/tomte/policy.toml belongs to the host's owner (root); the hand
// obeys it, the coordinator only guesses it to warn early. docs/formats/policy.md.
#pragma once

#include <array>
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

// Who asks for a change. All but the lease speak through the coordinator's key, which says who it
// was; an approver's signature is a thing of its own.
enum class Source { coordinator, claude, home_assistant, person, lease };
inline constexpr std::size_t kSources = 5;
std::string_view to_string(Source source);  // coordinator, claude, home_assistant, operator, lease
// Of a command's actor: the word before the first ':'. An unknown one counts as the coordinator.
Source source_of(std::string_view actor);

// Whose second signature a risky change needs: an approver's key (`approver`), also one that lives
// in a browser (`web`), or nobody's (`coordinator`), which gives the second lock away.
enum class ApprovalRule { approver, web, coordinator };
std::string_view to_string(ApprovalRule rule);

// The worst class each source may have run here at all, approved or not.
struct Classes {
    std::array<domain::Risk, kSources> worst{domain::Risk::risky, domain::Risk::risky,
                                             domain::Risk::reversible, domain::Risk::risky,
                                             domain::Risk::reversible};
    domain::Risk of(Source source) const { return worst[static_cast<std::size_t>(source)]; }
    bool operator==(Classes const&) const = default;
};

// Minutes of the host's own day, from first to last (not included); over midnight if last < first.
struct QuietHours {
    int from = 0;
    int until = 0;
    bool holds(int minute) const;
    bool operator==(QuietHours const&) const = default;
};

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
    ApprovalRule approval = ApprovalRule::approver;
    Classes classes;
    std::vector<QuietHours> quiet_hours;  // in them nothing changes that no person asked for
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
