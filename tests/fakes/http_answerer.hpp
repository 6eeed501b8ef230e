// An HTTP server for tests of our own clients: answers each request with the next of the scripted
// answers (the last one for ever) and keeps what it was sent. One connection at a time.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fakes {

class HttpAnswerer {
  public:
    struct Answer {
        int status = 200;
        std::string body;
    };

    explicit HttpAnswerer(std::vector<Answer> script) : script_(std::move(script)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        ::bind(listener_, raw, size);
        ::listen(listener_, 16);
        ::getsockname(listener_, raw, &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
    }
    ~HttpAnswerer() {
        thread_.request_stop();
        thread_.join();
        ::close(listener_);
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::vector<std::string> requests() {
        std::lock_guard lock(mutex_);
        return requests_;
    }

  private:
    void run(std::stop_token const& stop) {
        while (!stop.stop_requested()) {
            pollfd one{listener_, POLLIN, 0};
            if (::poll(&one, 1, 20) <= 0) continue;
            int connection = ::accept(listener_, nullptr, nullptr);
            if (connection >= 0) serve(connection, stop);
            ::close(connection);
        }
    }
    void serve(int connection, std::stop_token const& stop) {
        std::string text;
        char part[4096];
        while (!is_whole(text) && !stop.stop_requested()) {
            pollfd one{connection, POLLIN, 0};
            if (::poll(&one, 1, 20) <= 0) continue;
            auto got = ::recv(connection, part, sizeof part, 0);
            if (got <= 0) return;
            text.append(part, static_cast<std::size_t>(got));
        }
        Answer answer;
        {
            std::lock_guard lock(mutex_);
            answer = script_[std::min(requests_.size(), script_.size() - 1)];
            requests_.push_back(text);
        }
        auto out = "HTTP/1.1 " + std::to_string(answer.status) +
                   " Told\r\nConnection: close\r\nContent-Length: " +
                   std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
        for (std::size_t sent = 0; sent < out.size();) {
            auto n = ::send(connection, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
            if (n <= 0) return;
            sent += static_cast<std::size_t>(n);
        }
    }
    static bool is_whole(std::string const& text) {
        auto head = text.find("\r\n\r\n");
        if (head == std::string::npos) return false;
        auto length = text.find("Content-Length: ");
        if (length == std::string::npos || length > head) return true;
        auto bytes = std::strtoul(text.c_str() + length + 16, nullptr, 10);
        return text.size() >= head + 4 + bytes;
    }

    std::vector<Answer> script_;
    int listener_ = -1;
    int port_ = 0;
    std::mutex mutex_;
    std::vector<std::string> requests_;  // guarded by mutex_
    std::jthread thread_;
};

}  // namespace fakes
