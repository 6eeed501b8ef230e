// ULIDs (github.com/ulid/spec): 48 bit time, 80 bit chance, 26 characters of Crockford's base 32,
// sortable by time. The chance comes from a seeded generator, so a core makes the same ids again.
#pragma once

#include <string>
#include <string_view>

#include "common/base/random.hpp"
#include "common/base/time.hpp"

namespace base {

class IdSource {
  public:
    explicit IdSource(std::uint64_t seed) : random_(seed) {}

    std::string next(WallTime now);

  private:
    Random random_;
};

// 26 characters of the upper-case alphabet, the first at most '7' (the spec's overflow rule).
bool is_ulid(std::string_view text);

}  // namespace base
