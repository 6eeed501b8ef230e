// Can this address be connected to? Asked without waiting.
//
// libmosquitto connects blocking when it is given MQTT 5 properties; a host that swallows SYNs would
// stop the whole agent for two minutes. So a connection of our own is tried first. Only the look-up
// of a name still waits for the resolver.
#pragma once

#include <cstddef>
#include <string>

namespace agent {

bool is_loopback(std::string const& host);

class Reachability {
  public:
    Reachability() = default;
    ~Reachability() { close(); }
    Reachability(Reachability const&) = delete;
    Reachability& operator=(Reachability const&) = delete;

    // False: failed at once, failure() says why. A name with several addresses is tried from the
    // next one each time: one that swallows everything (a broken IPv6) must not hide the others.
    bool begin(std::string const& host, int port);
    // 0: connected; EINPROGRESS: not yet; else the errno of why not.
    int state() const;
    void close();

    int fd() const { return fd_; }  // writable when there is news; -1: none
    std::string const& failure() const { return failure_; }

  private:
    int fd_ = -1;
    std::size_t turn_ = 0;
    std::string failure_;
};

}  // namespace agent
