// A remedy: a typed, parametrised, content-hashed procedure, as data. Read from TOML and JSON,
// hashed and filled in by common/remedy; run by the hand.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/time.hpp"
#include "common/domain/command.hpp"
#include "common/domain/signal.hpp"

namespace domain {

// readonly < reversible < risky < forbidden; a list takes its worst member's.
enum class Risk { readonly, reversible, risky, forbidden };
std::string_view to_string(Risk risk);
std::optional<Risk> parse_risk(std::string_view text);

enum class ParamType { unit, container, mount, tunnel, job, host, word, number, duration, size };
std::string_view to_string(ParamType type);
std::optional<ParamType> parse_param_type(std::string_view text);

struct ParamSpec {
    std::string name;
    ParamType type = ParamType::word;
    std::vector<std::string> from;         // labels to take it from, the first present wins
    std::optional<std::string> otherwise;  // default; without one the parameter is required

    bool operator==(ParamSpec const&) const = default;
};

// One typed action or question: a verb of the hand's closed table ("service.restart") and its
// arguments, whose values may hold {placeholders} of the remedy's parameters.
struct Step {
    std::string verb;
    Params args;
    base::Duration timeout{60'000};

    bool operator==(Step const&) const = default;
};

// A question asked again every `every` until it says yes or `within` is over.
struct Check {
    Step step;
    base::Duration within{30'000};
    base::Duration every{1'000};

    bool operator==(Check const&) const = default;
};

// Which signals this remedy answers: the name, and labels that must be equal.
struct Answer {
    std::string signal;
    Labels labels;

    bool operator==(Answer const&) const = default;
};

struct Remedy {
    int v = 1;
    std::string name;
    std::string title;
    Risk risk = Risk::reversible;
    std::vector<Answer> answers;
    SubjectKind subject_kind = SubjectKind::host;  // what it heals …
    std::string subject_param;                     // … and the parameter that names it
    std::vector<ParamSpec> params;
    std::vector<Step> preconditions;
    std::vector<Step> steps;
    std::optional<Check> check;
    std::vector<Step> undo;
    base::Duration timeout{300'000};  // of the whole attempt
    std::string hash;                 // remedy::content_hash(); not part of itself

    bool operator==(Remedy const&) const = default;
};

}  // namespace domain
