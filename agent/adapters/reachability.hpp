// Can this address be connected to? Asked without waiting, for the resolver neither.
//
// libmosquitto connects blocking when it is given MQTT 5 properties; a host that swallows SYNs or a
// name server that is away would stop the whole agent for minutes. So a look-up and a connection of
// our own are tried first.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace agent {

bool is_loopback(std::string const& host);

class Reachability {
  public:
    Reachability();
    ~Reachability();
    Reachability(Reachability const&) = delete;
    Reachability& operator=(Reachability const&) = delete;

    // Starts anew. A name with several addresses is tried from the next one each time: one that
    // swallows everything (a broken IPv6) must not hide the others.
    void begin(std::string const& host, int port);
    enum class State { waiting, reachable, failed };
    State look();  // failed: failure() says why
    void close();

    // Writable when there is news; -1: none, look again soon (the resolver tells nobody).
    int fd() const { return fd_; }
    std::string const& failure() const { return failure_; }

  private:
    struct LookUp;
    State connect();
    State fail(std::string reason);

    std::unique_ptr<LookUp> look_up_;  // running; null: none
    int fd_ = -1;
    std::size_t turn_ = 0;
    std::string failure_;
};

}  // namespace agent
