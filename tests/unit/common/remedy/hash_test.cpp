#include "common/remedy/hash.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace {

domain::Remedy whole() {
    domain::Remedy remedy;
    remedy.name = "restart_service";
    remedy.title = "Restart";
    remedy.answers = {{"ServiceDown", {{"a", "b"}}}};
    remedy.subject_kind = domain::SubjectKind::service;
    remedy.subject_param = "unit";
    remedy.params = {{"unit", domain::ParamType::unit, {"service"}, "x.service"}};
    remedy.preconditions = {{"service.state", {{"unit", "{unit}"}}, base::Duration{1000}}};
    remedy.steps = {{"service.restart", {{"unit", "{unit}"}}, base::Duration{1000}}};
    remedy.check = domain::Check{{"service.state", {{"unit", "{unit}"}}, base::Duration{1000}},
                                 base::Duration{5000}, base::Duration{500}};
    remedy.undo = {{"service.stop", {{"unit", "{unit}"}}, base::Duration{1000}}};
    return remedy;
}

}  // namespace

TEST(RemedyHashTest, IsTheSameForTheSameContentOnly) {
    auto hashed = whole();
    hashed.hash = "whatever it was before";

    EXPECT_EQ(remedy::content_hash(hashed), remedy::content_hash(whole()));
    EXPECT_EQ(remedy::content_hash(whole()).size(), 64U);
}

// One change per field: a field left out of the text would let two remedies share a hash.
TEST(RemedyHashTest, ChangesWithEveryField) {
    std::vector<std::function<void(domain::Remedy&)>> const changes{
        [](auto& r) { r.v = 2; },
        [](auto& r) { r.name += "x"; },
        [](auto& r) { r.title += "x"; },
        [](auto& r) { r.risk = domain::Risk::risky; },
        [](auto& r) { r.answers[0].signal += "x"; },
        [](auto& r) { r.answers[0].labels["a"] = "c"; },
        [](auto& r) { r.answers.clear(); },
        [](auto& r) { r.subject_kind = domain::SubjectKind::job; },
        [](auto& r) { r.subject_param += "x"; },
        [](auto& r) { r.params[0].name += "x"; },
        [](auto& r) { r.params[0].type = domain::ParamType::word; },
        [](auto& r) { r.params[0].from.push_back("x"); },
        [](auto& r) { r.params[0].otherwise = "y.service"; },
        [](auto& r) { r.params[0].otherwise.reset(); },
        [](auto& r) { r.preconditions.clear(); },
        [](auto& r) { r.preconditions[0].verb += "x"; },
        [](auto& r) { r.steps[0].verb += "x"; },
        [](auto& r) { r.steps[0].args["unit"] = "y"; },
        [](auto& r) { r.steps[0].timeout += base::Duration{1}; },
        [](auto& r) { r.steps.push_back(r.steps[0]); },
        [](auto& r) { r.check.reset(); },
        [](auto& r) { r.check->step.args["is"] = "active"; },
        [](auto& r) { r.check->within += base::Duration{1}; },
        [](auto& r) { r.check->every += base::Duration{1}; },
        [](auto& r) { r.undo.clear(); },
        [](auto& r) { r.timeout += base::Duration{1}; },
    };

    std::set<std::string> hashes{remedy::content_hash(whole())};
    for (auto const& change : changes) {
        auto changed = whole();
        change(changed);
        EXPECT_TRUE(hashes.insert(remedy::content_hash(changed)).second)
            << "change " << hashes.size();
    }
}

TEST(RemedyHashTest, NoTwoRemediesShareAText) {
    auto first = whole();
    auto second = whole();
    first.name = "ab";
    first.title = "c";
    second.name = "a";
    second.title = "bc";
    EXPECT_NE(remedy::canonical(first), remedy::canonical(second));

    first = whole();
    second = whole();
    first.preconditions.clear();
    first.steps.push_back(first.steps[0]);
    second.preconditions = second.steps;
    EXPECT_NE(remedy::canonical(first), remedy::canonical(second));
}
