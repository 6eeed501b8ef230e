// A broker at its worst: it loses, doubles, delays and reorders what it carries.
#pragma once

#include <functional>

#include "tools/simulate/options.hpp"
#include "tools/simulate/timeline.hpp"

namespace simulate {

// No message is on its way for longer; what is judged by time allows for it.
inline constexpr base::Duration kSlowest{5'000};

class Network {
  public:
    Network(Timeline& timeline, Story& story) : timeline_(timeline), story_(story) {}

    bool bad = true;  // false: it only takes its time

    void carry(std::function<void()> const& deliver);

  private:
    Timeline& timeline_;
    Story& story_;
};

}  // namespace simulate
