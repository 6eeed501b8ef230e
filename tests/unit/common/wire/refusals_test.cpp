// Every message is taken with one thing wrong at a time: the decoder must refuse it and name the
// key. A message that passes here with a wrong value is a hole.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/wire/codec.hpp"
#include "tests/unit/common/wire/samples.hpp"

namespace {

struct Wrong {
    std::string from;  // must occur once in the encoded sample
    std::string to;
    std::string names;  // must occur in the refusal
};

std::string with(std::string text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " is not in " << text;
    EXPECT_EQ(text.find(from, at + 1), std::string::npos) << from << " is twice in " << text;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

template <class Message>
void expect_refused(Message const& sample, std::vector<Wrong> const& list) {
    auto const text = wire::encode(sample);
    for (auto const& [from, to, names] : list) {
        auto const result = wire::decode<Message>(with(text, from, to));
        ASSERT_FALSE(result) << to;
        EXPECT_EQ(result.error().code, base::Code::invalid);
        EXPECT_NE(result.error().message.find(names), std::string::npos)
            << to << ": " << result.error().message;
    }
}

template <class Message>
std::string with_unknown_key(Message const& sample) {
    auto text = wire::encode(sample);
    text.back() = ',';
    return text + R"("extra":"x"})";
}

template <class Message>
void expect_closed(Message const& sample) {
    auto const result = wire::decode<Message>(with_unknown_key(sample));
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("'extra' is not a key"), std::string::npos);
}

template <class Message>
void expect_open(Message const& sample) {
    auto const result = wire::decode<Message>(with_unknown_key(sample));
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(*result, sample);
}

// Drops one member at a time; those listed as optional may be missing.
template <class Message>
void expect_all_needed(Message const& sample, std::vector<std::string> const& optional = {}) {
    auto const document = base::json::Document::parse(wire::encode(sample));
    ASSERT_TRUE(document);
    for (auto const& dropped : document->root().children()) {
        base::json::Writer w;
        w.begin_object();
        for (auto const& member : document->root().children())
            if (member.key() != dropped.key()) w.key(member.key()).raw(member.dump());
        auto const result = wire::decode<Message>(w.end_object().text());
        bool const may_lack =
            std::ranges::find(optional, std::string{dropped.key()}) != optional.end();
        EXPECT_EQ(result.has_value(), may_lack) << dropped.key();
    }
}

}  // namespace

TEST(Refusals, Signed_messages_have_no_other_keys) {
    expect_closed(samples::command());
    expect_closed(samples::line_command());
    expect_closed(samples::cancel());
    expect_closed(samples::welcome());
    expect_closed(samples::coordinator_heartbeat());
    expect_closed(samples::remedies());
    expect_closed(samples::lease());
    expect_closed(samples::journal_ack());
    expect_closed(samples::freeze());
    expect_closed(samples::ack());
    expect_closed(samples::result());
    expect_closed(samples::batch());
    for (auto const& record : samples::batch().records) expect_closed(record);
}

TEST(Refusals, Messages_for_people_and_births_may_have_more_keys) {
    expect_open(samples::birth());
    expect_open(samples::agent_heartbeat());
    expect_open(samples::coordinator_status());
    expect_open(samples::telemetry());
    expect_open(samples::reported());
    expect_open(samples::signal());
}

TEST(Refusals, Every_member_is_needed) {
    expect_all_needed(samples::command());
    expect_all_needed(samples::line_command());
    expect_all_needed(samples::cancel());
    expect_all_needed(samples::welcome());
    expect_all_needed(samples::coordinator_heartbeat());
    expect_all_needed(samples::remedies());
    expect_all_needed(samples::lease());
    expect_all_needed(samples::journal_ack());
    expect_all_needed(samples::freeze());
    expect_all_needed(samples::ack());
    expect_all_needed(samples::result(), {"started_at", "finished_at"});
    expect_all_needed(samples::batch());
    for (auto const& record : samples::batch().records) expect_all_needed(record);
    expect_all_needed(samples::birth());
    expect_all_needed(samples::agent_heartbeat());
    expect_all_needed(samples::coordinator_status());
    expect_all_needed(samples::telemetry(), {"used_percent", "load1", "count"});
    expect_all_needed(samples::reported());
    expect_all_needed(samples::signal(), {"subject", "ends_at"});
}

TEST(Refusals, A_command_with_anything_wrong_names_the_key) {
    expect_refused(
        samples::command(),
        {{R"("v":1)", R"("v":2)", "'v'"},
         {R"("v":1)", R"("v":"1")", "'v'"},
         {samples::kId, "01j9zq5y3v8wxkj4m6t7r8p9qa", "'id'"},
         {samples::kId, "81J9ZQ5Y3V8WXKJ4M6T7R8P9QA", "'id'"},
         {samples::kId, "press-12345678", "'id'"},
         {samples::kId, "", "'id'"},
         {R"("host":"nexus")", R"("host":"Nexus")", "'host'"},
         {R"("host":"nexus")", R"("host":"coordinator")", "'host'"},
         {R"("host":"nexus")", R"("host":["nexus"])", "'host'"},
         {R"("incarnation":2)", R"("incarnation":0)", "'incarnation'"},
         {R"("epoch":7)", R"("epoch":-1)", "'epoch'"},
         {R"("epoch":7)", R"("epoch":7.5)", "'epoch'"},
         {R"("epoch":7)", R"("epoch":"7")", "'epoch'"},
         {R"("epoch":7)", R"("epoch":9007199254740993)", "'epoch'"},
         {R"("epoch":7)", R"("epoch":"9223372036854775808")", "'epoch'"},
         {R"("epoch":7)", R"("epoch":"09007199254740993")", "'epoch'"},
         {R"("epoch":7)", R"("epoch":null)", "'epoch'"},
         {R"("session":"3fb2c09e1a")", R"("session":"")", "'session'"},
         {R"("session":"3fb2c09e1a")", R"("session":"a b")", "'session'"},
         {R"("counter":12)", R"("counter":true)", "'counter'"},
         {R"(2026-09-21T14:13:20.123Z)", "2026-09-21T14:13:20Z", "'issued_at'"},
         {R"(2026-09-21T14:13:20.123Z)", "2026-09-21T16:13:20.123+02:00", "'issued_at'"},
         {R"("2026-09-21T14:14:20.123Z")", "1790000060123", "'expires_at'"},
         {samples::kIncident, "1", "'incident'"},
         {R"("attempt":1)", R"("attempt":1001)", "'attempt'"},
         {R"("actor":"coordinator")", R"("actor":")" + std::string(129, 'a') + '"', "'actor'"},
         {R"("reason":"S)", R"("reason":")" + std::string(5'000, 'a'), "'reason'"},
         {R"("remedy":"restart_service")", R"("remedy":"restart service")", "'remedy'"},
         {R"("remedy":"restart_service")", R"("remedy":"../x")", "'remedy'"},
         {samples::digest('a'), samples::digest('A'), "'remedy_hash'"},
         {samples::digest('a'), "", "'remedy_hash'"},
         {R"({"service":"caddy"})", R"({"service":1})", "'params'"},
         {R"({"service":"caddy"})", R"({"Service":"caddy"})", "'params'"},
         {R"({"service":"caddy"})", R"([])", "'params'"},
         {R"("caddy"})", '"' + std::string(1'025, 'a') + "\"}", "'params'"},
         {R"("timeout_s":90.5)", R"("timeout_s":-1)", "'limits.timeout_s'"},
         {R"("timeout_s":90.5)", R"("timeout_s":90.0005)", "'limits.timeout_s'"},
         {R"("timeout_s":90.5)", R"("timeout_s":86401)", "'limits.timeout_s'"},
         {R"("timeout_s":90.5)", R"("timeout_s":"90")", "'limits.timeout_s'"},
         {R"("output_bytes":16384)", R"("output_bytes":65537)", "'limits.output_bytes'"},
         {R"("output_bytes":16384)", R"("output_bytes":1,"x":2)", "'limits.x'"}});
}

TEST(Refusals, A_command_is_a_remedy_or_a_line_and_never_both) {
    expect_refused(samples::line_command(),
                   {{R"("command":"systemctl status \"caddy\"")",
                     R"("command":"true","remedy":"restart_service")", "'remedy'"},
                    {R"("systemctl status \"caddy\"")", R"("")", "'command'"},
                    {R"("systemctl status \"caddy\"")", R"(["true"])", "'command'"},
                    {R"("systemctl status \"caddy\"")", '"' + std::string(4'097, 'a') + '"',
                     "'command'"}});
}

TEST(Refusals, Sessions_and_freezes_with_anything_wrong_name_the_key) {
    expect_refused(samples::welcome(),
                   {{R"("incarnation":2)", R"("incarnation":0)", "'incarnation'"},
                    {R"("wire_version":1)", R"("wire_version":0)", "'wire_version'"},
                    {samples::digest('d'), "d", "'remedies_digest'"}});
    expect_refused(samples::birth(), {{R"("wire_min":1)", R"("wire_min":2)", "'wire_min'"},
                                      {R"("mode":"auto")", R"("mode":"yolo")", "'mode'"},
                                      {R"(["systemd","docker"])", R"(["systemd",1])",
                                       "'capabilities'"},
                                      {R"(["systemd","docker"])", R"({})", "'capabilities'"},
                                      {R"("journal_last":9)", R"("journal_last":-9)",
                                       "'journal_last'"}});
    expect_refused(samples::freeze(), {{R"("site":"home")", R"("site":"a/b")", "'site'"},
                                       {R"("rev":2)", R"("rev":-2)", "'rev'"},
                                       {R"("frozen":true)", R"("frozen":1)", "'frozen'"}});
    expect_refused(samples::agent_heartbeat(),
                   {{R"("cpu_percent":0.25)", R"("cpu_percent":null)", "'cpu_percent'"}});
    expect_refused(samples::coordinator_heartbeat(),
                   {{R"("no_store":true)", R"("no_store":"true")", "'no_store'"}});
    expect_refused(samples::telemetry(), {{R"("group":"cpu")", R"("group":"a/b")", "'group'"},
                                          {"load1", std::string(129, 'l'), "'lll"}});
}

TEST(Refusals, Journals_and_documents_with_anything_wrong_name_the_key) {
    expect_refused(samples::batch(),
                   {{R"("seq":4)", R"("seq":3)", "'records[1].seq'"},
                    {R"("seq":3)", R"("seq":0)", "'records[0].seq'"},
                    {R"("seq":4)", R"("seq":5,"x":1)", "'records[1].x'"},
                    {R"("note":{)", R"("not":{)", "'records[2].note'"},
                    {R"("note":{)", R"("signal":{)", "'records[2].signal."},
                    {R"("state":"failed")", R"("state":"fine")", "'records[1].result.state'"},
                    {R"("exit_code":-9)", R"("exit_code":2147483648)",
                     "'records[1].result.steps[0].exit_code'"},
                    {R"("source":"probe")", R"("source":"rumour")", "'records[0].signal.source'"},
                    {R"("nexus/service/caddy")", R"("nexus/thing/caddy")",
                     "'records[0].signal.subject'"},
                    {R"("9f2d3a1c")", R"("")", "'records[0].signal.fingerprint'"}});
    expect_refused(samples::journal_ack(),
                   {{R"("through_seq":9)", R"("through_seq":-1)", "'through_seq'"}});
    wire::RemediesDocument const one{.rev = 1, .remedies = {samples::remedy()}};
    expect_refused(one, {{R"("risk":"reversible")", R"("risk":"harmless")", "'remedies[0].risk'"},
                         {R"("type":"unit")", R"("type":"path")", "'remedies[0].params[0].type'"},
                         {R"("within_s":30)", R"("within_s":1e9)", "'remedies[0].check.within_s'"},
                         {R"("every_s":0.5)", R"("every_s":0.5,"sh":"x")",
                          "'remedies[0].check.sh'"},
                         {R"([{"signal":"ServiceDown")", R"([7,{"signal":"ServiceDown")",
                          "'remedies[0].answers[0]'"},
                         {samples::digest('b'), "b", "'remedies[0].hash'"}});
}

TEST(Refusals, Lists_have_an_end) {
    auto result = samples::result();
    result.steps.assign(65, {"true", 0, "", 0, {}});
    EXPECT_FALSE(wire::decode<domain::CommandResult>(wire::encode(result)));
    auto signal = samples::signal();
    for (int i = 0; i < 300; ++i) signal.labels["l" + std::to_string(i)] = "x";
    EXPECT_FALSE(wire::decode<domain::Signal>(wire::encode(signal)));
    auto birth = samples::birth();
    birth.offers.assign(65, "offer");
    EXPECT_FALSE(wire::decode<wire::Birth>(wire::encode(birth)));
}

TEST(Refusals, Bytes_that_are_no_message_are_no_message) {
    auto const text = wire::encode(samples::command());
    for (std::size_t cut = 0; cut < text.size(); ++cut)
        EXPECT_FALSE(wire::decode<domain::Command>(text.substr(0, cut))) << cut;
    for (std::string const other : {"null", "[]", "7", "\"x\"", "{}", "{\"v\":1}"})
        EXPECT_FALSE(wire::decode<domain::Command>(other)) << other;
    EXPECT_FALSE(wire::decode<domain::Command>(text + "x"));
    EXPECT_FALSE(wire::decode<domain::Command>(
        with(text, R"("attempt":1)", R"("attempt":1,"attempt":1)")));
    EXPECT_FALSE(wire::decode<domain::Command>(std::string(300'000, ' ') + text));
    EXPECT_FALSE(
        wire::decode<domain::Command>(with(text, R"("attempt":1)", R"("a":[[[[[[[[]]]]]]]])")));
}
