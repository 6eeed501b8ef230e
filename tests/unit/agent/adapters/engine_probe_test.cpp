// The probes that ask somebody: a container engine, systemd. Both are played here; the real ones
// are asked in tests/system.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "agent/adapters/container_probe.hpp"
#include "agent/adapters/systemd_probe.hpp"

namespace {

namespace fs = std::filesystem;

domain::HostId nexus() { return *domain::HostId::parse("nexus"); }

class Socket : public testing::Test {
  protected:
    Socket() {
        auto pattern = (fs::temp_directory_path() / "tomte-probe-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        path = folder + "/engine.sock";
    }
    ~Socket() override {
        if (listener >= 0) ::close(listener);
        fs::remove_all(folder);
    }
    void listen() {
        listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, path.size());
        ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        ASSERT_EQ(::listen(listener, 4), 0);
    }
    int accept() { return ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC); }

    std::string folder, path;
    int listener = -1;
};

std::string http(std::string const& body, std::string const& status = "200 OK") {
    return "HTTP/1.0 " + status + "\r\nContent-Type: application/json\r\n\r\n" + body;
}

constexpr auto kList = R"json([
  {"Id":"1","Names":["/caddy"],"State":"running","Status":"Up 2 hours (healthy)"},
  {"Id":"2","Names":["/db"],"State":"running","Status":"Up 2 hours (unhealthy)"},
  {"Id":"3","Names":["job"],"State":"exited","Status":"Exited (1) 3 minutes ago"}])json";

TEST(ReadContainers, Finds_what_ails_each) {
    auto found = agent::read_containers(http(kList));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, (std::map<std::string, std::string>{
                          {"caddy", ""}, {"db", "its health check fails"}, {"job", "is exited"}}));
}

TEST(ReadContainers, Refuses_anything_else) {
    for (auto const& answer : {std::string(), std::string("HTTP/1.0 200 OK\r\n"), http("{}"),
                               http("[", "200 OK"), http("[]", "500 Broken"),
                               std::string("SSH-2.0-OpenSSH"), std::string("HTTP/1.")})
        EXPECT_FALSE(agent::read_containers(answer)) << answer;
    EXPECT_TRUE(agent::read_containers(http("[]")));
    EXPECT_TRUE(agent::read_containers(http("[1,null,{\"Names\":3},{\"Names\":[4]}]")));
}

class ContainerProbe : public Socket {
  protected:
    agent::ContainerProbe& probe() {
        if (!made) {
            made.emplace(agent::ContainerProbeSettings{nexus(), path, {"caddy", "db", "gone"}});
            made->deliver = [this](agent::Event event) {
                auto const& one = std::get<agent::ProbeAnswered>(event);
                answers[domain::to_text(one.subject) + " " + one.probe] = one.detail;
            };
        }
        return *made;
    }
    std::optional<agent::ContainerProbe> made;
    std::map<std::string, std::string> answers;
};

TEST_F(ContainerProbe, Answers_for_every_container_it_was_given) {
    listen();
    probe().ask({});
    int engine = accept();
    char request[512];
    auto got = ::recv(engine, request, sizeof request, 0);
    EXPECT_TRUE(std::string_view(request, static_cast<std::size_t>(got))
                    .starts_with("GET /containers/json?all=true HTTP/1.0\r\n"));
    auto answer = http(kList);
    // In two pieces, with the probe looking between them: it never waits.
    ::send(engine, answer.data(), 50, 0);
    probe().service({});
    EXPECT_TRUE(answers.empty());
    ::send(engine, answer.data() + 50, answer.size() - 50, 0);
    ::close(engine);
    while (probe().fd() >= 0) probe().service({});
    EXPECT_EQ(answers, (std::map<std::string, std::string>{
                           {"nexus/container/caddy ContainerDown", ""},
                           {"nexus/container/db ContainerDown", "its health check fails"},
                           {"nexus/container/gone ContainerDown", "does not exist"}}));
}

TEST_F(ContainerProbe, Says_nothing_about_containers_when_the_engine_is_away) {
    probe().ask({});
    EXPECT_LT(probe().fd(), 0);
    listen();
    probe().ask({});
    ::close(accept());
    probe().service({});
    EXPECT_LT(probe().fd(), 0);
    EXPECT_TRUE(answers.empty());
}

TEST_F(ContainerProbe, Lets_an_engine_go_that_never_answers) {
    listen();
    probe().ask(base::BootTime{base::Duration{1'000}});
    int first = probe().fd();
    ASSERT_GE(first, 0);
    probe().ask(base::BootTime{base::Duration{5'000}});
    int engine = accept();
    char request[512];
    ASSERT_GT(::recv(engine, request, sizeof request, 0), 0);
    probe().ask(base::BootTime{base::Duration{6'000}});  // its time is over: asked anew
    EXPECT_EQ(::recv(engine, request, sizeof request, 0), 0);
    ::close(engine);
    EXPECT_TRUE(answers.empty());
}

// A system bus with a systemd on it, in this thread.
class SystemdProbe : public Socket {
  protected:
    ~SystemdProbe() override {
        if (bus != nullptr) sd_bus_close_unref(bus);
    }
    void accept_bus() {
        int fd = accept();
        sd_id128_t id{};
        ASSERT_GE(sd_id128_randomize(&id), 0);
        ASSERT_GE(sd_bus_new(&bus), 0);
        ASSERT_GE(sd_bus_set_fd(bus, fd, fd), 0);
        ASSERT_GE(sd_bus_set_server(bus, 1, id), 0);
        ASSERT_GE(sd_bus_start(bus), 0);
        ASSERT_GE(sd_bus_add_filter(bus, nullptr, play, this), 0);
    }
    static int play(sd_bus_message* call, void* self, sd_bus_error*) {
        return static_cast<SystemdProbe*>(self)->answer(call);
    }
    int answer(sd_bus_message* call) {
        if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus", "Hello"))
            return sd_bus_reply_method_return(call, "s", ":1.1");
        if (!sd_bus_message_is_method_call(call, nullptr, "ListUnitsByNames")) return 0;
        if (refuse)
            return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED, "no");
        sd_bus_message* reply = nullptr;
        sd_bus_message_new_method_return(call, &reply);
        sd_bus_message_open_container(reply, 'a', "(ssssssouso)");
        sd_bus_message_enter_container(call, 'a', "s");
        char const* name = nullptr;
        while (sd_bus_message_read(call, "s", &name) > 0)
            sd_bus_message_append(reply, "(ssssssouso)", name, "", "loaded",
                                  states[name].c_str(), "some", "", "/u", 0U, "", "/");
        sd_bus_message_close_container(reply);
        int rc = sd_bus_send(bus, reply, nullptr);
        sd_bus_message_unref(reply);
        return rc < 0 ? rc : 1;
    }
    // Lets both ends speak until the probe has `count` answers, gave up, or nothing is left to say.
    void exchange(agent::SystemdProbe& probe, std::size_t count) {
        for (int quiet = 0; quiet < 50 && answers.size() < count; ++quiet) {
            pollfd both[2] = {{sd_bus_get_fd(bus), POLLIN, 0}, {probe.fd(), POLLIN, 0}};
            if (::poll(both, probe.fd() >= 0 ? 2 : 1, 10) > 0) quiet = 0;
            while (sd_bus_process(bus, nullptr) > 0) {}
            if (probe.fd() >= 0) probe.service({});
            if (probe.fd() < 0) return;
        }
    }
    std::unique_ptr<agent::SystemdProbe> make(std::vector<std::string> units) {
        auto probe = std::make_unique<agent::SystemdProbe>(
            agent::SystemdProbeSettings{nexus(), std::move(units), path});
        probe->deliver = [this](agent::Event event) {
            auto const& one = std::get<agent::ProbeAnswered>(event);
            answers[domain::to_text(one.subject)] = one.healthy ? "healthy" : one.detail;
        };
        return probe;
    }

    sd_bus* bus = nullptr;
    bool refuse = false;
    std::map<std::string, std::string> states;
    std::map<std::string, std::string> answers;
};

TEST_F(SystemdProbe, Asks_once_for_all_units) {
    listen();
    states = {{"caddy.service", "active"}, {"db.service", "failed"},
              {"slow.service", "activating"}, {"x.timer", "inactive"}};
    auto probe = make({"caddy", "db.service", "slow", "x.timer"});
    probe->ask({});
    accept_bus();
    exchange(*probe, 4);
    EXPECT_EQ(answers, (std::map<std::string, std::string>{
                           {"nexus/service/caddy.service", "healthy"},
                           {"nexus/service/db.service", "failed (some)"},
                           {"nexus/service/slow.service", "healthy"},
                           {"nexus/service/x.timer", "inactive (some)"}}));
    answers.clear();
    states["db.service"] = "active";
    probe->ask({});
    exchange(*probe, 4);
    EXPECT_EQ(answers["nexus/service/db.service"], "healthy");
}

TEST_F(SystemdProbe, Says_nothing_about_units_when_the_bus_is_away_or_refuses) {
    auto probe = make({"caddy"});
    probe->ask({});
    EXPECT_LT(probe->fd(), 0);
    listen();
    refuse = true;
    probe->ask({});
    ASSERT_GE(probe->fd(), 0);
    accept_bus();
    exchange(*probe, 1);
    EXPECT_LT(probe->fd(), 0);
    EXPECT_TRUE(answers.empty());
}

}  // namespace
