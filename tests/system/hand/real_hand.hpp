// A real tomte-hand process and its only customer: this test, with the coordinator's key.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/domain/remedy.hpp"
#include "common/trust/keys.hpp"
#include "common/wire/hand_protocol.hpp"
#include "tools/farm/process.hpp"

namespace hand_test {

// A folder of its own below the temporary folder, 0755 so that a container's processes may enter
// it; removed at the end.
class Folder {
  public:
    Folder();
    ~Folder();
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    std::string operator/(std::string const& name) const { return path_ + "/" + name; }
    std::string const& path() const { return path_; }

  private:
    std::string path_;
};

// One end of a lane's socket.
class Client {
  public:
    // Waits until the hand listens. Throws when it does not.
    explicit Client(std::string const& socket);
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    void send(wire::HandRequest const& request);
    void send_raw(std::string const& packet);
    // The next reply; nothing if the hand closed the connection or says nothing for `within`.
    std::optional<wire::HandReply> next(farm::Milliseconds within = farm::Milliseconds{30'000});

  private:
    int fd_ = -1;
};

// How to start a tomte-hand: here, or inside a container.
using Launcher = std::function<farm::Process(std::string const& lane, std::string const& config,
                                             std::string const& log)>;

class RealHand {
  public:
    // Writes settings and policy into a new folder. `policy` is TOML.
    explicit RealHand(std::string const& policy, std::string const& agent_user = "0");

    void start(std::string const& lane = "fix");
    void kill();                  // -9
    int stop();                   // TERM
    void connect();               // and welcome, and give it the shipped remedies
    domain::Command order(std::string const& remedy, domain::Params params);
    domain::Command line(std::string const& text);
    void send(domain::Command const& command);
    // The final result of this id, from the replies that come.
    domain::CommandResult result_of(std::string const& id);
    domain::CommandResult run(std::string const& remedy, domain::Params params);
    std::string log() const;
    std::string socket(std::string const& lane = "fix") const { return folder / (lane + ".sock"); }

    Folder folder;
    Launcher launcher;
    trust::PrivateKey coordinator = trust::PrivateKey::generate();
    std::string session;
    std::int64_t counter = 0;
    std::optional<Client> client;
    farm::Process process;

  private:
    std::vector<domain::Remedy> remedies_;
    std::string lane_ = "fix";
};

std::string ulid();
// The archive of make-root, made if needed; fails the test with the reason if it cannot be made.
std::string root_archive();
// Runs and fails the test with the output unless it ends well.
std::string must_run(std::vector<std::string> const& argv,
                     std::map<std::string, std::string> const& env = {},
                     farm::Milliseconds within = farm::Milliseconds{120'000});

}  // namespace hand_test
