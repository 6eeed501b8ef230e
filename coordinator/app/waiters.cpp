#include "coordinator/app/waiters.hpp"

#include <utility>

namespace coordinator {

void Waiters::run(Calls const& calls) {
    for (auto const& call : calls) call();
}

Ticket Waiters::add(SignalsAnswer answer) {
    std::lock_guard const guard{mutex_};
    signals_.emplace(++last_ticket_, std::move(answer));
    return last_ticket_;
}

Ticket Waiters::add(OrderAnswer answer) {
    std::lock_guard const guard{mutex_};
    orders_.emplace(++last_ticket_, std::move(answer));
    return last_ticket_;
}

void Waiters::refuse(Ticket ticket, base::Error const& error) {
    Calls calls;
    {
        std::lock_guard const guard{mutex_};
        if (auto node = signals_.extract(ticket))
            calls.push_back([answer = std::move(node.mapped()), error] {
                answer(tl::make_unexpected(error));
            });
        if (auto node = orders_.extract(ticket))
            calls.push_back([answer = std::move(node.mapped()), error] {
                answer(tl::make_unexpected(error));
            });
    }
    run(calls);
}

void Waiters::refuse_all(base::Error const& error) {
    std::vector<Ticket> tickets;
    {
        std::lock_guard const guard{mutex_};
        for (auto const& [ticket, answer] : signals_) tickets.push_back(ticket);
        for (auto const& [ticket, answer] : orders_) tickets.push_back(ticket);
    }
    for (auto const ticket : tickets) refuse(ticket, error);
}

void Waiters::answer(Accepted const& accepted) {
    SignalsAnswer answer;
    {
        std::lock_guard const guard{mutex_};
        if (auto node = signals_.extract(accepted.ticket)) answer = std::move(node.mapped());
    }
    if (answer) answer(accepted);
}

void Waiters::answer(Ordered const& ordered) {
    OrderAnswer answer;
    {
        std::lock_guard const guard{mutex_};
        if (!ordered.refused) live_.insert(ordered.id);
        if (auto node = orders_.extract(ordered.ticket)) answer = std::move(node.mapped());
    }
    if (!answer) return;
    if (ordered.refused)
        answer(tl::make_unexpected(*ordered.refused));
    else
        answer(ordered.id);
}

void Waiters::remember(domain::CommandResult const& result) {
    live_.erase(result.id);
    if (recent_.insert_or_assign(result.id, result).second) recent_order_.push_back(result.id);
    if (recent_order_.size() > kRecentMax) {
        recent_.erase(recent_order_.front());
        recent_order_.pop_front();
    }
}

void Waiters::finished(domain::CommandResult const& result) {
    {
        std::lock_guard const guard{mutex_};
        remember(result);
    }
    settle(result.id, result);
}

bool Waiters::wait(std::string const& id, base::BootTime until, ResultAnswer answer) {
    std::optional<base::Result<domain::CommandResult>> now;
    bool known = true;
    {
        std::lock_guard const guard{mutex_};
        if (closed_)
            now = tl::make_unexpected(*closed_);
        else if (auto const found = recent_.find(id); found != recent_.end())
            now = found->second;
        else if (waiting_.size() >= kWaitingMax)
            now = base::fail(base::Code::busy, "too many wait for commands already");
        else {
            waiting_.emplace(id, Waiting{until, std::move(answer)});
            known = live_.contains(id);
        }
    }
    if (now) answer(std::move(*now));
    return known;
}

void Waiters::settle(std::string const& id, base::Result<domain::CommandResult> const& result) {
    Calls calls;
    {
        std::lock_guard const guard{mutex_};
        auto const [first, last] = waiting_.equal_range(id);
        for (auto each = first; each != last; ++each)
            calls.push_back([answer = std::move(each->second.answer), result] { answer(result); });
        waiting_.erase(first, last);
    }
    run(calls);
}

void Waiters::expire(base::BootTime now) {
    Calls calls;
    {
        std::lock_guard const guard{mutex_};
        for (auto each = waiting_.begin(); each != waiting_.end();) {
            if (each->second.until > now) {
                ++each;
                continue;
            }
            calls.push_back([answer = std::move(each->second.answer)] {
                answer(base::fail(base::Code::timeout, "the command is not finished yet"));
            });
            each = waiting_.erase(each);
        }
    }
    run(calls);
}

void Waiters::close(base::Error const& error) {
    refuse_all(error);
    std::multimap<std::string, Waiting> waiting;
    {
        std::lock_guard const guard{mutex_};
        closed_ = error;
        waiting.swap(waiting_);
    }
    for (auto const& [id, each] : waiting) each.answer(tl::make_unexpected(error));
}

}  // namespace coordinator
