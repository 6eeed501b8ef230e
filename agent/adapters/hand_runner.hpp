// The Runner port over two SOCK_SEQPACKET sockets. `deliver` is called from inside service() only,
// so that a step never runs inside another one's effects.
#pragma once

#include <array>
#include <deque>
#include <string>

#include "agent/ports/runner.hpp"

namespace agent {

struct HandRunnerSettings {
    std::string read_socket;
    std::string fix_socket;
};

class HandRunner final : public Runner {
  public:
    explicit HandRunner(HandRunnerSettings settings);
    ~HandRunner() override;
    HandRunner(HandRunner const&) = delete;
    HandRunner& operator=(HandRunner const&) = delete;

    // Queues at most 64 packets for a lane that does not read; above it the lane is let go.
    void send(Lane lane, wire::HandRequest const& request) override;
    // Sockets of connected lanes and, while an answer of our own waits to be delivered, an eventfd.
    std::vector<int> fds() const override;
    void service() override;

  private:
    struct Wire {
        std::string path;
        int fd = -1;
        std::deque<std::string> waiting;
    };
    Wire& wire_of(Lane lane) { return lanes_[lane == Lane::fix ? 1 : 0]; }
    bool open(Lane lane);
    bool flush(Lane lane);
    void receive(Lane lane);
    void let_go(Lane lane, std::string reason);

    std::array<Wire, 2> lanes_;
    std::deque<HandGone> gone_;  // to be delivered by the next service()
    int wake_ = -1;              // readable while gone_ is not empty
};

}  // namespace agent
