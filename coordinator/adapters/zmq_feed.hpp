// The Feed port as a ZeroMQ PUB socket (docs/formats/feed.md). A message has two frames: the stage,
// which a subscriber filters by, and one JSON object.
#pragma once

#include <memory>
#include <string>

#include "common/base/result.hpp"
#include "coordinator/ports/feed.hpp"

namespace coordinator {

struct ZmqFeedSettings {
    std::string listen;    // "ipc:///run/tomte/feed", "tcp://10.0.0.2:8401"
    std::string curve_key;  // path of a file with the server's secret key, Z85; tcp needs one
    int queue_max = 10'000;  // facts kept for one slow subscriber; later ones are lost to it
};

class ZmqFeed final : public Feed {
  public:
    // Error invalid: an endpoint that is neither, tcp without a key, a key that is none.
    // Error unavailable: the endpoint is taken or cannot be made.
    static base::Result<std::unique_ptr<ZmqFeed>> open(ZmqFeedSettings const& settings);
    ~ZmqFeed() override;

    void publish(base::WallTime at, Record const& fact) override;
    // As bound: a port that was asked for as '*' is the real one here.
    std::string endpoint() const;

  private:
    struct State;
    explicit ZmqFeed(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace coordinator
