#include "tools/tomte/token_command.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/base/files.hpp"
#include "common/trust/secret_hash.hpp"

namespace tomte {
namespace {

namespace fs = std::filesystem;

class Token : public testing::Test {
  protected:
    Token() {
        auto pattern = (fs::temp_directory_path() / "tomte-token-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        options.file = folder + "/tokens.toml";
        options.name = "grafana";
        options.scopes = {"read", "scrape"};
    }
    ~Token() override { fs::remove_all(folder); }
    std::string text() const { return base::read_file(options.file).value_or("none"); }

    std::string folder;
    TokenOptions options;
};

TEST_F(Token, Is_made_with_a_secret_that_only_its_slow_hash_remembers) {
    auto const secret = create_token(options);
    ASSERT_TRUE(secret) << secret.error().message;
    EXPECT_TRUE(secret->starts_with("tomte_grafana_"));
    EXPECT_EQ(text().find(*secret), std::string::npos);
    auto const at = text().find("scrypt:");
    ASSERT_NE(at, std::string::npos) << text();
    EXPECT_TRUE(trust::secret_matches(*secret, text().substr(at, text().find('"', at) - at)));
    struct stat facts {};
    ASSERT_EQ(::stat(options.file.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    EXPECT_EQ(list_tokens(options.file).value(),
              std::vector<std::string>{"grafana  bearer  read,scrape"});
}

TEST_F(Token, Is_revoked_without_touching_the_others) {
    std::ofstream{options.file} << "# mine\n";
    ASSERT_TRUE(create_token(options));
    options.name = "phone";
    options.user = "ann";
    ASSERT_TRUE(create_token(options));
    options.name = "third";
    ASSERT_TRUE(create_token(options));
    ASSERT_TRUE(revoke_token(options.file, "phone"));
    EXPECT_EQ(list_tokens(options.file).value(),
              (std::vector<std::string>{"grafana  bearer  read,scrape",
                                        "third  basic  read,scrape"}));
    EXPECT_TRUE(text().starts_with("# mine\n"));
    auto const again = revoke_token(options.file, "phone");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::Code::not_found);
}

TEST_F(Token, Is_not_made_twice_nor_with_a_name_or_scope_that_means_nothing) {
    ASSERT_TRUE(create_token(options));
    EXPECT_FALSE(create_token(options));
    options.name = "a\"b";
    EXPECT_FALSE(create_token(options));
    options.name = "b";
    options.scopes = {"everything"};
    EXPECT_FALSE(create_token(options));
    options.scopes = {};
    EXPECT_FALSE(create_token(options));
}

}  // namespace
}  // namespace tomte
