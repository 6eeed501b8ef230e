#include "tests/system/hand/real_hand.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>

#include "common/adapters/system_clock.hpp"
#include "common/base/ids.hpp"
#include "common/remedy/catalog.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace hand_test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

domain::HostId host() { return *domain::HostId::parse("nexus"); }

}  // namespace

std::string ulid() {
    auto const now = adapters::system_now().wall;
    static base::IdSource ids{static_cast<std::uint64_t>(base::unix_ms(now))};
    return ids.next(now);
}

std::string must_run(std::vector<std::string> const& argv,
                     std::map<std::string, std::string> const& env, farm::Milliseconds within) {
    auto const ran = farm::run(argv, env, within);
    std::string words;
    for (auto const& word : argv) words += word + " ";
    if (ran.exit_code != 0)
        throw std::runtime_error(words + "ended with " + std::to_string(ran.exit_code) + ":\n" +
                                 ran.output);
    return ran.output;
}

std::string root_archive() {
    auto const path = std::string{TOMTE_TEST_CACHE} + "/debian-systemd.tar";
    must_run({std::string{TOMTE_SOURCE_DIR} + "/tests/system/hand/make-root", path}, {}, 600s);
    return path;
}

Folder::Folder() {
    path_ = (fs::temp_directory_path() / ("hand-" + trust::random_token().substr(0, 12))).string();
    fs::create_directory(path_);
    fs::permissions(path_, fs::perms{0755});
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

Client::Client(std::string const& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.copy(address.sun_path, sizeof address.sun_path - 1);
    fd_ = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    bool const connected = farm::eventually([&] {
        return ::connect(fd_, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    });
    if (!connected) throw std::runtime_error("nobody listens at " + socket);
}

Client::~Client() { ::close(fd_); }

void Client::send(wire::HandRequest const& request) { send_raw(wire::encode_hand(request)); }

void Client::send_raw(std::string const& packet) {
    if (::send(fd_, packet.data(), packet.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(packet.size()))
        throw std::runtime_error("the hand does not take packets");
}

std::optional<wire::HandReply> Client::next(farm::Milliseconds within) {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(within.count())) <= 0) return std::nullopt;
    std::string packet(wire::kHandPacketMax, '\0');
    auto const got = ::recv(fd_, packet.data(), packet.size(), 0);
    if (got <= 0) return std::nullopt;
    packet.resize(static_cast<std::size_t>(got));
    auto reply = wire::decode_hand_reply(packet);
    if (!reply) throw std::runtime_error(reply.error().message);
    return *std::move(reply);
}

RealHand::RealHand(std::string const& policy, std::string const& agent_user)
    : session(trust::random_token()) {
    farm::write_text(folder / "policy.toml", policy);
    farm::write_text(folder / "coordinator.pub", coordinator.public_key().to_pem());
    farm::write_text(folder / "hand.toml",
                     "host = \"nexus\"\npolicy = \"policy.toml\"\nstate = \"state\"\n"
                     "freeze_file = \"freeze\"\nagent_user = \"" + agent_user + "\"\n"
                     "[trust]\ncoordinator_key = \"coordinator.pub\"\n"
                     "[socket]\nread = \"read.sock\"\nfix = \"fix.sock\"\n");
    launcher = [](std::string const& lane, std::string const& config, std::string const& log) {
        return farm::Process{{std::string{TOMTE_BIN_DIR} + "/tomte-hand", "--lane=" + lane,
                              "--config", config}, log};
    };
    auto catalog = remedy::Catalog::load(std::string{TOMTE_SOURCE_DIR} +
                                         "/coordinator/catalog/remedies");
    if (!catalog) throw std::runtime_error(catalog.error().message);
    remedies_ = catalog->all();
}

void RealHand::start(std::string const& lane) {
    lane_ = lane;
    process = launcher(lane, folder / "hand.toml", folder / "log");
}

void RealHand::kill() {
    client.reset();
    process.kill(SIGKILL);
}

int RealHand::stop() {
    client.reset();
    return process.stop();
}

void RealHand::connect() {
    client.emplace(socket(lane_));
    wire::Welcome const welcome{host(), session, adapters::system_now().wall, 1, 1, 1, ""};
    client->send(wire::HandWelcome{
        trust::sign(trust::Purpose::welcome, coordinator, wire::encode(welcome)),
        adapters::system_now().boot});
    wire::RemediesDocument const document{1, remedies_};
    client->send(wire::HandDocument{
        "remedies", trust::sign(trust::Purpose::document, coordinator, wire::encode(document))});
    for (int i = 0; i < 2; ++i) {
        auto const reply = client->next();
        auto const* taken = reply ? std::get_if<wire::HandTaken>(&*reply) : nullptr;
        if (taken == nullptr || !taken->applied)
            throw std::runtime_error("not taken: " + (taken != nullptr ? taken->reason : log()));
    }
}

domain::Command RealHand::order(std::string const& remedy, domain::Params params) {
    std::string hash;
    base::Duration timeout = 60s;
    for (auto const& one : remedies_)
        if (one.name == remedy) {
            hash = one.hash;
            timeout = one.timeout;
        }
    auto const now = adapters::system_now().wall;
    return {.id = ulid(),
            .host = host(),
            .incarnation = 1,
            .epoch = 1,
            .session = session,
            .counter = ++counter,
            .issued_at = now,
            .expires_at = now + 60s,
            .incident = "",
            .attempt = 0,
            .actor = "test",
            .reason = "",
            .order = domain::RemedyOrder{remedy, hash, std::move(params)},
            .limits = {timeout, 16 * 1024}};
}

domain::Command RealHand::line(std::string const& text) {
    auto command = order("restart_service", {});
    command.order = domain::LineOrder{text};
    return command;
}

void RealHand::send(domain::Command const& command) {
    client->send(wire::HandOrder{
        trust::sign(trust::Purpose::command, coordinator, wire::encode(command))});
}

domain::CommandResult RealHand::result_of(std::string const& id) {
    while (auto const reply = client->next(farm::Milliseconds{120'000})) {
        auto const* report = std::get_if<wire::HandReport>(&*reply);
        if (report != nullptr && report->result.id == id && domain::is_final(report->result.state))
            return report->result;
    }
    throw std::runtime_error("no result of " + id + "\n" + log());
}

domain::CommandResult RealHand::run(std::string const& remedy, domain::Params params) {
    auto const command = order(remedy, std::move(params));
    send(command);
    return result_of(command.id);
}

std::string RealHand::log() const { return farm::read_text(folder / "log"); }

}  // namespace hand_test
