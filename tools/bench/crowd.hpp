// Many hosts in one process: real agent cores and loops on the real broker, each with a spool in
// memory (a hundred hosts have a hundred disks) and a hand that only counts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tools/farm/farm.hpp"

namespace bench {

// What was really run, over all hosts. Thread-safe.
class EffectLog {
  public:
    void ran(std::string const& command_id);
    std::size_t commands() const;  // different ids
    std::size_t twice() const;     // ids that ran more than once

  private:
    mutable std::mutex guard_;
    std::map<std::string, int> runs_;
};

class Crowd {
  public:
    // `hosts` are enrolled in `place`, whose broker runs. Throws std::runtime_error.
    Crowd(farm::Farm const& place, std::vector<std::string> const& hosts, EffectLog& effects);
    ~Crowd();

  private:
    struct Node;
    std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace bench
