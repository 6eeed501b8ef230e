// The file under the id log: whatever a crash or a bad disk does to it, it opens with exactly what
// was promised, or says that it is damaged.
#include "agent/hand/record_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

std::vector<std::string> const kThree = {"first", std::string(300, 'x'), "third"};

std::string file_with_three(std::string const& path) {
    auto opened = RecordFile::open(path);
    EXPECT_TRUE(opened.has_value());
    for (auto const& record : kThree) EXPECT_TRUE(opened->file->append(record, true));
    opened->file.reset();
    return slurp(path);
}

TEST(RecordFile, Gives_back_what_was_appended) {
    Folder const folder;
    file_with_three(folder / "log");
    auto const again = RecordFile::open(folder / "log");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->records, kThree);
    EXPECT_FALSE(again->created);
    EXPECT_EQ(again->torn_bytes, 0u);
}

TEST(RecordFile, Cut_at_any_byte_it_opens_with_every_record_that_was_whole) {
    Folder const folder;
    auto const whole = file_with_three(folder / "log");
    std::vector<std::size_t> ends{8};
    for (auto const& record : kThree) ends.push_back(ends.back() + 12 + record.size());
    ASSERT_EQ(ends.back(), whole.size());
    for (std::size_t cut = 8; cut <= whole.size(); ++cut) {
        write(folder / "cut", whole.substr(0, cut));
        auto opened = RecordFile::open(folder / "cut");
        ASSERT_TRUE(opened) << cut << ": " << opened.error().message;
        auto const whole_records = std::upper_bound(ends.begin(), ends.end(), cut) - ends.begin();
        auto const expected = static_cast<std::size_t>(whole_records - 1);
        EXPECT_EQ(opened->records.size(), expected) << cut;
        // It goes on behind the last whole record.
        ASSERT_TRUE(opened->file->append("after", true));
        opened->file.reset();
        EXPECT_EQ(RecordFile::open(folder / "cut")->records.back(), "after") << cut;
    }
}

TEST(RecordFile, Says_that_it_is_damaged_for_a_flip_of_any_bit) {
    Folder const folder;
    auto const whole = file_with_three(folder / "log");
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
        write(folder / "flipped", bytes);
        auto const opened = RecordFile::open(folder / "flipped");
        ASSERT_FALSE(opened) << "byte " << at << " flipped and nobody saw it";
        EXPECT_EQ(opened.error().code, base::Code::corrupt) << at;
    }
}

TEST(RecordFile, Cuts_off_the_zeros_a_file_system_left_after_a_power_cut) {
    Folder const folder;
    auto const whole = file_with_three(folder / "log");
    write(folder / "zeros", whole + std::string(4096, '\0'));
    auto const opened = RecordFile::open(folder / "zeros");
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->records, kThree);
    EXPECT_EQ(opened->torn_bytes, 4096u);
}

TEST(RecordFile, Is_one_process_s_at_a_time) {
    Folder const folder;
    auto const first = RecordFile::open(folder / "log");
    auto const second = RecordFile::open(folder / "log");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::Code::busy);
}

TEST(RecordFile, Takes_an_empty_or_foreign_file_for_damaged_not_for_new) {
    Folder const folder;
    write(folder / "empty", "");
    EXPECT_EQ(RecordFile::open(folder / "empty").error().code, base::Code::corrupt);
    write(folder / "foreign", "hello, world");
    EXPECT_EQ(RecordFile::open(folder / "foreign").error().code, base::Code::corrupt);
}

TEST(RecordFile, Leaves_nothing_of_a_record_there_was_no_room_for) {
    Folder const folder;
    auto opened = RecordFile::open(folder / "log");
    ASSERT_TRUE(opened->file->append("before", true));
    // A file size limit is a full disk at the system call: a part of the record still fits.
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    auto const handler = ::signal(SIGXFSZ, SIG_IGN);
    rlimit const full{opened->file->size() + 5, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
    EXPECT_FALSE(opened->file->append("does not fit", true));
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, handler);
    ASSERT_TRUE(opened->file->append("after", true));
    opened->file.reset();
    EXPECT_EQ(RecordFile::open(folder / "log")->records,
              (std::vector<std::string>{"before", "after"}));
}

TEST(Crc32, Is_the_usual_one) { EXPECT_EQ(crc32("123456789"), 0xCBF43926U); }

}  // namespace
}  // namespace hand::bench
