#include "agent/core/refusals.hpp"

namespace agent {
namespace {

constexpr base::Duration kOncePer{60'000};
constexpr std::size_t kReasonMax = 200;

}  // namespace

void Refusals::add(Step& step, std::string_view channel, domain::ResultCode code,
                   std::string_view reason) {
    ++count_;
    last_ = std::string(channel) + ": " + std::string(domain::to_string(code)) + ": " +
            std::string(reason.substr(0, kReasonMax));
    if (!quiet_until_ || *quiet_until_ <= step.now.boot) note(step);
}

void Refusals::tick(Step& step) {
    if (count_ > 0 && quiet_until_ && *quiet_until_ <= step.now.boot) note(step);
}

std::optional<base::BootTime> Refusals::next_wake() const {
    return count_ > 0 ? quiet_until_ : std::nullopt;
}

void Refusals::note(Step& step) {
    auto text = last_;
    if (count_ > 1) text += " (the last of " + std::to_string(count_) + ")";
    outbox_.append(step, wire::NoteRecord{"refused_delivery", std::move(text)});
    count_ = 0;
    quiet_until_ = step.now.boot + kOncePer;
}

}  // namespace agent
