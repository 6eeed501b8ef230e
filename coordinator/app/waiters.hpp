// Who waits for an answer of the loop: requests by their ticket, and for the end of a command by
// its id. Every callback is called exactly once, never under the lock. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "coordinator/core/effect.hpp"

namespace coordinator {

class Waiters {
  public:
    using SignalsAnswer = std::function<void(base::Result<Accepted>)>;
    using OrderAnswer = std::function<void(base::Result<std::string>)>;
    using ResultAnswer = std::function<void(base::Result<domain::CommandResult>)>;

    static constexpr std::size_t kWaitingMax = 1'000;  // for ends of commands
    static constexpr std::size_t kRecentMax = 1'000;   // ends that are still known

    Ticket add(SignalsAnswer answer);
    Ticket add(OrderAnswer answer);
    // The request was not posted after all: its callback gets the error.
    void refuse(Ticket ticket, base::Error const& error);
    // Every request that waits for a commit gets the error.
    void refuse_all(base::Error const& error);

    // The loop's answers.
    void answer(Accepted const& accepted);
    void answer(Ordered const& ordered);
    void finished(domain::CommandResult const& result);

    // True: the answer was given or will be. False: nothing is known of this command since the
    // start, the store must be asked; the waiter stays, for settle().
    bool wait(std::string const& id, base::BootTime until, ResultAnswer answer);
    // Answers all who wait for this id.
    void settle(std::string const& id, base::Result<domain::CommandResult> const& result);

    void expire(base::BootTime now);
    // Everybody gets the error; later ones at once.
    void close(base::Error const& error);

  private:
    struct Waiting {
        base::BootTime until;
        ResultAnswer answer;
    };
    using Calls = std::vector<std::function<void()>>;
    static void run(Calls const& calls);
    void remember(domain::CommandResult const& result);  // with mutex_ held

    std::mutex mutex_;  // guards all below
    Ticket last_ticket_ = 0;
    std::map<Ticket, SignalsAnswer> signals_;
    std::map<Ticket, OrderAnswer> orders_;
    std::multimap<std::string, Waiting> waiting_;
    std::set<std::string> live_;  // ordered through here and not finished
    std::map<std::string, domain::CommandResult> recent_;
    std::deque<std::string> recent_order_;
    std::optional<base::Error> closed_;
};

}  // namespace coordinator
