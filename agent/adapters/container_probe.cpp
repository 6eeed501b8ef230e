#include "agent/adapters/container_probe.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/adapters/log.hpp"
#include "common/base/json.hpp"

namespace agent {

namespace {

constexpr std::size_t kAnswerMax = 4 * 1024 * 1024;
// HTTP/1.0: the engine answers in one piece and closes, so the end needs no parsing.
constexpr std::string_view kRequest =
    "GET /containers/json?all=true HTTP/1.0\r\nHost: localhost\r\n\r\n";

std::string illness(base::json::Value container) {
    auto state = container["State"].string().value_or("");
    auto status = container["Status"].string().value_or("");
    if (state != "running") return "is " + std::string(state.empty() ? "in no state" : state);
    // "Up 2 hours (unhealthy)": the engine puts its health check's answer there.
    if (status.find("(unhealthy)") != std::string_view::npos) return "its health check fails";
    return {};
}

}  // namespace

base::Result<std::map<std::string, std::string>> read_containers(std::string_view http_answer) {
    using base::Code;
    auto line = http_answer.substr(0, http_answer.find("\r\n"));
    if (!line.starts_with("HTTP/1.0 200") && !line.starts_with("HTTP/1.1 200"))
        return base::fail(Code::unavailable, "answered: " + std::string(line.substr(0, 80)));
    auto body = http_answer.find("\r\n\r\n");
    if (body == std::string_view::npos) return base::fail(Code::unavailable, "answer was cut off");
    auto document = base::json::Document::parse(http_answer.substr(body + 4), {kAnswerMax, 16});
    if (!document) return tl::make_unexpected(document.error());
    if (!document->root().is_array()) return base::fail(Code::invalid, "answer is not a list");
    std::map<std::string, std::string> found;
    for (auto container : document->root().children())
        for (auto name : container["Names"].children())
            if (auto text = name.string(); text && !text->empty())
                found.emplace(text->starts_with('/') ? text->substr(1) : *text, illness(container));
    return found;
}

ContainerProbe::ContainerProbe(ContainerProbeSettings settings) : settings_(std::move(settings)) {}

ContainerProbe::~ContainerProbe() {
    if (fd_ >= 0) ::close(fd_);
}

void ContainerProbe::give_up(std::string_view reason) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    answer_ = {};
    if (!complained_)
        adapters::log(adapters::LogLevel::warning, "probe.engine_away",
                      {{"socket", settings_.socket}, {"reason", reason}});
    complained_ = true;
}

void ContainerProbe::ask(base::BootTime now) {
    if (settings_.containers.empty()) return;
    if (fd_ >= 0) {
        if (now - asked_ < settings_.timeout) return;
        give_up("no answer in time");
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (settings_.socket.size() >= sizeof address.sun_path) return give_up("path too long");
    settings_.socket.copy(address.sun_path, settings_.socket.size());
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0 ||
        ::connect(fd_, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0)
        return give_up(std::strerror(errno));
    asked_ = now;
    // A fresh socket takes these few bytes at once.
    auto sent = ::send(fd_, kRequest.data(), kRequest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != static_cast<ssize_t>(kRequest.size())) give_up("does not take the request");
}

void ContainerProbe::service(base::BootTime) {
    char part[16 * 1024];
    while (fd_ >= 0) {
        auto got = ::recv(fd_, part, sizeof part, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (got < 0) return give_up(std::strerror(errno));
        if (got == 0) return finish();
        if (answer_.size() + static_cast<std::size_t>(got) > kAnswerMax)
            return give_up("answer too large");
        answer_.append(part, static_cast<std::size_t>(got));
    }
}

void ContainerProbe::finish() {
    auto found = read_containers(answer_);
    if (!found) return give_up(found.error().message);
    ::close(fd_);
    fd_ = -1;
    answer_ = {};
    complained_ = false;
    for (auto const& name : settings_.containers) {
        auto at = found->find(name);
        auto why = at == found->end() ? std::string("does not exist") : at->second;
        if (deliver)
            deliver(ProbeAnswered{{settings_.host, domain::SubjectKind::container, name},
                                  "ContainerDown",
                                  why.empty(),
                                  why});
    }
}

}  // namespace agent
