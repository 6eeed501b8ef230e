#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>

#include "agent/adapters/hand_runner.hpp"

namespace {

namespace fs = std::filesystem;
using agent::Lane;

// The other end of one lane: takes a caller, reads and writes packets.
class Hand {
  public:
    explicit Hand(std::string const& path) {
        listener_ = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, path.size());
        ::unlink(path.c_str());
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_, 4) != 0)
            throw std::runtime_error("cannot listen at " + path);
    }
    ~Hand() {
        hang_up();
        ::close(listener_);
    }
    std::string read() {
        if (caller_ < 0) caller_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        std::string packet(wire::kHandPacketMax, '\0');
        auto got = ::recv(caller_, packet.data(), packet.size(), 0);
        packet.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        return packet;
    }
    void say(std::string const& packet) {
        ::send(caller_, packet.data(), packet.size(), MSG_NOSIGNAL);
    }
    void hang_up() {
        if (caller_ >= 0) ::close(caller_);
        caller_ = -1;
    }

  private:
    int listener_ = -1;
    int caller_ = -1;
};

class HandRunner : public testing::Test {
  protected:
    HandRunner() {
        auto pattern = (fs::temp_directory_path() / "tomte-hand-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        read_path = folder + "/read";
        fix_path = folder + "/fix";
        runner.emplace(agent::HandRunnerSettings{read_path, fix_path});
        runner->deliver = [this](agent::Event event) { events.push_back(std::move(event)); };
    }
    ~HandRunner() override { fs::remove_all(folder); }

    // As the agent's loop does: service() only if a descriptor says so.
    void turn() {
        std::vector<pollfd> all;
        for (int fd : runner->fds()) all.push_back({fd, POLLIN, 0});
        if (::poll(all.data(), all.size(), 1'000) > 0) runner->service();
    }
    agent::HandGone gone() {
        turn();
        auto const* one = events.empty() ? nullptr : std::get_if<agent::HandGone>(&events.back());
        return one != nullptr ? *one : agent::HandGone{Lane::read, "nothing was told"};
    }

    std::string folder, read_path, fix_path;
    std::optional<agent::HandRunner> runner;
    std::vector<agent::Event> events;
};

TEST_F(HandRunner, Connects_on_first_use_and_carries_both_ways) {
    Hand fix(fix_path);
    EXPECT_TRUE(runner->fds().empty());
    runner->send(Lane::fix, wire::HandOrder{"a.b.c"});
    auto request = wire::decode_hand_request(fix.read());
    ASSERT_TRUE(request);
    EXPECT_EQ(*request, (wire::HandRequest{wire::HandOrder{"a.b.c"}}));

    wire::HandReply reply = wire::HandUnknown{"01J9ZQ5Y3V8WXKJ4M6T7R8P9QA"};
    fix.say(wire::encode_hand(reply));
    fix.say(wire::encode_hand(reply));
    turn();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0], (agent::Event{agent::HandReplied{Lane::fix, reply}}));
}

TEST_F(HandRunner, Keeps_the_lanes_apart) {
    Hand fix(fix_path);
    Hand read(read_path);
    runner->send(Lane::read, wire::HandQuery{"01J9ZQ5Y3V8WXKJ4M6T7R8P9QA"});
    runner->send(Lane::fix, wire::HandAsk{});
    EXPECT_EQ(wire::decode_hand_request(read.read())->index(),
              wire::HandRequest{wire::HandQuery{}}.index());
    EXPECT_EQ(wire::decode_hand_request(fix.read())->index(),
              wire::HandRequest{wire::HandAsk{}}.index());
    EXPECT_EQ(runner->fds().size(), 2U);
}

TEST_F(HandRunner, Tells_that_nobody_is_there_but_not_from_inside_send) {
    runner->send(Lane::fix, wire::HandAsk{});
    EXPECT_TRUE(events.empty());
    auto told = gone();
    EXPECT_EQ(told.lane, Lane::fix);
    EXPECT_NE(told.reason.find(fix_path), std::string::npos) << told.reason;
    EXPECT_TRUE(runner->fds().empty());
}

TEST_F(HandRunner, Tells_that_the_hand_hung_up_and_calls_again) {
    Hand fix(fix_path);
    runner->send(Lane::fix, wire::HandAsk{});
    fix.read();
    fix.hang_up();
    EXPECT_EQ(gone().reason, "closed the connection");
    runner->send(Lane::fix, wire::HandOrder{"again"});
    EXPECT_EQ(*wire::decode_hand_request(fix.read()),
              (wire::HandRequest{wire::HandOrder{"again"}}));
}

TEST_F(HandRunner, Lets_a_hand_go_that_it_does_not_understand) {
    Hand fix(fix_path);
    runner->send(Lane::fix, wire::HandAsk{});
    fix.read();
    fix.say("\xff{not json");
    EXPECT_NE(gone().reason.find("not understood"), std::string::npos);
    EXPECT_TRUE(runner->fds().empty());
}

TEST_F(HandRunner, Lets_a_hand_go_that_does_not_read) {
    Hand fix(fix_path);
    std::string large(100'000, 'x');
    int sent = 0;
    for (; sent < 100; ++sent) {
        runner->send(Lane::fix, wire::HandOrder{large});
        if (runner->fds().size() > 1) break;  // its own wake-up: something to tell
    }
    EXPECT_GT(sent, 60);
    EXPECT_LT(sent, 100);
    EXPECT_EQ(gone().reason, "does not read");
}

TEST_F(HandRunner, Sends_what_waited_once_the_hand_reads_and_answers) {
    Hand fix(fix_path);
    std::string large(100'000, 'x');
    for (int i = 0; i < 10; ++i) runner->send(Lane::fix, wire::HandOrder{large});
    int read = 0;
    wire::HandReply reply = wire::HandUnknown{"01J9ZQ5Y3V8WXKJ4M6T7R8P9QA"};
    while (read < 10) {
        fix.read();
        ++read;
        fix.say(wire::encode_hand(reply));
        turn();
    }
    EXPECT_EQ(events.size(), 10U);
}

TEST_F(HandRunner, Refuses_a_socket_path_that_cannot_be) {
    agent::HandRunner other({std::string(200, 'x'), fix_path});
    std::string reason;
    other.deliver = [&](agent::Event event) { reason = std::get<agent::HandGone>(event).reason; };
    other.send(Lane::read, wire::HandAsk{});
    other.service();
    EXPECT_EQ(reason, "the socket's path is too long");
}

}  // namespace
