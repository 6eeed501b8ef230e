// What past releases sent must stay readable. tests/golden/wire/<release> holds one of each message
// with the public keys that signed it. A new release's folder is written by running this test with
// TOMTE_GOLDEN_WRITE=<release>; keys are made for that one run and thrown away.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"
#include "tests/unit/common/wire/samples.hpp"

using trust::Purpose;

namespace {

namespace fs = std::filesystem;

fs::path const kFolder = fs::path{TOMTE_SOURCE_DIR} / "tests/golden/wire";

std::string read(fs::path const& path) {
    std::ifstream file{path, std::ios::binary};
    EXPECT_TRUE(file) << path << " is missing";
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// Calls visitor(name, purpose, message) for every message of each way of signing.
template <class Visitor>
void each_envelope(Visitor visit) {
    visit("command", Purpose::command, samples::command());
    visit("line_command", Purpose::command, samples::line_command());
    visit("cancel", Purpose::cancel, samples::cancel());
    visit("welcome", Purpose::welcome, samples::welcome());
    visit("coordinator_heartbeat", Purpose::heartbeat, samples::coordinator_heartbeat());
    visit("remedies", Purpose::document, samples::remedies());
    visit("journal_ack", Purpose::journal_ack, samples::journal_ack());
    visit("freeze", Purpose::freeze, samples::freeze());
}
template <class Visitor>
void each_detached(Visitor visit) {
    visit("birth", Purpose::birth, samples::birth());
    visit("ack", Purpose::ack, samples::ack());
    visit("result", Purpose::result, samples::result());
    visit("journal", Purpose::journal, samples::batch());
}
template <class Visitor>
void each_plain(Visitor visit) {
    visit("agent_heartbeat", samples::agent_heartbeat());
    visit("coordinator_status", samples::coordinator_status());
    visit("telemetry", samples::telemetry());
    visit("reported", samples::reported());
    visit("signal", samples::signal());
}

void write_release(fs::path const& folder) {
    fs::create_directories(folder);
    auto const put = [&](std::string const& name, std::string const& text) {
        std::ofstream{folder / name, std::ios::binary} << text;
    };
    auto const coordinator = trust::PrivateKey::generate();
    auto const host = trust::PrivateKey::generate();
    put("coordinator.pub", coordinator.public_key().to_pem());
    put("host.pub", host.public_key().to_pem());
    each_envelope([&](std::string const& name, Purpose purpose, auto const& message) {
        put(name + ".jws", trust::sign(purpose, coordinator, wire::encode(message)));
    });
    each_detached([&](std::string const& name, Purpose purpose, auto const& message) {
        auto const payload = wire::encode(message);
        put(name + ".json", payload);
        put(name + ".sig", trust::sign_detached(purpose, host, payload));
    });
    each_plain([&](std::string const& name, auto const& message) {
        put(name + ".json", wire::encode(message));
    });
}

std::vector<fs::path> releases() {
    if (char const* const name = std::getenv("TOMTE_GOLDEN_WRITE"); name != nullptr)
        write_release(kFolder / name);
    std::vector<fs::path> list;
    for (auto const& entry : fs::directory_iterator{kFolder})
        if (entry.is_directory()) list.push_back(entry.path());
    return list;
}

template <class Message>
void expect_same(std::string const& payload, Message const& sample, fs::path const& file) {
    auto const message = wire::decode<Message>(payload);
    ASSERT_TRUE(message) << file << ": " << message.error().message;
    EXPECT_EQ(*message, sample) << file;
}

}  // namespace

TEST(Golden, Messages_of_every_release_are_still_understood) {
    auto const list = releases();
    ASSERT_FALSE(list.empty());
    for (auto const& folder : list) {
        auto const coordinator = trust::PublicKey::from_pem(read(folder / "coordinator.pub"));
        auto const host = trust::PublicKey::from_pem(read(folder / "host.pub"));
        ASSERT_TRUE(coordinator && host);
        each_envelope([&](std::string const& name, Purpose purpose, auto const& sample) {
            auto const file = folder / (name + ".jws");
            auto const payload = trust::verify(purpose, *coordinator, read(file));
            ASSERT_TRUE(payload) << file << ": " << payload.error().message;
            expect_same(*payload, sample, file);
        });
        each_detached([&](std::string const& name, Purpose purpose, auto const& sample) {
            auto const file = folder / (name + ".json");
            auto const payload = read(file);
            auto const status =
                trust::verify_detached(purpose, *host, payload, read(folder / (name + ".sig")));
            EXPECT_TRUE(status) << file;
            expect_same(payload, sample, file);
        });
        each_plain([&](std::string const& name, auto const& sample) {
            auto const file = folder / (name + ".json");
            expect_same(read(file), sample, file);
        });
    }
}
