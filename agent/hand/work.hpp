// One thing to do: admitted by the loop, done by the worker.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "common/command/classify.hpp"
#include "common/domain/remedy.hpp"

namespace hand {

struct RemedyWork {
    domain::Remedy remedy;
    domain::Params params;
    bool operator==(RemedyWork const&) const = default;
};
struct LineWork {
    std::vector<command::Pipeline> pipelines;
    // Steps that would change what the line changes: its existence is asked for before.
    std::vector<domain::Step> changed;
    bool operator==(LineWork const&) const = default;
};

struct Work {
    std::string id;
    std::string hash;          // of the command's body
    base::WallTime expires{};  // of the command; the epoch for a press
    // What it changes ("service/nginx.service"); empty and !changes: it only looks.
    std::vector<std::string> subjects;
    bool changes = false;
    // Nobody else says that its subject is ill: the check is asked first, and what is well is left
    // alone.
    bool must_be_ill = false;
    domain::Limits limits;
    // The time people are told: wall at the moment of admission, and the powered-on time then.
    base::WallTime wall{};
    base::BootTime boot{};
    std::variant<RemedyWork, LineWork> what;
    bool operator==(Work const&) const = default;
};

// "service/nginx.service" for every changing step, its placeholders filled; "host/" for one that
// changes the host as a whole. Errors: invalid when a placeholder has no value.
base::Result<std::vector<std::string>> subjects_of(domain::Remedy const& remedy,
                                                   domain::Params const& params);
// The same for a line, and the steps that ask the manager whether its subjects exist.
void take_line(command::Classified line, Work& work);
// Does any step change something?
bool changes_anything(domain::Remedy const& remedy);

}  // namespace hand
