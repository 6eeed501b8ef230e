#include "common/redact/redact.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/unit/common/redact/planted.hpp"

namespace redact {
namespace {

std::uint64_t seed() {
    auto const* given = std::getenv("TOMTE_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

// The ways in which a program's words come to us.
std::vector<std::string> channels(std::string const& text) {
    return {
        "starting up\n" + text + "\nall done\n",                     // output
        "2026-11-25T10:00:00Z app[77]: error near: " + text + "\r\n",  // a log line, an error
        "cannot run ['tool', '-x', '" + text + "']: no such file",   // argv in an error message
        "<14>1 warn \"cause\": \"x\" detail: " + text,                 // a structured message
    };
}

TEST(Redact, Lets_none_of_500_planted_secrets_through_any_channel) {
    auto const began = seed();
    std::cout << planted::Maker::kind_count() << " kinds, seed " << began << "\n";
    planted::Maker maker{began};
    int leaks = 0;
    for (std::size_t i = 0; i < 504; ++i) {
        auto const secret = maker.make(i);
        bool const lines = secret.text.find('\n') != std::string::npos;
        auto texts = channels(secret.text);
        // What must stand alone on its lines is printed so.
        if (lines || secret.kind == "pgpass") texts = {texts[0], secret.text, secret.text + "\n"};
        for (auto const& text : texts) {
            auto const clean = redacted(text);
            for (auto const& leak : secret.leaks) {
                // Also no half of it.
                auto const half = leak.substr(leak.size() / 2);
                if (clean.find(leak) == clean.npos &&
                    (half.size() < 6 || clean.find(half) == clean.npos))
                    continue;
                ++leaks;
                ADD_FAILURE() << secret.kind << ": " << text << "\n-> " << clean;
            }
        }
    }
    EXPECT_EQ(leaks, 0);
}

std::vector<std::string> words_of(std::string const& text) {
    std::istringstream stream{text};
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

TEST(Redact, Takes_less_than_two_of_a_hundred_words_out_of_ordinary_output) {
    std::ifstream file{std::string{TOMTE_SOURCE_DIR} + "/tests/data/redact/benign.txt"};
    ASSERT_TRUE(file);
    std::stringstream all;
    all << file.rdbuf();
    auto const text = all.str();
    auto const words = words_of(text);
    ASSERT_GT(words.size(), 2'000U);
    std::size_t lost = 0;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        auto const clean = redacted(line);
        auto const before = words_of(line);
        auto const after = words_of(clean);
        std::size_t kept = 0;
        for (auto const& word : after)
            if (word.find(kRedacted) == word.npos) ++kept;
        if (kept < before.size()) {
            lost += before.size() - kept;
            std::cout << "- " << line << "\n+ " << clean << "\n";
        }
    }
    std::cout << lost << " of " << words.size() << " words\n";
    EXPECT_LT(lost * 100, words.size() * 2);
}

TEST(Redact, Keeps_what_is_no_secret) {
    for (std::string const text : {
             "Filesystem      Size  Used Avail Use% Mounted on",
             "● nginx.service - A high performance web server and a reverse proxy server",
             "Active: active (running) since Wed 2026-11-25 09:41:08 UTC; 1h ago",
             "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
             "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
             "/var/lib/docker/overlay2/1c9ef3a0b7d2e4f6981c9ef3a0b7d2e4f6981c9ef3a0b7d2/merged",
             "http://127.0.0.1:8400/api/v1/incidents?state=open",
             "-----BEGIN CERTIFICATE-----",
             "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHZ8vDk3jR2m5Qx1TnLw9pYc4oBe7sUa6gFh0iJkMlNq a@b",
             "256 SHA256:b7sUa6gFh0iJkMlNqZ8vDk3jR2m5Qx1TnLw9pYc4oBe a@b (ED25519)",
             "Failed password for invalid user admin from 10.0.0.7 port 51112 ssh2",
             "password_file=/run/secrets/db max_tokens=4096 token_ttl: 3600",
             "no basic authentication configured",
             "password=null secret: \"\" token=true",
             "/usr/lib/x86_64-linux-gnu/libsystemd-shared-252.so",
             "org.freedesktop.NetworkManager.Connection.Active",
             "dev-disk-by\\x2duuid-3f2504e0\\x2d4f89\\x2d11d3\\x2d9a0c\\x2d0305e82c3301.device",
             "2026-11-25T09:41:08.123456+00:00 host kernel: [    0.000000] Linux version 6.1.0-18",
             "monkey: banana",
             "alertname=NodeFilesystemSpaceFillingUpQuickly PrometheusNotConnectedToAlertmanagers",
             "/dev/disk/by-id/ata-WDC_WD40EFRX-68N32N0_WD-WCC7K4821937",
             "NetworkManagerDispatcherServiceUnitFile2 systemd-networkd-wait-online@wlp3s0.service",
         })
        EXPECT_EQ(redacted(text), text);
}

TEST(Redact, Keeps_JSON_whole) {
    EXPECT_EQ(redacted(R"({"password":"x y z","port":1883,"token": "abc"})"),
              R"({"password":"[redacted]","port":1883,"token": "[redacted]"})");
}

TEST(Redact, Goes_on_after_a_key_block_and_a_YAML_block) {
    EXPECT_EQ(redacted("a\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nb"),
              "a\n[redacted]\nb");
    EXPECT_EQ(redacted("secret: |\n  one\n\n  two\nport: 1"), "secret: |\n[redacted]\nport: 1");
}

TEST(Redact, Is_the_same_when_done_again) {
    planted::Maker maker{7};
    for (std::size_t i = 0; i < 200; ++i) {
        auto const once = redacted("x " + maker.make(i).text + " y");
        EXPECT_EQ(redacted(once), once);
    }
}

TEST(Redact, Withholds_a_text_that_it_cannot_check) {
    EXPECT_EQ(redacted(std::string(kTextMax + 1, 'a')), kWithheld);
    EXPECT_EQ(redacted("caf\xe9 password=x"), kWithheld);
}

TEST(Redact, Is_linear_in_what_it_reads) {
    // Shapes that would be costly for a scan that looks back or ahead again and again.
    for (std::string const piece : {"a=", "://", "a://b@", "$6$", "password ", "eyJ.", "AAAA",
                                    "-----BEGIN ", "password: |\n ", "\\\"", "x/", "Bearer "}) {
        std::string text;
        while (text.size() < 200'000) text += piece;
        auto const began = std::clock();
        (void)redacted(text);
        EXPECT_LT(std::clock() - began, 10 * CLOCKS_PER_SEC) << piece;
    }
}

}  // namespace
}  // namespace redact
