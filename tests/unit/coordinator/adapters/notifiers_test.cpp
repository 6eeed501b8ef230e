#include <gtest/gtest.h>

#include "common/base/json.hpp"
#include "coordinator/adapters/curl_http.hpp"
#include "coordinator/adapters/notifiers.hpp"
#include "tests/fakes/eventually.hpp"
#include "tests/fakes/http_answerer.hpp"

namespace {

coordinator::Tell notice(std::string incident) {
    return {"escalated", "critical", std::move(incident), "patient is down",
            "said \"no\"\n3 times"};
}

coordinator::WebhookSettings settings(fakes::HttpAnswerer const& server) {
    coordinator::WebhookSettings settings;
    settings.url = server.url() + "/hook";
    settings.bearer_token = "s3cret";
    settings.first_pause = base::Duration{1};
    return settings;
}

TEST(WebhookNotifier, Posts_a_notice_as_json_with_its_token) {
    fakes::HttpAnswerer server({{204, ""}});
    coordinator::WebhookNotifier notifier(settings(server));
    notifier.tell(notice("i-1"));
    ASSERT_TRUE(fakes::eventually([&] { return server.requests().size() == 1; }));
    auto request = server.requests()[0];
    EXPECT_TRUE(request.starts_with("POST /hook HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("Authorization: Bearer s3cret\r\n"), std::string::npos);
    EXPECT_NE(request.find("Content-Type: application/json\r\n"), std::string::npos);
    auto body = base::json::Document::parse(request.substr(request.find("\r\n\r\n") + 4));
    ASSERT_TRUE(body) << request;
    EXPECT_EQ(body->root()["v"].integer(), 1);
    EXPECT_EQ(body->root()["incident"].string(), "i-1");
    EXPECT_EQ(body->root()["text"].string(), "said \"no\"\n3 times");
}

TEST(WebhookNotifier, Lets_no_secret_out_that_an_alerts_sender_wrote) {
    fakes::HttpAnswerer server({{204, ""}});
    coordinator::WebhookNotifier notifier(settings(server));
    auto loose = notice("i-1");
    loose.title = "login failed: https://ann:Hunter22x@db.lan/";
    loose.text = "DB_PASSWORD=Hunter22x refused";
    notifier.tell(loose);
    ASSERT_TRUE(fakes::eventually([&] { return server.requests().size() == 1; }));
    EXPECT_EQ(server.requests()[0].find("Hunter22x"), std::string::npos);
    EXPECT_NE(server.requests()[0].find("[redacted]"), std::string::npos);
}

TEST(WebhookNotifier, Tries_again_what_may_still_work_and_keeps_the_order) {
    fakes::HttpAnswerer server({{500, ""}, {429, ""}, {200, ""}});
    coordinator::WebhookNotifier notifier(settings(server));
    notifier.tell(notice("first"));
    notifier.tell(notice("second"));
    ASSERT_TRUE(fakes::eventually([&] { return server.requests().size() == 4; }));
    auto requests = server.requests();
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NE(requests[i].find("first"), std::string::npos);
    EXPECT_NE(requests[3].find("second"), std::string::npos);
}

TEST(WebhookNotifier, Does_not_insist_where_it_is_refused_and_gives_up_after_its_attempts) {
    fakes::HttpAnswerer server({{400, ""}, {500, ""}, {500, ""}, {500, ""}, {500, ""}, {200, ""}});
    coordinator::WebhookNotifier notifier(settings(server));
    for (auto incident : {"refused", "tried", "last"}) notifier.tell(notice(incident));
    ASSERT_TRUE(fakes::eventually([&] { return server.requests().size() == 6; }));
    auto requests = server.requests();
    EXPECT_NE(requests[0].find("refused"), std::string::npos);
    for (std::size_t i = 1; i < 5; ++i) EXPECT_NE(requests[i].find("tried"), std::string::npos);
    EXPECT_NE(requests[5].find("last"), std::string::npos);
}

TEST(WebhookNotifier, Ends_at_once_while_it_waits) {
    fakes::HttpAnswerer server({{500, ""}});
    auto slow = settings(server);
    slow.first_pause = base::Duration{3'600'000};
    auto started = std::chrono::steady_clock::now();
    {
        coordinator::WebhookNotifier notifier(slow);
        notifier.tell(notice("i"));
        ASSERT_TRUE(fakes::eventually([&] { return server.requests().size() == 1; }));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds{30});
}

base::Result<coordinator::HttpResponse> get(std::string url, std::size_t most = 100'000) {
    coordinator::HttpRequest request;
    request.url = std::move(url);
    request.response_max = most;
    return coordinator::http_perform(request);
}

TEST(Http, Names_what_went_wrong) {
    EXPECT_EQ(get("http://127.0.0.1:1/").error().code, base::Code::unavailable);
    EXPECT_EQ(get("file:///etc/passwd").error().code, base::Code::invalid);
    EXPECT_EQ(get("http://[broken").error().code, base::Code::invalid);

    fakes::HttpAnswerer server({{200, std::string(5'000, 'x')}});
    auto large = get(server.url(), 1'000);
    ASSERT_FALSE(large);
    EXPECT_NE(large.error().message.find("larger than 1000 bytes"), std::string::npos);
    auto fits = get(server.url());
    ASSERT_TRUE(fits);
    EXPECT_EQ(fits->body.size(), 5'000U);
}

TEST(Http, Gives_up_after_its_time_and_when_it_is_told_to_stop) {
    // A listener that never accepts: the kernel connects, nobody answers.
    int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(listener, raw, size), 0);
    ASSERT_EQ(::listen(listener, 4), 0);
    ::getsockname(listener, raw, &size);
    coordinator::HttpRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    request.timeout = base::Duration{50};
    EXPECT_EQ(coordinator::http_perform(request).error().code, base::Code::timeout);

    request.timeout = base::Duration{60'000};
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(coordinator::http_perform(request, stop.get_token()).error().code,
              base::Code::unavailable);
    ::close(listener);
}

}  // namespace
