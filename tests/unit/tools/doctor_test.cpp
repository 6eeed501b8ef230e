#include "tools/tomte/doctor.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace tomte {
namespace {

class Answering : public Client {
  public:
    std::string const& url() const override { return url_; }
    base::Result<Answer> ask(Question const& question) override {
        auto const found = answers.find(question.path);
        if (found == answers.end()) return base::fail(base::Code::unavailable, "not reachable");
        return Answer{200, found->second};
    }
    std::map<std::string, std::string> answers{
        {"/version", R"({"v":1,"name":"tomte","version":"0.1.0"})"},
        {"/health", R"({"v":1,"status":"healthy","reasons":[]})"},
        {"/api/v1/hosts",
         R"({"v":1,"items":[{"id":"pi","online":true,"mode":"auto","version":"0.1.0"}]})"},
        {"/api/v1/hosts/pi/commands", R"({"v":1,"id":"x","result":{"state":"succeeded"}})"},
    };

  private:
    std::string url_ = "http://fake";
};

class DoctorTest : public testing::Test {
  protected:
    int examine() {
        out_.str("");
        // Every look at the clock is `step_` later than the one before.
        DoctorOptions const options{
            folder_, [this] { return base::BootTime{base::Duration{clock_ += step_}}; }};
        return doctor(client_, screen_, options, base::WallTime{});
    }
    bool said(std::string const& text) const { return out_.str().find(text) != std::string::npos; }

    Answering client_;
    std::string folder_;
    std::int64_t clock_ = 0;
    std::int64_t step_ = 2;
    std::ostringstream out_;
    Screen screen_{out_, out_};
};

TEST_F(DoctorTest, Finds_nothing_where_nothing_is_wrong) {
    EXPECT_EQ(examine(), 0);
    EXPECT_TRUE(said("pi obeys, in 2 ms")) << out_.str();
    EXPECT_FALSE(said("WRONG"));
}

TEST_F(DoctorTest, Sees_a_broker_that_holds_small_messages_back) {
    step_ = 88;
    EXPECT_EQ(examine(), 0);
    EXPECT_TRUE(said("set_tcp_nodelay true")) << out_.str();
}

TEST_F(DoctorTest, Says_of_each_host_what_is_wrong_and_what_to_do) {
    client_.answers["/api/v1/hosts"] =
        R"({"v":1,"items":[{"id":"nas","online":false},)"
        R"({"id":"pi","online":true,"mode":"observe","version":"0.0.9"}]})";
    client_.answers["/api/v1/hosts/pi/commands"] = R"({"v":1,"id":"x"})";
    EXPECT_EQ(examine(), 1);
    EXPECT_TRUE(said("nas is not connected") && said("tomte revoke nas")) << out_.str();
    EXPECT_TRUE(said("did not answer within 10 s"));
    EXPECT_TRUE(said("has version 0.0.9") && said("only observes"));
}

TEST_F(DoctorTest, Says_that_the_coordinator_is_away_or_ill) {
    client_.answers["/health"] = R"({"v":1,"status":"degraded","reasons":["broker: away"]})";
    EXPECT_EQ(examine(), 1);
    EXPECT_TRUE(said("degraded: broker: away")) << out_.str();
    client_.answers.clear();
    EXPECT_EQ(examine(), 1);
    EXPECT_TRUE(said("not reachable"));
}

TEST_F(DoctorTest, Says_what_is_missing_in_a_folder) {
    folder_ = "/nowhere/at/all";
    EXPECT_EQ(examine(), 1);
    EXPECT_TRUE(said("/nowhere/at/all/coordinator/ca.key is not there")) << out_.str();
}

}  // namespace
}  // namespace tomte
