// Rows and events of the store: what goes in comes out, and what is wrong is refused.
#include <gtest/gtest.h>

#include "coordinator/adapters/event_codec.hpp"
#include "coordinator/adapters/row_codec.hpp"
#include "tests/fakes/sample_rows.hpp"

namespace coordinator {
namespace {

TEST(RowCodec, Gives_back_every_field_of_every_row) {
    EXPECT_EQ(decode_signal_row(encode_row(fakes::sample_signal_row())).value(),
              fakes::sample_signal_row());
    auto incident = fakes::sample_incident();
    incident.closed_at = fakes::at(20);
    EXPECT_EQ(decode_incident(encode_row(incident)).value(), incident);
    EXPECT_EQ(decode_attempt(encode_row(fakes::sample_attempt())).value(),
              fakes::sample_attempt());
    EXPECT_EQ(decode_command_row(encode_row(fakes::sample_command())).value(),
              fakes::sample_command());
    EXPECT_EQ(decode_host_row(encode_row(fakes::sample_host())).value(), fakes::sample_host());
    std::vector<Record> const records{{"plan", "i", "nexus", "text", {{"a", "b"}}}, {}};
    EXPECT_EQ(decode_records(encode_records(records)).value(), records);
}

TEST(RowCodec, Gives_back_rows_without_their_optional_fields) {
    EXPECT_EQ(decode_incident(encode_row(domain::Incident{})).value(), domain::Incident{});
    auto command = fakes::sample_command();
    command.command.order = domain::LineOrder{"true"};
    command.result.reset();
    command.resend_at.reset();
    EXPECT_EQ(decode_command_row(encode_row(command)).value(), command);
}

TEST(RowCodec, Writes_no_text_that_it_could_not_read_again) {
    auto host = fakes::sample_host();
    host.version = std::string("a\0b", 3);
    host.boot_id = "\xff\xfe";
    EXPECT_TRUE(decode_host_row(encode_row(host)));
}

TEST(RowCodec, Keeps_numbers_that_JSON_cannot_hold_exactly) {
    auto row = fakes::sample_command();
    for (auto const number : {std::int64_t{1} << 53, (std::int64_t{1} << 53) + 1, INT64_MAX,
                              INT64_MIN, std::int64_t{-1}}) {
        row.command.counter = number;
        row.result->steps[0].output_total = static_cast<std::uint64_t>(number);
        EXPECT_EQ(decode_command_row(encode_row(row)).value(), row) << number;
    }
}

TEST(RowCodec, Names_the_field_that_is_wrong) {
    auto text = encode_row(fakes::sample_command());
    auto const place = text.find("\"timeout\":9000");
    ASSERT_NE(place, std::string::npos);
    text.replace(place, 14, "\"timeout\":\"90\"");
    auto const row = decode_command_row(text);
    ASSERT_FALSE(row);
    EXPECT_EQ(row.error().code, base::Code::corrupt);
    EXPECT_NE(row.error().message.find("command.limits.timeout"), std::string::npos)
        << row.error().message;
}

TEST(RowCodec, Refuses_unknown_enum_values_versions_and_missing_hosts) {
    for (auto const* text : {R"({"v":1,"state":"dreaming"})", R"({"v":2})", R"({})", "[]", "{"})
        EXPECT_FALSE(decode_incident(text)) << text;
    EXPECT_FALSE(decode_host_row(R"({"v":1})"));
    EXPECT_FALSE(decode_host_row(R"({"v":1,"host":"No Such Id"})"));
}

std::vector<Event> every_event() {
    auto const host = fakes::host_id();
    auto const signal = fakes::sample_signal();
    return {
        Started{7},
        SignalsArrived{3, {signal, fakes::sample_signal("f2")}},
        JournalArrived{host,
                       {{1, fakes::at(1), signal},
                        {2, fakes::at(2), fakes::sample_result()},
                        {3, fakes::at(3), HostNote{"kind", "text"}},
                        {4, fakes::at(4),
                         domain::LocalFix{fakes::sample_result(), "f1", {"r", "h", {}}}}}},
        HostBorn{host, "s", "b", "0.1", "auto", "p", "r", {"systemd"}, {"offer"}, 3, 9},
        HostAvailability{host, true},
        HostBeat{host},
        CommandAcknowledged{host, "id", domain::CommandState::rejected,
                            domain::ResultCode::frozen, "d"},
        DocumentReported{host, "remedies", 4, "digest", true, "why"},
        CommandOrdered{5, "any text", domain::RemedyOrder{"r", "h", {{"a", "b"}}}, false, "me",
                       "why", base::Duration{77}, true},
        CommandOrdered{6, "nexus", domain::LineOrder{"df -h"}, true, "me", "", base::Duration{1}},
        MetricsAnswered{"i", MetricsAnswer::unknown},
        AdvisorAnswered{"i", {"r", "h", {}}, "because"},
        AdvisorFailed{"i", "away"},
        TimerFired{},
        ApprovalArrived{9, "id", "nexus", "hash", fakes::at(20), true, "me", "why", "key", "a.b.c"},
        FreezeOrdered{8, 9, false, "why", "me", "a.b.c"},
        LeaseOrdered{9, "nexus", {"restart_service"}, 6, base::Duration{1'000}, "me"},
        HostEnrolled{host, 3, {"nexus.lan"}},
        HostRevoked{host},
        HostHead{host, 9, std::string(64, 'a'), "a.b.c"},
    };
}

TEST(EventCodec, Gives_back_every_event) {
    std::vector<bool> seen(std::variant_size_v<Event>);
    for (auto const& event : every_event()) {
        auto const again = decode_event(event_kind(event), encode_event(event));
        ASSERT_TRUE(again) << event_kind(event) << ": " << again.error().message;
        EXPECT_EQ(*again, event) << event_kind(event);
        seen[event.index()] = true;
    }
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_TRUE(seen[i]) << "no sample of " << i;
}

TEST(EventCodec, Refuses_an_unknown_kind_and_version) {
    EXPECT_FALSE(decode_event("moon_landing", R"({"v":1})"));
    EXPECT_FALSE(decode_event("started", R"({"v":9,"epoch":1})"));
    EXPECT_FALSE(decode_event("started", R"({"v":1,"epoch":"x"})"));
    EXPECT_FALSE(decode_event("host_beat", R"({"v":1})"));
}

}  // namespace
}  // namespace coordinator
