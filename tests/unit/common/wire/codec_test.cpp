#include "common/wire/codec.hpp"

#include <gtest/gtest.h>

#include "common/base/json.hpp"
#include "tests/unit/common/wire/samples.hpp"

namespace {

template <class Message>
void expect_round_trip(Message const& message) {
    auto const text = wire::encode(message);
    EXPECT_TRUE(text.starts_with(R"({"v":1,)")) << text;
    auto const back = wire::decode<Message>(text);
    ASSERT_TRUE(back) << back.error().message << "\n" << text;
    EXPECT_EQ(*back, message) << text;
    EXPECT_EQ(wire::encode(*back), text);
}

}  // namespace

TEST(Codec, Reads_back_every_field_it_wrote) {
    expect_round_trip(samples::command());
    expect_round_trip(samples::line_command());
    expect_round_trip(samples::result());
    expect_round_trip(samples::signal());
    expect_round_trip(samples::cancel());
    expect_round_trip(samples::birth());
    expect_round_trip(samples::welcome());
    expect_round_trip(samples::agent_heartbeat());
    expect_round_trip(samples::coordinator_heartbeat());
    expect_round_trip(samples::coordinator_status());
    expect_round_trip(samples::ack());
    expect_round_trip(samples::telemetry());
    expect_round_trip(samples::batch());
    for (auto const& record : samples::batch().records) expect_round_trip(record);
    expect_round_trip(wire::JournalRecord{1, 3, samples::time(), true, samples::local_fix()});
    expect_round_trip(samples::lease());
    expect_round_trip(samples::journal_ack());
    expect_round_trip(samples::remedies());
    expect_round_trip(samples::reported());
    expect_round_trip(samples::freeze());
    expect_round_trip(samples::approval());
    auto approved = samples::command();
    approved.approval = "a.b.c";
    expect_round_trip(approved);
}

TEST(Codec, Reads_back_what_has_nothing_optional) {
    auto signal = samples::signal();
    signal.subject.reset();
    signal.ends_at.reset();
    signal.labels.clear();
    expect_round_trip(signal);
    auto result = samples::result();
    result.started_at.reset();
    result.finished_at.reset();
    result.steps.clear();
    expect_round_trip(result);
    result.id = "press-1234abcd";
    expect_round_trip(result);
}

TEST(Codec, Reads_back_every_state_and_code) {
    auto ack = samples::ack();
    for (int state = 0; state <= static_cast<int>(domain::CommandState::interrupted); ++state)
        for (int code = 0; code <= static_cast<int>(domain::ResultCode::unsupported); ++code) {
            ack.state = static_cast<domain::CommandState>(state);
            ack.code = static_cast<domain::ResultCode>(code);
            EXPECT_EQ(*wire::decode<wire::Ack>(wire::encode(ack)), ack);
        }
}

TEST(Codec, Keeps_integers_that_a_double_cannot_hold) {
    for (std::int64_t const epoch : {(std::int64_t{1} << 53) - 1, std::int64_t{1} << 53,
                                     (std::int64_t{1} << 53) + 1, INT64_MAX}) {
        auto welcome = samples::welcome();
        welcome.epoch = epoch;
        expect_round_trip(welcome);
    }
    auto welcome = samples::welcome();
    welcome.epoch = INT64_MAX;
    EXPECT_NE(wire::encode(welcome).find(R"("epoch":"9223372036854775807")"), std::string::npos);
}

TEST(Codec, Keeps_durations_to_the_millisecond) {
    for (std::int64_t const ms : {0, 1, 10, 100, 999, 1'000, 1'001, 60'000, 86'399'999}) {
        auto command = samples::command();
        command.limits.timeout = base::Duration{ms};
        expect_round_trip(command);
    }
}

TEST(Codec, Writes_telemetry_flat_for_templates) {
    auto const text = wire::encode(samples::telemetry());
    auto const document = base::json::Document::parse(text);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root()["used_percent"].number(), 12.5);
    EXPECT_EQ(document->root()["group"].string(), "cpu");
}

// What a program printed is not ours: NUL, half a character, and a great deal of it.
TEST(Codec, Makes_every_output_readable_again) {
    auto result = samples::result();
    result.steps[0].output = std::string("a\0b\xFF", 4);
    auto back = wire::decode<domain::CommandResult>(wire::encode(result));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->steps[0].output, "a\xEF\xBF\xBD" "b\xEF\xBF\xBD");

    for (std::string const& filler : {std::string{"x"}, std::string{"\x01"}, std::string{"\""},
                                      std::string{"\xC3\xA9"}, std::string{"\xFF"}}) {
        std::string output;
        while (output.size() < 300'000) output += filler;
        result.detail = output;
        result.steps.assign(10, {"service.restart", 0, output, output.size(), {}});
        result.steps[3].output = "short";
        auto const text = wire::encode(result);
        EXPECT_LT(text.size(), 128U * 1024);
        back = wire::decode<domain::CommandResult>(text);
        ASSERT_TRUE(back) << back.error().message;
        EXPECT_EQ(back->steps[3].output, "short");
        EXPECT_TRUE(back->steps[0].output.ends_with("\xE2\x80\xA6"));
        EXPECT_TRUE(base::json::is_utf8(back->detail));
        EXPECT_EQ(back->steps[0].output_total, output.size());
    }
}

TEST(Codec, Cuts_long_labels_of_a_signal_instead_of_losing_it) {
    auto signal = samples::signal();
    signal.annotations["description"] = std::string(100'000, 'd');
    auto const back = wire::decode<domain::Signal>(wire::encode(signal));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->annotations.at("description").size(), 16U * 1024);
}

TEST(Codec, Shares_its_pieces_with_other_codecs) {
    base::json::Writer w;
    w.begin_object();
    wire::write(w.key("signal"), samples::signal());
    wire::write(w.key("result"), samples::result());
    wire::write(w.key("remedy"), samples::remedy());
    wire::write_object(w.key("labels"), samples::signal().labels);
    w.end_object();
    auto const document = base::json::Document::parse(w.text());
    ASSERT_TRUE(document) << document.error().message;
    auto const root = document->root();
    EXPECT_EQ(wire::read_signal(root["signal"]), samples::signal());
    EXPECT_EQ(wire::read_result(root["result"]), samples::result());
    EXPECT_EQ(wire::read_remedy(root["remedy"]), samples::remedy());
    EXPECT_EQ(wire::read_object(root["labels"]), samples::signal().labels);
    EXPECT_FALSE(wire::read_signal(root["absent"]));
    EXPECT_FALSE(wire::read_object(root["absent"]));
    EXPECT_FALSE(wire::read_object(root["result"]));
}

TEST(Press, Is_the_word_or_an_object) {
    EXPECT_EQ(wire::decode_press("restart-caddy", "PRESS", "fallback-1"),
              (wire::Press{"fallback-1", "restart-caddy", {}}));
    EXPECT_EQ(wire::decode_press("o", R"({"id":"abcd-1234","params":{"unit":"caddy"},"x":1})", "f"),
              (wire::Press{"abcd-1234", "o", {{"unit", "caddy"}}}));
    EXPECT_EQ(wire::decode_press("o", "{}", "fallback-1"), (wire::Press{"fallback-1", "o", {}}));
}

TEST(Press, Of_another_shape_is_refused) {
    for (std::string const payload :
         {"", "press", "PRESS ", R"({"id":"short"})", R"({"id":"has space 12"})", R"({"id":7})",
          R"({"id":"press/12345678"})", R"({"params":{"unit":1}})", R"({"params":[]})",
          R"({"params":{"../x":"a"}})", "[]", R"({"v":2})"})
        EXPECT_FALSE(wire::decode_press("offer", payload, "fallback-1")) << payload;
    EXPECT_FALSE(wire::decode_press("Offer", "PRESS", "fallback-1"));
    EXPECT_FALSE(wire::decode_press("offer", "{\"x\":\"" + std::string(5'000, 'a') + "\"}", "f"));
}
