#include "common/trust/secret_hash.hpp"

#include <gtest/gtest.h>

namespace trust {
namespace {

// sha256("salt" | "secret"), by the sha256sum program.
constexpr char kKnown[] =
    "sha256:73616c74:"
    "bede90386d450cea8b77b822f8887065e4e5abf132c2f9dccfcc7fbd4cba5e35";

TEST(SecretHash, Opens_for_its_secret_only) {
    auto const hash = hash_secret("open sesame");

    EXPECT_TRUE(is_secret_hash(hash));
    EXPECT_TRUE(secret_matches("open sesame", hash));
    EXPECT_FALSE(secret_matches("open sesam", hash));
    EXPECT_FALSE(secret_matches("", hash));
}

TEST(SecretHash, Is_another_one_every_time) {
    EXPECT_NE(hash_secret("x"), hash_secret("x"));
}

TEST(SecretHash, Is_what_sha256sum_says) {
    EXPECT_TRUE(secret_matches("secret", kKnown));
}

// RFC 7914, section 12: scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1).
TEST(SecretHash, Is_what_the_standard_says) {
    EXPECT_TRUE(secret_matches(
        "pleaseletmein",
        "scrypt:14:8:1:536f6469756d43686c6f72696465:"
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"));
}

TEST(SecretHash, Opens_for_nobody_when_malformed) {
    auto const good = hash_secret("x");
    for (auto const& broken :
         {std::string{}, std::string{"x"}, good.substr(0, good.size() - 1), good + "0",
          "bcrypt" + good.substr(6), "scrypt:99" + good.substr(9), "scrypt:0" + good.substr(9),
          "scrypt:14:8:1::" + good.substr(good.size() - 64), "sha256" + good.substr(6)}) {
        EXPECT_FALSE(is_secret_hash(broken)) << broken;
        EXPECT_FALSE(secret_matches("x", broken)) << broken;
    }
}

}  // namespace
}  // namespace trust
