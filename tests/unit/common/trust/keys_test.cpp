#include "common/trust/keys.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "common/trust/hash.hpp"

using trust::PrivateKey;
using trust::PublicKey;

namespace {

class KeyFile : public testing::Test {
  protected:
    void SetUp() override { std::filesystem::create_directory(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("tomte-keys-" + trust::random_token());
    std::string path_ = (folder_ / "host.key").string();
};

constexpr auto kRsaPublicKey = R"(-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANydFFIgBnKkvdqOBAihSv33Bu/9cINT
9Yk8nMJSWlwz1cLEzQalkJ3NvddfSjJCuCt105NA9ldxPT8ALuRqcusCAwEAAQ==
-----END PUBLIC KEY-----
)";

// secp256k1: the right kind of key on another curve.
constexpr auto kOtherCurve = R"(-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEG3G331ljACtcoFQLPSzxVQYRBaRJ4izt
d/R3nNREYANxQYsqrCSsmjgIPzdzQDJi98DvYNiAfJreibJKA6gHYA==
-----END PUBLIC KEY-----
)";

}  // namespace

TEST(Keys, Come_back_from_their_PEM_with_the_same_id) {
    auto const key = PrivateKey::generate();
    auto const again = PrivateKey::from_pem(key.to_pem());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->public_key().id(), key.public_key().id());
    auto const half = PublicKey::from_pem(key.public_key().to_pem());
    ASSERT_TRUE(half) << half.error().message;
    EXPECT_EQ(half->id(), key.public_key().id());
    EXPECT_EQ(half->id().size(), 16U);
    EXPECT_NE(PrivateKey::generate().public_key().id(), key.public_key().id());
}

TEST(Keys, Verify_only_their_own_signature_over_the_same_bytes) {
    auto const key = PrivateKey::generate();
    auto const other = PrivateKey::generate();
    auto const signature = key.sign("restart caddy");
    EXPECT_EQ(signature.size(), 64U);
    EXPECT_TRUE(key.public_key().verify("restart caddy", signature));
    EXPECT_FALSE(key.public_key().verify("restart Caddy", signature));
    EXPECT_FALSE(other.public_key().verify("restart caddy", signature));
    EXPECT_FALSE(key.public_key().verify("restart caddy", signature.substr(0, 63)));
    EXPECT_FALSE(key.public_key().verify("restart caddy", signature + '\0'));
    EXPECT_FALSE(key.public_key().verify("restart caddy", std::string(64, '\0')));
    for (std::size_t i = 0; i < signature.size(); ++i) {
        auto bent = signature;
        bent[i] = static_cast<char>(bent[i] ^ 1);
        EXPECT_FALSE(key.public_key().verify("restart caddy", bent)) << i;
    }
}

TEST(Keys, Of_another_kind_or_damaged_are_refused) {
    EXPECT_FALSE(PublicKey::from_pem(""));
    EXPECT_FALSE(
        PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
    auto const rsa = PublicKey::from_pem(kRsaPublicKey);
    ASSERT_FALSE(rsa);
    EXPECT_EQ(rsa.error().message, "not a P-256 public key");
    auto const curve = PublicKey::from_pem(kOtherCurve);
    ASSERT_FALSE(curve);
    EXPECT_EQ(curve.error().message, "not a P-256 public key");
    EXPECT_FALSE(PrivateKey::from_pem(PrivateKey::generate().public_key().to_pem()));
    EXPECT_FALSE(PublicKey::from_pem(PrivateKey::generate().to_pem()));
}

TEST(Keys, May_be_used_by_several_threads_at_once) {
    auto const key = PrivateKey::generate();
    std::vector<std::jthread> threads;
    std::vector<int> good(4);
    for (std::size_t t = 0; t < good.size(); ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                auto const text = std::to_string(i);
                good[t] += key.public_key().verify(text, key.sign(text)) ? 1 : 0;
            }
        });
    threads.clear();
    EXPECT_EQ(good, (std::vector<int>{50, 50, 50, 50}));
}

TEST_F(KeyFile, Is_written_for_its_owner_only_and_replaces_the_old_one_whole) {
    auto const first = PrivateKey::generate();
    auto const second = PrivateKey::generate();
    ASSERT_TRUE(first.save(path_));
    ASSERT_TRUE(second.save(path_));
    struct stat facts {};
    ASSERT_EQ(stat(path_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, 0600U);
    auto const loaded = PrivateKey::load(path_);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->public_key().id(), second.public_key().id());
    auto const entries = std::distance(std::filesystem::directory_iterator{folder_}, {});
    EXPECT_EQ(entries, 1) << "a temporary file was left behind";
}

TEST_F(KeyFile, That_others_may_read_or_write_is_refused_with_the_command_to_run) {
    ASSERT_TRUE(PrivateKey::generate().save(path_));
    for (mode_t const mode : {0640U, 0604U, 0620U, 0602U, 0610U}) {
        ASSERT_EQ(chmod(path_.c_str(), mode), 0);
        auto const loaded = PrivateKey::load(path_);
        ASSERT_FALSE(loaded) << mode;
        EXPECT_EQ(loaded.error().code, base::Code::denied);
        EXPECT_NE(loaded.error().message.find("chmod 600 " + path_), std::string::npos);
    }
    ASSERT_EQ(chmod(path_.c_str(), 0400), 0);
    EXPECT_TRUE(PrivateKey::load(path_));
}

TEST_F(KeyFile, That_is_missing_huge_or_no_file_is_refused_by_name) {
    auto const missing = PrivateKey::load(path_);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, base::Code::not_found);
    EXPECT_NE(missing.error().message.find(path_), std::string::npos);
    EXPECT_FALSE(PrivateKey::load(folder_.string()));
    ASSERT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
    EXPECT_FALSE(PrivateKey::load((folder_ / "fifo").string()));
    std::ofstream{path_} << std::string(100'000, 'A');
    ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
    auto const huge = PrivateKey::load(path_);
    ASSERT_FALSE(huge);
    EXPECT_NE(huge.error().message.find("too large"), std::string::npos);
}

TEST_F(KeyFile, Of_a_public_key_may_be_read_by_everybody) {
    auto const key = PrivateKey::generate().public_key();
    std::ofstream{path_} << key.to_pem();
    ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
    auto const loaded = PublicKey::load(path_);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->id(), key.id());
}

TEST_F(KeyFile, Cannot_be_saved_into_a_folder_that_is_not_there) {
    EXPECT_FALSE(PrivateKey::generate().save((folder_ / "none" / "x.key").string()));
}
