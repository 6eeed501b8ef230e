// The socket of one lane: SOCK_SEQPACKET, one JSON object per packet, spoken only with the agent's
// user (SO_PEERCRED). One thread; replies of the worker come in through post().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/wire/hand_protocol.hpp"

namespace hand {

// The listening socket: the one the service manager passed (LISTEN_FDS), else bound by us at
// `path`, mode 0660, group `gid`. A stale socket file is replaced, any other file is an error.
struct Listening {
    int fd = -1;
    bool inherited = false;
};
base::Result<Listening> listen_at(std::string const& path, std::uint32_t gid);

struct LaneServerSettings {
    std::uint32_t agent_uid = 0;
    base::Duration idle{0};  // end after this long without a packet and without work; 0: never
    std::function<void()> reload = {};  // on SIGHUP, on the thread of run()
};

class LaneServer {
  public:
    // Takes `listening_fd`. `handle` and `tick` are called on the thread of run().
    LaneServer(LaneServerSettings settings, int listening_fd,
               std::function<void(wire::HandRequest const&)> handle, std::function<void()> tick,
               std::function<bool()> busy);
    ~LaneServer();
    LaneServer(LaneServer const&) = delete;
    LaneServer& operator=(LaneServer const&) = delete;

    // To every agent that is connected. Any thread.
    void post(wire::HandReply const& reply);
    // Until SIGTERM or SIGINT (which, like SIGHUP, must be blocked in every thread), or idle.
    void run();

  private:
    static constexpr std::size_t kClientsMax = 8;

    bool told_to_end();
    void accept_one();
    void receive(std::size_t client);
    void send_posted();
    void drop(std::size_t client);

    LaneServerSettings settings_;
    int listening_;
    int signals_;
    int wake_;
    std::function<void(wire::HandRequest const&)> handle_;
    std::function<void()> tick_;
    std::function<bool()> busy_;
    std::vector<int> clients_;
    std::string packet_;

    std::mutex mutex_;
    std::vector<std::string> posted_;  // guarded by mutex_
};

}  // namespace hand
