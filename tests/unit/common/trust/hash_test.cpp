#include "common/trust/hash.hpp"

#include <gtest/gtest.h>

#include <set>

TEST(Sha256, Matches_the_examples_of_FIPS_180_4) {
    EXPECT_EQ(trust::sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(trust::sha256_hex(""),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Base64url, Matches_RFC_4648_without_padding_and_comes_back) {
    EXPECT_EQ(trust::to_base64url("f"), "Zg");
    EXPECT_EQ(trust::to_base64url("fo"), "Zm8");
    EXPECT_EQ(trust::to_base64url("foobar"), "Zm9vYmFy");
    EXPECT_EQ(trust::to_base64url("\xFB\xFF"), "-_8");
    for (std::size_t size = 0; size < 70; ++size) {
        auto const bytes = trust::random_bytes(size);
        EXPECT_EQ(trust::from_base64url(trust::to_base64url(bytes)), bytes);
    }
}

TEST(Base64url, Has_one_spelling_for_one_value) {
    for (auto const* text : {"Zg==", "Zm8=", "Zh", "Zm9", "Z", "Zm 8", "Zm8\n", "+/8", "Zg."})
        EXPECT_FALSE(trust::from_base64url(text)) << text;
}

TEST(RandomBytes, Are_as_many_as_asked_and_never_the_same) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) seen.insert(trust::random_token());
    EXPECT_EQ(seen.size(), 100U);
    EXPECT_EQ(seen.begin()->size(), 32U);
    EXPECT_EQ(trust::random_bytes(1000).size(), 1000U);
}

TEST(Chain, Depends_on_every_row_before) {
    EXPECT_EQ(trust::chain_start(), std::string(64, '0'));
    auto const one = trust::chain_next(trust::chain_start(), "row 1");
    EXPECT_EQ(one, trust::sha256_hex(std::string(64, '0') + "|row 1"));
    auto const other = trust::chain_next(trust::chain_start(), "row 1'");
    EXPECT_NE(trust::chain_next(one, "row 2"), trust::chain_next(other, "row 2"));
}

TEST(ConstantTime, Says_equal_only_of_equal_texts) {
    EXPECT_TRUE(trust::equal_in_constant_time("", ""));
    EXPECT_TRUE(trust::equal_in_constant_time("secret", "secret"));
    EXPECT_FALSE(trust::equal_in_constant_time("secret", "secreT"));
    EXPECT_FALSE(trust::equal_in_constant_time("secret", "secre"));
    EXPECT_FALSE(trust::equal_in_constant_time("\x01", "\x81"));
}
