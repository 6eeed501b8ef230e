// Who gets in, by which name, over what: through a real socket.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "common/trust/certificates.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/secret_hash.hpp"
#include "coordinator/adapters/http/host_names.hpp"
#include "coordinator/adapters/http/http_service.hpp"
#include "coordinator/adapters/http/login_guard.hpp"
#include "coordinator/adapters/http/token_file.hpp"
#include "tests/fakes/eventually.hpp"
#include "tests/fakes/fake_api.hpp"
#include "tests/fakes/http_client.hpp"

namespace coordinator {
namespace {

namespace fs = std::filesystem;
using base::Duration;
using http::HostNames;
using http::LoginGuard;

base::BootTime at(std::int64_t ms) { return base::BootTime{Duration{ms}}; }

std::string token(std::string const& name, std::string const& scope, std::string const& secret) {
    return "[[token]]\nname=\"" + name + "\"\nkind=\"bearer\"\nscope=[\"" + scope +
           "\"]\nhash=\"" + trust::hash_secret(secret) + "\"\n";
}

class HttpSecurity : public testing::Test {
  protected:
    HttpSecurity() : folder_(fs::temp_directory_path() / ("tomte-sec-" + trust::random_token())) {
        fs::create_directories(folder_);
        settings_.listen = "127.0.0.1:0";
        settings_.tokens = (folder_ / "tokens.toml").string();
        settings_.version = "1";
    }
    ~HttpSecurity() override {
        if (service_) service_->stop();
        service_.reset();
        fs::remove_all(folder_);
    }
    void write(std::string const& name, std::string const& text) {
        std::ofstream{folder_ / name, std::ios::trunc} << text;
    }
    void start() {
        auto service = HttpService::start(settings_, api_);
        ASSERT_TRUE(service) << service.error().message;
        service_ = std::move(*service);
    }
    fakes::HttpAnswer get(std::string const& path, std::string const& secret,
                          std::string const& host = {}) const {
        return fakes::ask({.url = url(path), .user = {}, .token = secret, .method = {},
                           .body = nullptr, .host = host});
    }
    std::string url(std::string const& path) const {
        return "http://127.0.0.1:" + std::to_string(service_->port()) + path;
    }

    fs::path folder_;
    HttpServiceSettings settings_;
    fakes::FakeApi api_;
    std::unique_ptr<HttpService> service_;
};

TEST_F(HttpSecurity, Answers_only_to_its_own_names) {
    write("tokens.toml", token("people", "read", "people"));
    settings_.public_url = "https://tomte.lan:8443/";
    settings_.hosts = {"nexus"};
    start();
    for (auto const* host : {"localhost", "127.0.0.1:8400", "[::1]:1", "TOMTE.lan", "nexus:8400"})
        EXPECT_EQ(get("/health", "", host).status, 200) << host;
    for (auto const* host : {"evil.example", "tomte.lan.evil.example", "127.0.0.1.evil.example",
                             "10.0.0.1", "nexus:x", "nexus@evil.example"})
        EXPECT_EQ(get("/health", "", host).status, 421) << host;
}

TEST_F(HttpSecurity, Slows_down_whoever_guesses_but_not_whoever_was_right_before) {
    write("tokens.toml", token("people", "read", "people") + token("late", "read", "late"));
    start();
    EXPECT_EQ(get("/api/v1/hosts", "people").status, 200);
    int refused = 0;
    for (int i = 0; i < 12; ++i)
        if (get("/api/v1/hosts", "guess" + std::to_string(i)).status == 401) ++refused;
    EXPECT_EQ(refused, LoginGuard::kFree);
    auto const answer = get("/api/v1/hosts", "late");
    EXPECT_EQ(answer.status, 429) << "right, but not looked at yet";
    EXPECT_NE(answer.headers.find("Retry-After: "), std::string::npos);
    EXPECT_EQ(get("/api/v1/hosts", "people").status, 200);
    EXPECT_EQ(get("/health", "").status, 200);
    EXPECT_TRUE(fakes::eventually([&] { return get("/api/v1/hosts", "late").status == 200; }));
}

TEST_F(HttpSecurity, A_webhook_token_can_raise_signals_and_nothing_else) {
    write("tokens.toml", token("hook", "webhook", "hook"));
    start();
    std::string const alert = R"({"version":"4","alerts":[{"status":"firing","labels":
        {"alertname":"ServiceDown","host":"nexus"},"startsAt":"2026-11-25T10:00:00Z",
        "command":"reboot","line":"reboot","remedy":"reboot"}]})";
    std::string const order = R"({"line":"true"})";
    auto const post = [&](std::string const& path, std::string const& body) {
        return fakes::ask(
            {.url = url(path), .user = {}, .token = "hook", .method = {}, .body = &body});
    };
    EXPECT_EQ(post("/webhook", alert).status, 202);
    EXPECT_EQ(post("/webhook/alertmanager", alert).status, 202);
    for (auto const* path : {"/metrics", "/api/v1/incidents", "/api/v1/incidents/x",
                             "/api/v1/hosts", "/api/v1/hosts/nexus/telemetry",
                             "/api/v1/commands/x", "/api/v1/freeze"})
        EXPECT_EQ(get(path, "hook").status, 403) << path;
    for (auto const* path :
         {"/api/v1/hosts/nexus/commands", "/api/v1/freeze", "/api/v1/hosts/nexus/lease"})
        EXPECT_EQ(post(path, order).status, 403) << path;
    EXPECT_TRUE(api_.orders().empty());
    EXPECT_EQ(api_.received().size(), 2U);
}

TEST_F(HttpSecurity, Listens_beyond_this_machine_with_TLS_only) {
    write("tokens.toml", token("people", "read", "people"));
    settings_.listen = "0.0.0.0:0";
    auto const refused = HttpService::start(settings_, api_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::invalid);
    EXPECT_NE(refused.error().message.find("http.certificate"), std::string::npos);

    auto const until = base::wall_from_unix_ms(4'000'000'000'000);
    auto const ca_key = trust::PrivateKey::generate();
    auto const ca = trust::make_ca(ca_key, "test", until).value();
    auto const key = trust::PrivateKey::generate();
    trust::CertificateRequest request;
    request.common_name = "localhost";
    request.dns_names = {"localhost"};
    request.ip_addresses = {"127.0.0.1"};
    request.server = true;
    request.not_after = until;
    write("ca.crt", ca);
    write("http.crt", trust::issue(ca_key, ca, key.public_key(), request).value());
    ASSERT_TRUE(key.save((folder_ / "http.key").string()));
    settings_.certificate = (folder_ / "http.crt").string();
    ASSERT_FALSE(HttpService::start(settings_, api_)) << "a certificate without its key";
    settings_.key = (folder_ / "http.key").string();
    start();
    auto const port = std::to_string(service_->port());
    auto const answer = fakes::ask({.url = "https://localhost:" + port + "/api/v1/hosts",
                                    .user = {},
                                    .token = "people",
                                    .method = {},
                                    .body = nullptr,
                                    .host = {},
                                    .ca = (folder_ / "ca.crt").string()});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(get("/health", "").status, 0) << "plain text on the same port";
}

TEST_F(HttpSecurity, A_token_made_or_revoked_while_it_runs_counts_at_once) {
    write("tokens.toml", token("one", "read", "one"));
    start();
    EXPECT_EQ(get("/api/v1/hosts", "one").status, 200);
    write("tokens.toml", token("other", "read", "other"));
    EXPECT_TRUE(fakes::eventually([&] { return get("/api/v1/hosts", "one").status == 401; }));
    EXPECT_EQ(get("/api/v1/hosts", "other").status, 200);
    write("tokens.toml", "[[token]]\nname=");
    write("tokens.toml", "# nobody\n");
    EXPECT_TRUE(fakes::eventually([&] { return get("/api/v1/hosts", "other").status == 401; }))
        << "the last one was revoked";
}

TEST_F(HttpSecurity, Without_a_tokens_file_one_token_is_told_to_the_log_until_there_is_one) {
    testing::internal::CaptureStderr();
    start();
    auto const log = testing::internal::GetCapturedStderr();
    auto const begin = log.find("token=");
    ASSERT_NE(begin, std::string::npos) << log;
    auto const secret = log.substr(begin + 6, 32);
    EXPECT_EQ(get("/api/v1/hosts", secret).status, 200);
    EXPECT_EQ(get("/api/v1/hosts", "").status, 401);
    write("tokens.toml", token("mine", "admin", "mine"));
    EXPECT_TRUE(fakes::eventually([&] { return get("/api/v1/hosts", secret).status == 401; }));
    EXPECT_EQ(get("/api/v1/hosts", "mine").status, 200);
}

TEST(LoginGuardTest, Doubles_the_wait_up_to_a_quarter_of_an_hour_and_forgets) {
    LoginGuard guard;
    for (int i = 1; i < LoginGuard::kFree; ++i) guard.failed("a", at(0));
    EXPECT_FALSE(guard.must_wait("a", at(0)));
    guard.failed("a", at(0));
    EXPECT_EQ(guard.must_wait("a", at(0)), Duration{1'000});
    EXPECT_FALSE(guard.must_wait("b", at(0))) << "another address";
    guard.failed("a", at(1'000));
    EXPECT_EQ(guard.must_wait("a", at(1'000)), Duration{2'000});
    EXPECT_FALSE(guard.must_wait("a", at(3'000)));
    for (int i = 0; i < 40; ++i) guard.failed("a", at(3'000));
    EXPECT_EQ(guard.must_wait("a", at(3'000)), LoginGuard::kMost);
    EXPECT_FALSE(guard.must_wait("a", at(3'000) + LoginGuard::kForgetAfter));
    guard.failed("a", at(4'000'000));
    EXPECT_FALSE(guard.must_wait("a", at(4'000'000))) << "it was forgotten";
}

TEST(LoginGuardTest, A_success_ends_the_count_and_memory_is_bounded) {
    LoginGuard guard;
    for (int i = 0; i < 20; ++i) guard.failed("a", at(0));
    guard.succeeded("a");
    EXPECT_FALSE(guard.must_wait("a", at(0)));
    for (int i = 0; i < 20; ++i) guard.failed("victim", at(0));
    for (std::size_t i = 0; i <= LoginGuard::kSourcesMax; ++i)
        guard.failed("x" + std::to_string(i), at(10 + static_cast<std::int64_t>(i)));
    EXPECT_FALSE(guard.must_wait("victim", at(0))) << "the longest quiet is forgotten";
}

TEST(HostNamesTest, Says_what_is_wrong_with_a_name) {
    EXPECT_FALSE(HostNames::make("127.0.0.1", "tomte.lan", {}));
    EXPECT_FALSE(HostNames::make("127.0.0.1", "", {"a b"}));
    EXPECT_TRUE(HostNames::make("127.0.0.1", "", {"*"})->allows("anything.example"));
    EXPECT_FALSE(HostNames::make("127.0.0.1", "", {"*"})->allows(""));
    EXPECT_FALSE(HostNames::make("0.0.0.0", "", {})->allows("0.0.0.0"));
    EXPECT_TRUE(HostNames::make("192.0.2.7", "", {})->allows("192.0.2.7:8400"));
}

}  // namespace
}  // namespace coordinator
