#include "agent/hand/redactor.hpp"

#include <gtest/gtest.h>

namespace hand {
namespace {

std::string red(std::string const& text) { return redacted(PatternRedactor{}, text); }

TEST(Redactor, Takes_out_secrets_of_every_kind_it_knows) {
    // The secret is always "S3cr3tValue…" so that one search shows a leak.
    std::string const secret = "S3cr3tValue0123456789";
    std::vector<std::string> const texts = {
        "DB_PASSWORD=" + secret,
        "export API_KEY='" + secret + "'",
        "PGPASSWORD=" + secret + " psql",
        "password: " + secret,
        "password: two words " + secret,
        "\"client_secret\": \"" + secret + "\", \"x\": 1",
        "{\"token\":\"" + secret + "\"}",
        "Authorization: Bearer " + secret,
        "authorization: Basic " + secret,
        "curl -H 'Authorization: token " + secret + "' http://x",
        "Cookie: session=" + secret,
        "sent Bearer " + secret + " upstream",
        "mysql --password " + secret,
        "mysql --password=" + secret,
        "postgres://user:" + secret + "@db/x",
        "https://" + secret + "@github.com/a/b",
        "https://h/x?access_token=" + secret + "&y=1",
        "ghp_" + secret,
        "glpat-" + secret,
        "sk-ant-api03-" + secret,
        "AKIA" + secret,
        "eyJhbGciOi." + secret + "." + secret,
        "-----BEGIN EC PRIVATE KEY-----\n" + secret + "\n-----END EC PRIVATE KEY-----\nafter",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n" + secret,
        "PrivateKey = " + secret,
        "PresharedKey = " + secret,
        "a blob: Qm9" + secret + "xYz81kLmNoPqRs",
    };
    for (auto const& text : texts)
        EXPECT_EQ(red(text).find("S3cr3tValue"), std::string::npos) << text << "\n-> " << red(text);
}

TEST(Redactor, Keeps_what_is_no_secret) {
    for (std::string const text : {
             "Filesystem      Size  Used Avail Use% Mounted on",
             "/dev/vda        252G   12G   80G  13% /",
             "● nginx.service - A high performance web server and a reverse proxy server",
             "   Loaded: loaded (/lib/systemd/system/nginx.service; enabled; preset: enabled)",
             "Active: active (running) since Wed 2026-11-25 09:41:08 UTC; 1h ago",
             "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
             "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
             "http://127.0.0.1:8400/api/v1/incidents?state=open",
             "-----BEGIN CERTIFICATE-----",
             "monkey: banana",
         })
        EXPECT_EQ(red(text), text);
}

TEST(Redactor, Goes_on_after_a_key_block) {
    EXPECT_EQ(red("before\n-----BEGIN RSA PRIVATE KEY-----\nabc\n"
                  "-----END RSA PRIVATE KEY-----\nafter"),
              "before\n[redacted]\nafter");
}

TEST(Redactor, Withholds_the_text_when_it_cannot_check_it) {
    EXPECT_EQ(red(std::string(2 * 1024 * 1024, 'a')), kWithheld);
}

}  // namespace
}  // namespace hand
