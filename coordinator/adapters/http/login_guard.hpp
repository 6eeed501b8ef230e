// Slows down whoever guesses: after ten wrong credentials from one address each further one must
// wait, twice as long each time. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "common/base/time.hpp"

namespace coordinator::http {

class LoginGuard {
  public:
    static constexpr int kFree = 10;                            // failures without any delay
    static constexpr base::Duration kFirst{1'000};
    static constexpr base::Duration kMost{15 * 60'000};
    static constexpr base::Duration kForgetAfter{3'600'000};    // of quiet
    static constexpr std::size_t kSourcesMax = 10'000;  // above: the longest quiet one is forgotten

    // How long this address must still wait before its next try is looked at; nothing: not at all.
    std::optional<base::Duration> must_wait(std::string const& source, base::BootTime now);
    void failed(std::string const& source, base::BootTime now);
    void succeeded(std::string const& source);

  private:
    struct Source {
        int failures = 0;
        base::BootTime last{};
        base::BootTime until{};
    };

    void make_room();

    std::mutex mutex_;
    std::map<std::string, Source> sources_;  // guarded by mutex_
};

}  // namespace coordinator::http
