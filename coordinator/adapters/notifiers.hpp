// Telling people: by the log, by a webhook, or by several.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/time.hpp"
#include "coordinator/ports/notifier.hpp"

namespace coordinator {

class LogNotifier final : public Notifier {
  public:
    void tell(Tell const& notice) override;
};

struct WebhookSettings {
    std::string url;
    std::string bearer_token;  // empty: none
    std::size_t queue_max = 256;  // the newest is dropped above it, with a log line
    int attempts = 4;
    base::Duration first_pause{1'000};  // doubled after every failure
    base::Duration timeout{10'000};
};

// POSTs {"v":1,"kind","severity","incident","title","text"} from a thread of its own. 408, 429 and
// 5xx are tried again, other refusals are not.
class WebhookNotifier final : public Notifier {
  public:
    explicit WebhookNotifier(WebhookSettings settings);
    ~WebhookNotifier() override;  // what still waits is dropped

    void tell(Tell const& notice) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

class AllNotifiers final : public Notifier {
  public:
    explicit AllNotifiers(std::vector<std::unique_ptr<Notifier>> all) : all_(std::move(all)) {}
    void tell(Tell const& notice) override {
        for (auto const& one : all_) one->tell(notice);
    }

  private:
    std::vector<std::unique_ptr<Notifier>> all_;
};

}  // namespace coordinator
