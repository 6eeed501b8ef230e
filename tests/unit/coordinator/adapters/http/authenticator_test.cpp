#include "coordinator/adapters/http/authenticator.hpp"

#include <gtest/gtest.h>

#include "common/trust/secret_hash.hpp"

namespace coordinator::http {
namespace {

using Answer = Admission::Answer;

Authenticator two_tokens() {
    return Authenticator{{
        {"alertmanager", "alertmanager", {Scope::webhook}, trust::hash_secret("open sesame")},
        {"admin", "", {Scope::admin}, trust::hash_secret("t0ken")},
    }};
}

std::string token_text(std::string const& members) {
    return "[[token]]\nname=\"n\"\nhash=\"" + trust::hash_secret("x") + "\"\n" + members;
}

TEST(Authenticator, Knows_a_user_by_password_whatever_the_case_of_the_scheme) {
    auto const authenticator = two_tokens();
    // alertmanager:open sesame
    for (auto const* header : {"Basic YWxlcnRtYW5hZ2VyOm9wZW4gc2VzYW1l",
                               "basic YWxlcnRtYW5hZ2VyOm9wZW4gc2VzYW1l"}) {
        auto const admission = authenticator.admit(header, {Scope::webhook});
        EXPECT_EQ(admission.answer, Answer::allowed);
        EXPECT_EQ(admission.name, "alertmanager");
    }
}

TEST(Authenticator, Lets_admin_do_everything_and_others_only_their_scope) {
    auto const authenticator = two_tokens();

    EXPECT_EQ(authenticator.admit("Bearer t0ken", {Scope::act}).answer, Answer::allowed);
    EXPECT_EQ(authenticator
                  .admit("Basic YWxlcnRtYW5hZ2VyOm9wZW4gc2VzYW1l", {Scope::read, Scope::act})
                  .answer,
              Answer::forbidden);
}

TEST(Authenticator, Knows_nobody_by_a_broken_header) {
    auto const authenticator = two_tokens();
    for (auto const* header :
         {"", "Bearer", "Bearer ", "Bearer t0ke", "Bearer t0kenn", "t0ken", "Digest t0ken",
          "Basic t0ken", "Basic !!!!", "Basic OnQwa2Vu", "Basic YWxlcnRtYW5hZ2Vy"})
        EXPECT_EQ(authenticator.admit(header, {Scope::webhook}).answer, Answer::unknown) << header;
    EXPECT_EQ(authenticator.admit("Bearer " + std::string(100'000, 'x'), {Scope::read}).answer,
              Answer::unknown);
}

// A bearer token must not open by being sent as the password of a user without a name.
TEST(Authenticator, Does_not_mix_passwords_and_tokens) {
    auto const authenticator = two_tokens();

    EXPECT_EQ(authenticator.admit("Bearer open sesame", {Scope::webhook}).answer, Answer::unknown);
    EXPECT_EQ(authenticator.admit("Basic OnQwa2Vu", {Scope::read}).answer, Answer::unknown);
}

TEST(Authenticator, Says_where_the_tokens_file_is_wrong) {
    auto const wrong = [](std::string const& text) {
        auto const parsed = Authenticator::parse(text, "tokens.toml");
        return parsed ? std::string{"accepted"} : parsed.error().message;
    };
    EXPECT_NE(wrong("").find("nobody could ask"), std::string::npos);
    EXPECT_NE(wrong(token_text("kind=\"bearer\"\nscope=[\"reed\"]")).find("unknown scope 'reed'"),
              std::string::npos);
    EXPECT_NE(wrong(token_text("kind=\"bearer\"\nscope=[]")).find("scope names nothing"),
              std::string::npos);
    EXPECT_NE(wrong(token_text("kind=\"basic\"\nscope=[\"read\"]")).find("a basic token has"),
              std::string::npos);
    EXPECT_NE(wrong(token_text("kind=\"cookie\"\nscope=[\"read\"]")).find("kind must be"),
              std::string::npos);
    EXPECT_NE(wrong(token_text("kind=\"bearer\"\nscop=[\"read\"]")).find("did you mean 'scope'"),
              std::string::npos);
    EXPECT_NE(wrong("[[token]]\nname=\"n\"\nkind=\"bearer\"\nscope=[\"read\"]\nhash=\"plain\"")
                  .find("hash must be"),
              std::string::npos);
    EXPECT_EQ(wrong(token_text("kind=\"bearer\"\nscope=[\"read\"]")), "accepted");
}

}  // namespace
}  // namespace coordinator::http
