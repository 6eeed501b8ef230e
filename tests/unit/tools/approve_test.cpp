// tomte approve against a coordinator whose answers the test chooses, honest or not.
#include <gtest/gtest.h>

#include <sstream>

#include "common/remedy/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"
#include "tools/tomte/approve.hpp"

namespace tomte {
namespace {

constexpr base::WallTime kNow{base::Duration{1'790'000'000'000}};
constexpr char kId[] = "01J9ZQ5Y3V8WXKJ4M6T7R8P9QA";

domain::Remedy remedy() {
    domain::Remedy made;
    made.name = "restart_engine";
    made.risk = domain::Risk::risky;
    made.steps = {{"service.restart", {{"unit", "docker.service"}}, base::Duration{1000}}};
    made.hash = remedy::content_hash(made);
    return made;
}

class OneApproval : public Client {
  public:
    std::string const& url() const override { return url_; }
    base::Result<Answer> ask(Question const& question) override {
        if (question.method == "POST") posted = question.body;
        return Answer{200, question.method == "POST" ? R"({"v":1})" : page()};
    }
    std::string page() const {
        base::json::Writer out;
        out.begin_object().member("v", 1).key("approval").begin_object();
        out.member("id", id).member("host", "nexus").member("incarnation", 2);
        out.member("actor", "coordinator").member("reason", "down").member("why", "it is risky");
        out.member("remedy", "restart_engine").member("remedy_hash", shown.hash).key("params");
        wire::write_object(out, {});
        out.member("timeout_ms", 60'000).member("output_bytes", 65'536).key("content");
        wire::write(out, content);
        out.end_object().end_object();
        return out.take();
    }
    std::string id = kId;
    domain::Remedy shown = remedy();
    domain::Remedy content = remedy();
    std::string posted;

  private:
    std::string url_ = "http://fake";
};

class ApproveCommand : public testing::Test {
  protected:
    int run(bool approved = true) {
        options_.id = kId;
        options_.approved = approved;
        return approve(client_, screen_, options_, key_, kNow);
    }
    std::optional<wire::Approval> signed_now() {
        auto const document = base::json::Document::parse(client_.posted);
        if (!document) return std::nullopt;
        auto const payload =
            trust::verify(trust::Purpose::approval, key_.public_key(),
                          document->root()["jws"].string().value_or(""));
        if (!payload) return std::nullopt;
        auto const approval = wire::decode<wire::Approval>(*payload);
        return approval ? std::optional{*approval} : std::nullopt;
    }

    OneApproval client_;
    ApproveOptions options_;
    trust::PrivateKey key_ = trust::PrivateKey::generate();
    std::ostringstream out_, err_;
    Screen screen_{out_, err_};
};

TEST_F(ApproveCommand, Signs_what_it_shows_and_shows_every_step) {
    ASSERT_EQ(run(), 0) << err_.str();
    auto const approval = signed_now();
    ASSERT_TRUE(approval);
    EXPECT_TRUE(approval->approved);
    EXPECT_EQ(approval->id, kId);
    EXPECT_EQ(approval->expires_at, kNow + base::Duration{900'000});
    domain::Command command{.id = kId,
                            .host = *domain::HostId::parse("nexus"),
                            .incarnation = 2,
                            .epoch = 5,
                            .session = "any",
                            .counter = 6,
                            .issued_at = kNow,
                            .expires_at = kNow,
                            .incident = "",
                            .attempt = 0,
                            .actor = "any",
                            .reason = "any",
                            .order = domain::RemedyOrder{"restart_engine", remedy().hash, {}},
                            .limits = {}};
    EXPECT_EQ(approval->plan_hash, remedy::plan_hash(command)) << "the hand computes the same";
    EXPECT_NE(out_.str().find("service.restart unit=docker.service"), std::string::npos)
        << out_.str();
}

TEST_F(ApproveCommand, Signs_nothing_when_other_steps_are_shown_than_would_run) {
    client_.content.steps[0].args["unit"] = "harmless.service";
    EXPECT_EQ(run(), 1);
    EXPECT_TRUE(client_.posted.empty());
    client_.content = remedy();
    client_.id = "01J9ZQ5Y3V8WXKJ4M6T7R8P9QB";
    EXPECT_EQ(run(), 1) << "another command";
    EXPECT_TRUE(client_.posted.empty());
}

TEST_F(ApproveCommand, Signs_nothing_when_the_person_says_no) {
    options_.confirm = [] { return false; };
    EXPECT_EQ(run(), 1);
    EXPECT_TRUE(client_.posted.empty());
}

TEST_F(ApproveCommand, A_denial_is_signed_too) {
    options_.reason = "not today";
    ASSERT_EQ(run(false), 0) << err_.str();
    auto const approval = signed_now();
    ASSERT_TRUE(approval);
    EXPECT_FALSE(approval->approved);
    EXPECT_EQ(approval->reason, "not today");
}

}  // namespace
}  // namespace tomte
