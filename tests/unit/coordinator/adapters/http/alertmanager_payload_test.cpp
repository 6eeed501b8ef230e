#include "coordinator/adapters/http/alertmanager_payload.hpp"

#include <gtest/gtest.h>

#include "common/base/json.hpp"

namespace coordinator::http {
namespace {

// As Alertmanager 0.25 sends it: a group with one firing and one resolved alert.
constexpr char kGroup[] = R"({"receiver":"tomte","status":"firing","alerts":[
 {"status":"firing","labels":{"alertname":"ContainerDown","container":"caddy","host":"nexus",
   "severity":"critical"},"annotations":{"summary":"caddy is down"},
  "startsAt":"2026-11-25T10:00:00.123456789+01:00","endsAt":"0001-01-01T00:00:00Z",
  "generatorURL":"http://p/graph?g0.expr=up","fingerprint":"c5f1a7e2d3b4a590"},
 {"status":"resolved","labels":{"alertname":"ContainerDown","container":"redis","host":"nexus"},
  "annotations":{},"startsAt":"2026-11-25T09:00:00Z","endsAt":"2026-11-25T09:30:00Z",
  "generatorURL":"","fingerprint":"77aa"}],
 "groupLabels":{"alertname":"ContainerDown"},"commonLabels":{},"commonAnnotations":{},
 "externalURL":"http://a","version":"4","groupKey":"{}:{alertname=\"ContainerDown\"}",
 "truncatedAlerts":0})";

std::string one_alert(std::string const& members) {
    return R"({"version":"4","alerts":[{"status":"firing",)" + members + "}]}";
}

domain::Signal only_signal(std::string const& body) {
    auto const read = parse_alertmanager(body);
    EXPECT_TRUE(read) << read.error().message;
    if (!read || read->size() != 1 || !std::holds_alternative<domain::Signal>(read->front())) {
        ADD_FAILURE() << body;
        return {};
    }
    return std::get<domain::Signal>(read->front());
}

std::string only_refusal(std::string const& body) {
    auto const read = parse_alertmanager(body);
    if (!read || read->size() != 1 || !std::holds_alternative<RefusedAlert>(read->front())) {
        ADD_FAILURE() << body;
        return {};
    }
    return std::get<RefusedAlert>(read->front()).reason;
}

TEST(AlertmanagerPayload, Reads_a_group_with_firing_and_resolved_alerts) {
    auto const read = parse_alertmanager(kGroup);

    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2u);
    auto const& down = std::get<domain::Signal>((*read)[0]);
    EXPECT_TRUE(down.firing);
    EXPECT_EQ(down.name, "ContainerDown");
    EXPECT_EQ(down.severity, "critical");
    EXPECT_EQ(down.fingerprint, "c5f1a7e2d3b4a590");
    EXPECT_EQ(down.labels.at("container"), "caddy");
    EXPECT_EQ(base::to_rfc3339(down.starts_at), "2026-11-25T09:00:00.123Z");
    EXPECT_FALSE(down.ends_at);
    auto const& up = std::get<domain::Signal>((*read)[1]);
    EXPECT_FALSE(up.firing);
    EXPECT_EQ(up.severity, "warning");
    EXPECT_EQ(base::to_rfc3339(up.ends_at.value()), "2026-11-25T09:30:00.000Z");
}

// The second value was given by Alertmanager 0.25 for these labels.
TEST(AlertmanagerPayload, Computes_the_fingerprint_that_Alertmanager_would) {
    EXPECT_EQ(fingerprint_of({}), "cbf29ce484222325");
    auto const signal = only_signal(
        one_alert(R"("labels":{"severity":"page","alertname":"Down","instance":"n:9100"})"));
    EXPECT_EQ(signal.fingerprint, "b3a9c7b874001767");
}

TEST(AlertmanagerPayload, Keeps_series_apart_whose_joined_labels_read_the_same) {
    EXPECT_NE(fingerprint_of({{"a", "bc"}}), fingerprint_of({{"ab", "c"}}));
    EXPECT_NE(fingerprint_of({{"a", "b"}, {"c", "d"}}), fingerprint_of({{"a", "bcd"}}));
}

TEST(AlertmanagerPayload, Does_not_take_a_fingerprint_that_is_no_plain_word) {
    for (auto const* sent : {"''; drop table incidents; --", "../../etc", "", "a b"}) {
        std::string member = R"("labels":{"alertname":"A"},"fingerprint":)";
        base::json::append_quoted(member, sent);
        EXPECT_EQ(only_signal(one_alert(member)).fingerprint,
                  fingerprint_of({{"alertname", "A"}}))
            << sent;
    }
}

TEST(AlertmanagerPayload, Keeps_labels_that_look_like_SQL_as_they_are) {
    auto const signal = only_signal(one_alert(
        R"("labels":{"alertname":"A'); DROP TABLE incidents;--","host":"x' OR '1'='1"})"));

    EXPECT_EQ(signal.name, "A'); DROP TABLE incidents;--");
    EXPECT_EQ(signal.labels.at("host"), "x' OR '1'='1");
}

TEST(AlertmanagerPayload, Turns_control_characters_into_spaces_but_keeps_the_identity) {
    auto const signal = only_signal(one_alert(
        R"("labels":{"alertname":"A","host":"nex\u001b[31mus\r\n"},)"
        R"("annotations":{"summary":"one\ntwo\u0007"})"));

    EXPECT_EQ(signal.labels.at("host"), "nex [31mus  ");
    EXPECT_EQ(signal.annotations.at("summary"), "one\ntwo ");
    EXPECT_EQ(signal.fingerprint,
              fingerprint_of({{"alertname", "A"}, {"host", "nex\x1b[31mus\r\n"}}));
}

TEST(AlertmanagerPayload, Cuts_a_long_annotation_between_characters) {
    std::string long_text;
    while (long_text.size() < 100'000) long_text += "ü";
    auto const signal = only_signal(
        one_alert(R"("labels":{"alertname":"A"},"annotations":{"description":"x)" + long_text +
                  "\"}"));

    auto const& cut = signal.annotations.at("description");
    EXPECT_LE(cut.size(), kAnnotationBytesMax + 3);
    EXPECT_TRUE(base::json::is_utf8(cut));
    EXPECT_TRUE(cut.ends_with("…"));
}

TEST(AlertmanagerPayload, Refuses_one_alert_with_its_reason) {
    EXPECT_EQ(only_refusal(one_alert(R"("labels":{"host":"x"})")), "there is no label alertname");
    EXPECT_EQ(only_refusal(one_alert(R"("labels":[])")), "labels is not an object");
    EXPECT_EQ(only_refusal(one_alert(R"("labels":{"alertname":"A","n":1})")),
              "labels: 'n' is not a string");
    EXPECT_EQ(only_refusal(one_alert(R"("labels":{"alertname":"A"},"startsAt":"yesterday")")),
              "startsAt is not a time");
    EXPECT_EQ(only_refusal(one_alert(R"("labels":{"alertname":"A"},"endsAt":7)")),
              "endsAt is not a string");
    EXPECT_EQ(only_refusal(R"({"alerts":[{"labels":{"alertname":"A"}}]})"),
              "status is neither \"firing\" nor \"resolved\"");
    EXPECT_EQ(only_refusal(one_alert(R"("labels":{"alertname":"A","long":")" +
                                     std::string(kLabelBytesMax + 1, 'x') + "\"}")),
              "labels: 'long' is longer than 4096 bytes");
    std::string many = R"("labels":{"alertname":"A")";
    for (std::size_t i = 0; i < kLabelsMax; ++i)
        many += ",\"l" + std::to_string(i) + "\":\"\"";
    EXPECT_EQ(only_refusal(one_alert(many + "}")), "more than 64 labels");
}

TEST(AlertmanagerPayload, Refuses_more_alerts_and_deeper_nesting_than_anybody_sends) {
    std::string many = R"({"alerts":[{})";
    for (std::size_t i = 0; i < kAlertsMax; ++i) many += ",{}";
    EXPECT_FALSE(parse_alertmanager(many + "]}"));

    auto const deep =
        parse_alertmanager("{\"alerts\":" + std::string(100, '[') + std::string(100, ']') + "}");
    ASSERT_FALSE(deep);
    EXPECT_TRUE(deep.error().message.starts_with("malformed JSON"));
}

}  // namespace
}  // namespace coordinator::http
