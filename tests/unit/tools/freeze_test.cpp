// tomte freeze and thaw against a coordinator whose answers the test chooses.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "common/trust/freeze.hpp"
#include "common/wire/codec.hpp"
#include "tools/tomte/freeze.hpp"

namespace tomte {
namespace {

constexpr base::WallTime kNow{base::Duration{1'790'000'000'000}};

class OneSite : public Client {
  public:
    std::string const& url() const override { return url_; }
    base::Result<Answer> ask(Question const& question) override {
        if (question.path == "/api/v1/hosts") return Answer{200, hosts};
        if (question.method == "GET")
            return Answer{200, R"({"v":1,"site":"cabin","frozen":true,"rev":")" + rev + R"("})"};
        posted = question.body;
        return Answer{200, R"({"v":1,"rev":"9"})"};
    }
    std::string rev = "7";
    std::string hosts = R"({"v":1,"items":[{"id":"nexus","online":true,"freeze_rev":9},)"
                        R"({"id":"pi","online":false,"freeze_rev":1}]})";
    std::string posted;

  private:
    std::string url_ = "http://fake";
};

class FreezeCommand : public testing::Test {
  protected:
    int run(bool frozen, bool with_key) {
        FreezeOptions options{frozen, "work", "operator:me", 0};
        return freeze(client_, screen_, options,
                      with_key ? std::optional{key_} : std::nullopt, kNow);
    }
    std::string posted(char const* name) {
        auto const document = base::json::Document::parse(client_.posted);
        return document ? std::string{document->root()[name].string().value_or("")} : "";
    }

    OneSite client_;
    trust::PrivateKey key_ = trust::PrivateKey::generate();
    trust::PrivateKey coordinator_ = trust::PrivateKey::generate();
    std::ostringstream out_, err_;
    Screen screen_{out_, err_};
};

TEST_F(FreezeCommand, A_thaw_is_signed_here_for_this_site_with_a_newer_revision) {
    EXPECT_EQ(run(false, true), 0) << err_.str();
    auto const opened = trust::open_freeze(coordinator_.public_key(), {key_.public_key()},
                                           posted("jws"));
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(opened->thaw);
    auto const freeze = wire::decode<wire::Freeze>(opened->payload);
    ASSERT_TRUE(freeze);
    EXPECT_FALSE(freeze->frozen);
    EXPECT_EQ(freeze->site, "cabin");
    EXPECT_EQ(freeze->rev, base::unix_ms(kNow));
    client_.rev = "1790000000005";
    run(false, true);
    auto const next = trust::open_freeze(coordinator_.public_key(), {key_.public_key()},
                                         posted("jws"));
    ASSERT_TRUE(next);
    EXPECT_EQ(wire::decode<wire::Freeze>(next->payload)->rev, 1790000000006) << "never backwards";
}

TEST_F(FreezeCommand, Without_a_key_only_a_freeze_is_asked_for) {
    EXPECT_EQ(run(true, false), 0) << err_.str();
    EXPECT_EQ(posted("reason"), "work");
    client_.posted.clear();
    EXPECT_EQ(run(false, false), 1);
    EXPECT_TRUE(client_.posted.empty());
    EXPECT_NE(err_.str().find("--approver-key"), std::string::npos);
}

TEST_F(FreezeCommand, A_host_that_is_online_and_does_not_hold_it_is_named) {
    client_.hosts = R"({"v":1,"items":[{"id":"nexus","online":true,"freeze_rev":8}]})";
    EXPECT_EQ(run(true, true), 1);
    EXPECT_NE(out_.str().find("not yet on: nexus"), std::string::npos) << out_.str();
}

TEST_F(FreezeCommand, The_key_is_looked_for_beside_the_secrets) {
    auto const folder = std::filesystem::temp_directory_path() /
                        ("freeze-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    auto const secrets = (folder / "secrets.toml").string();
    auto none = find_approver_key("", secrets);
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none);
    ASSERT_TRUE(key_.save((folder / "approver.key").string()));
    auto const found = find_approver_key("", secrets);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((**found).public_key().id(), key_.public_key().id());
    EXPECT_FALSE(find_approver_key((folder / "missing.key").string(), secrets));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tomte
