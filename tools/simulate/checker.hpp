// The promises, held against what really happened. It looks at stores and ledgers only, never at
// what a core believes.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tools/simulate/centre.hpp"
#include "tools/simulate/patient.hpp"

namespace simulate {

class Checker {
  public:
    Checker(Story& story, Store const& store, Ledger const& ledger)
        : story_(story), store_(store), ledger_(ledger) {}

    // 2xx was said to this signal.
    void taken(domain::Signal const& signal);
    // A host wrote this record, and forgot all up to here.
    void promised(domain::HostId const& host, std::int64_t seq);
    void forgotten(domain::HostId const& host, std::int64_t through);
    void told(coordinator::Tell const& tell);

    void after_quiet(std::map<std::string, Services*> const& hosts);
    void at_end();

  private:
    void violated(std::string what);
    void no_effect_twice();
    void no_effect_after_expiry();

    Story& story_;
    Store const& store_;
    Ledger const& ledger_;
    std::map<std::string, int> escalations_;  // by incident
};

}  // namespace simulate
