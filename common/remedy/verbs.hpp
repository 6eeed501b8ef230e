// The closed table of typed verbs a step may use, with their arguments and class. The catalogue is
// validated against it at start, the policy judges by it, and the hand implements exactly these.
// Without `is` a state verb says yes if the thing exists (a tunnel: if it is up).
//
//   verb               arguments            class       says / does
//   service.state      unit, [is]           readonly    active, failed, inactive
//   service.start      unit                 reversible
//   service.restart    unit                 reversible
//   service.stop       unit                 reversible
//   service.reset      unit                 reversible  clears the failed state
//   container.state    container, [is]      readonly    running, healthy, exited
//   container.start    container            reversible
//   container.restart  container            reversible
//   container.stop     container            reversible
//   engine.prune       keep (duration ≥ 1h) reversible  dangling images only, never volumes
//   journal.vacuum     keep (duration ≥ 2d) reversible
//   apt.clean          –                    reversible
//   tmp.clean          older (duration ≥ 1d) reversible files below /var/tmp, /var/cache/tomte
//   disk.free          mount, percent       readonly    at least that much is free
//   tunnel.state       tunnel, [is]         readonly    up (the default), down
//   certificate.valid  host, port, days     readonly    the served certificate lasts that long
//   endpoint.answers   host, port           readonly    a TCP connect works
//   time.synced        –                    readonly
//   memory.available   percent              readonly
//   load.below         per_core             readonly
//   job.run            job                  reversible  argv the policy registers by this name
//   job.fresh          job, within          readonly    its last run ended well, not longer ago
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/domain/remedy.hpp"

namespace remedy {

struct VerbArg {
    std::string_view name;
    domain::ParamType type;
    bool required = true;
};

struct Verb {
    std::string_view name;
    domain::Risk risk;
    std::vector<VerbArg> args;
    std::string_view subject_arg = {};  // the argument that names what is changed; empty: the host
    domain::SubjectKind subject_kind = domain::SubjectKind::host;
};

std::span<Verb const> verbs();
Verb const* find_verb(std::string_view name);

// Is the verb known, has the step every required argument and no unknown one? Errors name the
// nearest known word. The values may still hold placeholders.
base::Status check_verb_names(domain::Step const& step);
// Is this filled value of an argument well-formed, and above the verb's floor?
base::Status check_verb_arg(Verb const& verb, std::string_view name, std::string_view value);

}  // namespace remedy
