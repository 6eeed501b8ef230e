#include "common/remedy/fill.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/remedy/verbs.hpp"

using domain::ParamType;

namespace {

domain::Remedy restart() {
    domain::Remedy remedy;
    remedy.name = "restart_service";
    remedy.params = {
        {"unit", ParamType::unit, {"unit", "service"}, std::nullopt},
        {"keep", ParamType::duration, {"keep"}, "7d"},
    };
    return remedy;
}

struct Values {
    ParamType type;
    std::vector<std::string> good;
    std::vector<std::string> bad;
};

std::vector<Values> const kValues{
    {ParamType::unit,
     {"nginx.service", "wg-quick@wg0.service", "a\\x2db.timer", "x_y.socket", "0.service"},
     {"", "nginx", ".service", "-rf.service", "../x.service", "a/b.service", "a b.service",
      "a$b.service", "a'b.service", "a\nb.service", "nginx.service ", "nginx.conf",
      std::string(256, 'a') + ".service", std::string{"a\0.service", 10}}},
    {ParamType::container,
     {"caddy", "a1", "my_box-2.x"},
     {"", "a", "-caddy", ".caddy", "/caddy", "ca ddy", "caddy;ls", "cäddy",
      std::string(129, 'a')}},
    {ParamType::mount,
     {"/", "/var", "/mnt/data-1", "/media/a.b"},
     {"", "var", "/var/", "//var", "/var/../etc", "/./var", "/va r", "/va$r", "-/var",
      "/" + std::string(300, 'a')}},
    {ParamType::tunnel, {"wg0", "tun-1"}, {"", "-wg0", "wg/0", "sixteen-letters1", "wg 0"}},
    {ParamType::job, {"backup", "home-assistant.backup"}, {"", "-backup", "a/b", "a b", "$x"}},
    {ParamType::host,
     {"localhost", "vault.example.org", "10.0.0.1", "fd00::1", "::1"},
     {"", "-x", ".x", "a b", "a/b", "https://x", "x:80", "a$b", "[::1]"}},
    {ParamType::word, {"active", "a:b@c", "x+1"}, {"", "-a", "a b", "a/b", "a\"b", "$a", "a\x7f"}},
    {ParamType::number, {"0", "15", "123456789"}, {"", "-1", "1.5", "0x10", "1e3", "1234567890"}},
    {ParamType::duration, {"30s", "1h30m", "2d"}, {"", "30", "-1s", "soon", "1 s"}},
    {ParamType::size, {"200M", "64K", "1G", "4096"}, {"", "M", "-1M", "1.5M", "1T", "1 M"}},
};

}  // namespace

TEST(CheckValueTest, TakesOnlyWellFormedValuesOfEachType) {
    for (auto const& [type, good, bad] : kValues) {
        for (auto const& value : good)
            EXPECT_TRUE(remedy::check_value(type, value)) << to_string(type) << " " << value;
        for (auto const& value : bad)
            EXPECT_FALSE(remedy::check_value(type, value)) << to_string(type) << " " << value;
    }
}

TEST(CheckValueTest, SaysWhatWasWrongWithoutRepeatingControlCharacters) {
    auto const status = remedy::check_value(ParamType::unit, "\x1b[2J\nx");

    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "'?[2J?x' is not a well-formed unit");
}

TEST(BindTest, TakesTheFirstLabelThatIsThere) {
    auto const both = remedy::bind(restart(), {{"service", "b.service"}, {"unit", "a.service"}});
    auto const second = remedy::bind(restart(), {{"service", "b.service"}, {"unit", ""}});

    EXPECT_EQ(both, (domain::Params{{"unit", "a.service"}, {"keep", "7d"}}));
    EXPECT_EQ(second, (domain::Params{{"unit", "b.service"}, {"keep", "7d"}}));
}

TEST(BindTest, AUnitWithoutATypeIsAService) {
    EXPECT_EQ(remedy::bind(restart(), {{"unit", "nginx"}})->at("unit"), "nginx.service");
    EXPECT_EQ(remedy::bind(restart(), {{"unit", "php8.2-fpm"}})->at("unit"), "php8.2-fpm.service");
    EXPECT_EQ(remedy::bind(restart(), {{"unit", "a.timer"}})->at("unit"), "a.timer");
}

TEST(BindTest, AHostMayBeGivenAsWhatWasProbed) {
    domain::Remedy remedy;
    remedy.params = {{"host", ParamType::host, {"instance"}, std::nullopt}};

    for (auto const* label : {"vault.example.org", "vault.example.org:443",
                              "https://vault.example.org", "https://vault.example.org:8443/a/b"})
        EXPECT_EQ(remedy::bind(remedy, {{"instance", label}})->at("host"), "vault.example.org");
    EXPECT_EQ(remedy::bind(remedy, {{"instance", "https://[fd00::1]:443"}})->at("host"), "fd00::1");
    EXPECT_EQ(remedy::bind(remedy, {{"instance", "fd00::1"}})->at("host"), "fd00::1");
    EXPECT_FALSE(remedy::bind(remedy, {{"instance", "https://[fd00"}}));
}

// A bad value refuses the plan; the next label is not tried instead, and neither is the default.
TEST(BindTest, RefusesRatherThanGuesses) {
    EXPECT_NE(remedy::bind(restart(), {}).error().message.find("has no label unit, service"),
              std::string::npos);
    EXPECT_NE(remedy::bind(restart(), {{"unit", "x; rm -rf /"}, {"service", "b"}})
                  .error()
                  .message.find("parameter 'unit' from label 'unit'"),
              std::string::npos);
    EXPECT_FALSE(remedy::bind(restart(), {{"unit", "a"}, {"keep", "forever"}}));
}

TEST(CheckParamsTest, WantsExactlyTheRemedysParameters) {
    domain::Params const good{{"unit", "a.service"}, {"keep", "7d"}};
    auto const with = [&](std::string const& name, std::string const& value) {
        auto params = good;
        params[name] = value;
        return params;
    };
    auto missing = good;
    missing.erase("keep");

    EXPECT_TRUE(remedy::check_params(restart(), good));
    EXPECT_FALSE(remedy::check_params(restart(), missing));
    EXPECT_FALSE(remedy::check_params(restart(), with("more", "x")));
    EXPECT_FALSE(remedy::check_params(restart(), with("unit", "a")));
    EXPECT_FALSE(remedy::check_params(restart(), with("keep", "x")));
}

TEST(FillTest, ReplacesPlaceholdersAlsoWithinAText) {
    auto const whole = remedy::fill({"service.restart", {{"unit", "{unit}"}}, {}},
                                    {{"unit", "nginx.service"}});
    auto const part = remedy::fill({"service.restart", {{"unit", "wg-quick@{tunnel}.service"}}, {}},
                                   {{"tunnel", "wg0"}});

    ASSERT_TRUE(whole && part);
    EXPECT_EQ(whole->args.at("unit"), "nginx.service");
    EXPECT_EQ(part->args.at("unit"), "wg-quick@wg0.service");
}

// Whatever is in the parameters, what comes out is well-formed or nothing.
TEST(FillTest, RefusesWhatDoesNotComeOutWellFormed) {
    auto const fill = [](std::string const& verb, domain::Params args, domain::Params params) {
        return remedy::fill({verb, std::move(args), {}}, params).has_value();
    };

    EXPECT_TRUE(fill("service.restart", {{"unit", "{u}"}}, {{"u", "a.service"}}));
    EXPECT_FALSE(fill("service.restart", {{"unit", "{u}"}}, {{"u", "a b.service"}}));
    EXPECT_FALSE(fill("service.restart", {{"unit", "{u}"}}, {{"u", "{v}"}, {"v", "a.service"}}));
    EXPECT_FALSE(fill("service.restart", {{"unit", "{u}"}}, {}));
    EXPECT_FALSE(fill("service.restart", {{"unit", "{u"}}, {{"u", "a.service"}}));
    EXPECT_FALSE(fill("service.restart", {{"unit", "u}"}}, {{"u", "a.service"}}));
    EXPECT_FALSE(fill("service.restart", {}, {}));
    EXPECT_FALSE(fill("service.restart", {{"unit", "a.service"}, {"force", "1"}}, {}));
    EXPECT_FALSE(fill("service.explode", {{"unit", "a.service"}}, {}));
    EXPECT_FALSE(fill("journal.vacuum", {{"keep", "{k}"}}, {{"k", "1s"}}));
    EXPECT_FALSE(fill("disk.free", {{"mount", "/"}, {"percent", "{p}"}}, {{"p", "100"}}));
    EXPECT_FALSE(fill("endpoint.answers", {{"host", "a"}, {"port", "{p}"}}, {{"p", "70000"}}));
    EXPECT_FALSE(fill("service.state", {{"unit", "a.service"}, {"is", "{s}"}}, {{"s", "happy"}}));
}

TEST(VerbsTest, EveryChangingVerbIsKnownAndNamesWhatItChanges) {
    for (auto const& verb : remedy::verbs()) {
        EXPECT_EQ(remedy::find_verb(verb.name), &verb);
        EXPECT_LE(verb.risk, domain::Risk::reversible) << verb.name;
        if (verb.subject_arg.empty()) continue;
        EXPECT_TRUE(std::ranges::any_of(verb.args, [&](auto const& arg) {
            return arg.name == verb.subject_arg && arg.required;
        })) << verb.name;
    }
    EXPECT_EQ(remedy::find_verb("sh"), nullptr);
}
