#include "common/remedy/catalog.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

using remedy::Catalog;

namespace {

std::string const kGood = R"(name = "restart_service"
title = "Restart a service"
risk = "reversible"
subject = "service/{unit}"
timeout = "2m"
[[answers]]
signal = "ServiceDown"
[params.unit]
type = "unit"
from = ["service"]
[[steps]]
verb = "service.restart"
args = { unit = "{unit}" }
[check]
verb = "service.state"
args = { unit = "{unit}", is = "active" }
within = "30s"
)";

// The good remedy with one line changed: the first occurrence of `from` becomes `to`.
std::string with(std::string const& from, std::string const& to) {
    auto text = kGood;
    auto const at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string refusal(std::string const& text) {
    auto const catalog = Catalog::parse({{"r.toml", text}});
    return catalog ? "accepted" : catalog.error().message;
}

domain::Remedy answering_remedy(std::string name, std::vector<domain::Answer> answers) {
    domain::Remedy remedy;
    remedy.name = std::move(name);
    remedy.answers = std::move(answers);
    return remedy;
}

}  // namespace

TEST(CatalogTest, ReadsARemedy) {
    auto const catalog = Catalog::parse({{"r.toml", kGood}});

    ASSERT_TRUE(catalog) << catalog.error().message;
    auto const* remedy = catalog->find("restart_service");
    ASSERT_NE(remedy, nullptr);
    EXPECT_EQ(remedy->risk, domain::Risk::reversible);
    EXPECT_EQ(remedy->subject_kind, domain::SubjectKind::service);
    EXPECT_EQ(remedy->subject_param, "unit");
    EXPECT_EQ(remedy->timeout, base::Duration{120'000});
    EXPECT_EQ(remedy->steps.at(0).args.at("unit"), "{unit}");
    EXPECT_EQ(remedy->check.value().within, base::Duration{30'000});
    EXPECT_EQ(remedy->hash.size(), 64U);
    EXPECT_EQ(catalog->find("restart_servic"), nullptr);
}

TEST(CatalogTest, ATypoIsAnsweredWithFileLineAndWhatWasMeant) {
    EXPECT_EQ(refusal(with("[check]", "[chekc]")),
              "r.toml:14: unknown key 'chekc'; did you mean 'check'?");
    EXPECT_EQ(refusal(with("timeout", "timeuot")),
              "r.toml:5: unknown key 'timeuot'; did you mean 'timeout'?");
    EXPECT_EQ(refusal(with("service.restart", "service.restrat")),
              "r.toml:11: unknown verb 'service.restrat'; did you mean 'service.restart'?");
    EXPECT_EQ(refusal(with("args = { unit = \"{unit}\" }", "args = { unit = \"{unti}\" }")),
              "r.toml:13: unknown placeholder 'unti'; did you mean 'unit'?");
    EXPECT_EQ(refusal(with("type = \"unit\"", "type = \"unti\"")),
              "r.toml:9: unknown type 'unti'; did you mean 'unit'?");
    EXPECT_EQ(refusal(with("\"reversible\"", "\"reversibel\"")),
              "r.toml:3: unknown risk 'reversibel'; did you mean 'reversible'?");
    EXPECT_EQ(refusal(with("service/{unit}", "servise/{unit}")),
              "r.toml:4: unknown kind of subject 'servise'; did you mean 'service'?");
    EXPECT_EQ(refusal(with("is = \"active\"", "si = \"active\"")),
              "r.toml:14: service.state has no argument 'si'; did you mean 'is'?");
}

TEST(CatalogTest, RefusesWhatCouldNotRun) {
    struct Case {
        char const* from;
        char const* to;
        char const* says;
    };
    for (auto const& [from, to, says] : std::vector<Case>{
             {"name = \"restart_service\"", "", "'name' is missing"},
             {"restart_service", "Restart Service", "a remedy's name is like"},
             {"name =", "v = 2\nname =", "version 2 is not known"},
             {"\"reversible\"", "\"forbidden\"", "unknown risk 'forbidden'"},
             {"\"reversible\"", "\"readonly\"", "the steps are reversible"},
             {"service/{unit}", "service/unit", "a subject is like"},
             {"service/{unit}", "service", "say which one"},
             {"service/{unit}", "service/{box}", "there is no parameter 'box'"},
             {"\"2m\"", "\"0s\"", "'timeout' must be above 0"},
             {"\"2m\"", "\"10s\"", "'within' is longer than"},
             {"\"2m\"", "120", "a duration in quotes"},
             {"signal = \"ServiceDown\"", "signal = \"\"", "'signal' is empty"},
             {"signal = \"ServiceDown\"", "signal = \"S\"\nlabels = { a = 1 }",
              "label 'a' must be"},
             {"type = \"unit\"\nfrom = [\"service\"]", "type = \"unit\"", "neither 'from' nor"},
             {"from = [\"service\"]", "from = []\ndefault = \"-rf\"", "not a well-formed unit"},
             {"type = \"unit\"", "type = \"word\"", "is a unit, but parameter 'unit' is a word"},
             {"{ unit = \"{unit}\" }", "{ unit = \"{unit\" }", "a brace has no partner"},
             {"{ unit = \"{unit}\" }", "{ unit = \"a b.service\" }", "not a well-formed unit"},
             {"{ unit = \"{unit}\" }", "{}", "needs the argument 'unit'"},
             {"verb = \"service.state\"", "verb = \"service.stop\"", "has no argument 'is'"},
             {"is = \"active\"", "is = \"happy\"", "it can be active, failed, inactive"},
             {"[[steps]]\nverb = \"service.restart\"\nargs = { unit = \"{unit}\" }", "",
              "has no 'steps'"},
             {"[check]", "[[undo]]", "unknown key 'within'"},
         })
        EXPECT_NE(refusal(with(from, to)).find(says), std::string::npos)
            << to << ": " << refusal(with(from, to));
}

// Without a question afterwards nobody could say that it helped.
TEST(CatalogTest, WhatChangesSomethingMustBeChecked) {
    EXPECT_NE(refusal(kGood.substr(0, kGood.find("[check]"))).find("has no 'check'"),
              std::string::npos);
}

TEST(CatalogTest, OnlyQuestionsMayBePreconditionsAndChecks) {
    EXPECT_NE(refusal(kGood + "[[preconditions]]\nverb = \"apt.clean\"\n").find("only questions"),
              std::string::npos);
    EXPECT_NE(refusal(with("[check]\nverb = \"service.state\"\nargs = { unit = \"{unit}\", is = "
                           "\"active\" }",
                           "[check]\nverb = \"apt.clean\""))
                  .find("only questions"),
              std::string::npos);
}

TEST(CatalogTest, CleaningHasFloors) {
    auto const keeping = [](std::string const& verb, std::string const& arg) {
        return refusal(with("verb = \"service.restart\"\nargs = { unit = \"{unit}\" }",
                            "verb = \"" + verb + "\"\nargs = { " + arg + " }"));
    };

    EXPECT_EQ(keeping("journal.vacuum", "keep = \"2d\""), "accepted");
    EXPECT_NE(keeping("journal.vacuum", "keep = \"47h\"").find("at least 2d"), std::string::npos);
    EXPECT_NE(keeping("tmp.clean", "older = \"1h\"").find("at least 1d"), std::string::npos);
    EXPECT_NE(keeping("engine.prune", "keep = \"0s\"").find("at least 1h"), std::string::npos);
}

TEST(CatalogTest, NamesAreUnique) {
    auto const catalog = Catalog::parse({{"a.toml", kGood}, {"b.toml", kGood}});

    ASSERT_FALSE(catalog);
    EXPECT_EQ(catalog.error().message,
              "b.toml:1: a remedy named 'restart_service' was already read");
}

TEST(CatalogTest, AnswersWithTheMostSpecificFirstThenByOrder) {
    Catalog const catalog{{
        answering_remedy("any", {{"Down", {}}}),
        answering_remedy("other_signal", {{"Up", {}}}),
        answering_remedy("second_any", {{"Down", {}}}),
        answering_remedy("for_vps", {{"Down", {{"system", "vps"}}}}),
        answering_remedy("for_home", {{"Down", {{"system", "home"}}}}),
    }};

    std::string order;
    for (auto const* remedy : catalog.answering("Down", {{"system", "vps"}, {"more", "x"}}))
        order += remedy->name + " ";

    EXPECT_EQ(order, "for_vps any second_any ");
    EXPECT_TRUE(catalog.answering("down", {}).empty());
}

TEST(CatalogTest, ReportsAFolderThatIsMissingOrEmpty) {
    auto const folder =
        std::filesystem::temp_directory_path() / ("tomte-catalog-" + std::to_string(::getpid()));

    auto const missing = Catalog::load(folder.string());
    std::filesystem::create_directory(folder);
    auto const empty = Catalog::load(folder.string());
    std::filesystem::remove(folder);

    EXPECT_EQ(missing.error().code, base::Code::not_found);
    EXPECT_EQ(empty.error().code, base::Code::invalid);
}
