// A protected unit or container is protected under every name its manager knows.
#include <gtest/gtest.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

// Says that everything is active and goes by these names too.
class Renaming : public Manager {
  public:
    Renaming(std::string name, domain::SubjectKind kind, std::vector<std::string> names)
        : name_(std::move(name)), kind_(kind), names_(std::move(names)) {}
    std::string_view name() const override { return name_; }
    domain::SubjectKind kind() const override { return kind_; }
    base::Result<std::vector<Call>> calls(Action, std::string const& name) const override {
        return std::vector<Call>{{{"/fake", name}}};
    }
    base::Result<State> state(Exit const&) const override { return State{"running", "", names_}; }

  private:
    std::string name_;
    domain::SubjectKind kind_;
    std::vector<std::string> names_;
};

class Alias : public testing::Test {
  protected:
    std::string refusal(std::unique_ptr<Manager> manager, domain::Step const& step) {
        std::vector<std::unique_ptr<Manager>> list;
        list.push_back(std::move(manager));
        policy::Policy const policy;
        Managers const managers{std::move(list), policy};
        auto const log = IdLog::in_memory();
        VerbRunner verbs{policy, managers, programs, redactor, *log, adapters::system_now};
        return verbs.missing(step, stop).value_or("");
    }
    std::string unit(std::string const& named, std::vector<std::string> names) {
        return refusal(std::make_unique<Renaming>("systemd", domain::SubjectKind::service,
                                                  std::move(names)),
                       {"service.restart", {{"unit", named}}, 1s});
    }
    std::string container(std::string const& named, std::vector<std::string> names) {
        return refusal(std::make_unique<Renaming>("docker", domain::SubjectKind::container,
                                                  std::move(names)),
                       {"container.restart", {{"container", named}}, 1s});
    }

    FakePrograms programs;
    PatternRedactor redactor;
    Stop stop;
};

TEST_F(Alias, Of_a_protected_unit_is_not_touched) {
    EXPECT_EQ(unit("web.service", {"web.service", "nginx.service"}), "");
    EXPECT_NE(unit("web.service", {"web.service", "ssh.service"}).find("ssh.service"),
              std::string::npos);
    EXPECT_NE(unit("x.service", {"tomte-hand.service"}), "");
}

TEST_F(Alias, Is_no_news_where_the_policy_let_the_protected_name_itself_through) {
    EXPECT_EQ(unit("ssh.service", {"ssh.service", "sshd.service"}), "");
}

TEST_F(Alias, Of_a_protected_container_is_its_id_too) {
    EXPECT_EQ(container("4f2a9c01d3be", {"caddy"}), "");
    EXPECT_NE(container("4f2a9c01d3be", {"mosquitto"}).find("mosquitto"), std::string::npos);
}

TEST_F(Alias, Is_told_by_the_engines_answer) {
    Exit exit;
    exit.output = "running/healthy /mosquitto\n";
    auto const state = make_docker("/run/docker.sock")->state(exit);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->names, std::vector<std::string>{"mosquitto"});
    EXPECT_TRUE(state->is("healthy"));
}

}  // namespace
}  // namespace hand::bench
