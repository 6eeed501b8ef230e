// What the hand's tests share: folders that vanish, programs that only pretend, and one lane with
// the coordinator's key at hand.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "agent/hand/desk.hpp"
#include "common/adapters/system_clock.hpp"
#include "common/base/ids.hpp"
#include "common/remedy/hash.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace hand::bench {

using namespace std::chrono_literals;

class Folder {
  public:
    Folder() : path_(std::filesystem::temp_directory_path() / ("hand-" + trust::random_token())) {
        std::filesystem::create_directory(path_);
        std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    std::string operator/(std::string const& name) const { return (path_ / name).string(); }
    std::string text() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

inline void write(std::string const& path, std::string const& text) {
    std::ofstream{path, std::ios::binary} << text;
}

inline std::string slurp(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// Programs that only pretend: `answer` says how each ends. Thread-safe.
class FakePrograms : public Programs {
  public:
    base::Result<Exit> run(Program const& program, Stop const& stop) override {
        std::unique_lock lock{mutex_};
        runs_.push_back(program.argv);
        changed_.notify_all();
        changed_.wait(lock, [&] { return !held_ || stop.cancelled(); });
        Exit exit;
        exit.cancelled = stop.cancelled();
        if (exit.cancelled) return exit;
        return answer ? answer(program) : exit;
    }

    std::function<base::Result<Exit>(Program const&)> answer;

    std::vector<std::vector<std::string>> runs() const {
        std::lock_guard const lock{mutex_};
        return runs_;
    }
    int count(std::string const& word) const {
        int count = 0;
        for (auto const& argv : runs())
            if (std::find(argv.begin(), argv.end(), word) != argv.end()) ++count;
        return count;
    }
    // While held no program ends.
    void hold(bool held) {
        std::lock_guard const lock{mutex_};
        held_ = held;
        changed_.notify_all();
    }
    // A cancel is not ours to hear: look again.
    void nudge() { changed_.notify_all(); }
    bool has_run(std::string const& word) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, 5s, [&] {
            for (auto const& argv : runs_)
                if (std::find(argv.begin(), argv.end(), word) != argv.end()) return true;
            return false;
        });
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::vector<std::string>> runs_;
    bool held_ = false;
};

inline domain::Remedy restart_service() {
    domain::Remedy remedy;
    remedy.name = "restart_service";
    remedy.title = "Restart a service";
    remedy.subject_kind = domain::SubjectKind::service;
    remedy.subject_param = "unit";
    remedy.params = {{"unit", domain::ParamType::unit, {"service"}, std::nullopt}};
    remedy.steps = {{"service.restart", {{"unit", "{unit}"}}, 10s}};
    remedy.check = domain::Check{{"service.state", {{"unit", "{unit}"}, {"is", "active"}}, 2s},
                                 300ms, 10ms};
    remedy.timeout = 20s;
    remedy.hash = remedy::content_hash(remedy);
    return remedy;
}

inline policy::Policy patient_policy() {
    policy::Policy policy;
    policy.mode = policy::Mode::automatic;
    policy.remedies = {"restart_service", "stop_service", "look", "run_job"};
    policy.remediable = {{domain::SubjectKind::service, "patient"},
                         {domain::SubjectKind::service, "other"},
                         {domain::SubjectKind::job, "*"}};
    for (auto const* name : {"patient", "other"})
        policy.scripts[name] = {
            {"/p", "start", name}, {"/p", "stop", name}, {"/p", "status", name}};
    policy.jobs["backup"] = {{"/p", "backup"}, "", 5s};
    policy.offers["heal"] = {
        "Heal the patient", "restart_service", {{"unit", {"patient.service"}}}};
    policy.managers = {"script"};
    policy.digest = trust::sha256_hex("policy");
    return policy;
}

// A lane with everything around it pretended but the log and the signatures.
class Lane {
  public:
    explicit Lane(command::Lane lane = command::Lane::fix,
                  policy::Policy policy = patient_policy()) {
        settings.lane = lane;
        settings.host = "nexus";
        settings.policy = std::move(policy);
        if (lane == command::Lane::fix) settings.state_folder = folder / "state";
        settings.freeze_file = folder / "freeze";
    }
    ~Lane() { stop(); }

    void start() {
        auto log = IdLog::in_memory();
        if (!settings.state_folder.empty()) {
            auto opened = IdLog::open(settings.state_folder, boot_id, adapters::system_now());
            if (opened)
                log = std::move(*opened);
            else
                settings.log_error = opened.error().message;
        }
        desk = std::make_unique<Desk>(
            settings, coordinator.public_key(),
            Approvers{{approver.public_key()}, {web_approver.public_key()}}, std::move(log),
            Managers::find(settings.policy), programs, adapters::system_now,
            [this](wire::HandReply const& reply) { keep(reply); });
    }
    // Welcomed and with remedies: ready for orders.
    void start_ready() {
        start();
        welcome();
        give({restart_service()});
    }
    void stop() {
        programs.hold(false);
        desk.reset();
    }

    void welcome(std::int64_t epoch = 1, base::WallTime time = kNow) {
        wire::Welcome message{*domain::HostId::parse("nexus"), session, time, epoch, 1, 1, ""};
        desk->handle(wire::HandWelcome{sign(trust::Purpose::welcome, message),
                                       adapters::system_now().boot});
    }
    void give(std::vector<domain::Remedy> remedies, std::int64_t rev = 1) {
        wire::RemediesDocument const document{rev, std::move(remedies)};
        desk->handle(wire::HandDocument{"remedies", sign(trust::Purpose::document, document)});
    }

    domain::Command command(std::string const& id, std::string const& unit = "patient.service") {
        return {.id = id,
                .host = *domain::HostId::parse("nexus"),
                .incarnation = 1,
                .epoch = 1,
                .session = session,
                .counter = ++counter,
                .issued_at = kNow,
                .expires_at = kNow + 60s,
                .incident = "",
                .attempt = 0,
                .actor = "coordinator",
                .reason = "",
                .order = domain::RemedyOrder{"restart_service", restart_service().hash,
                                             {{"unit", unit}}},
                .limits = {20s, 64 * 1024}};
    }
    domain::Command line(std::string const& id, std::string const& text) {
        auto one = command(id);
        one.order = domain::LineOrder{text};
        return one;
    }
    void order(domain::Command const& command) {
        desk->handle(wire::HandOrder{sign(trust::Purpose::command, command)});
    }
    // The final result of this order.
    domain::CommandResult run(domain::Command const& command) {
        order(command);
        return result_of(command.id);
    }
    domain::CommandResult result_of(std::string const& id) {
        auto const found = wait_for<wire::HandReport>([&](wire::HandReport const& report) {
            return report.result.id == id && domain::is_final(report.result.state);
        });
        if (found) return found->result;
        throw std::runtime_error("no final result of " + id);
    }
    template <class T>
    std::optional<T> wait_for(std::function<bool(T const&)> const& wanted) {
        std::unique_lock lock{mutex_};
        std::optional<T> found;
        changed_.wait_for(lock, 10s, [&] {
            for (auto const& reply : replies_)
                if (auto const* one = std::get_if<T>(&reply); one != nullptr && wanted(*one))
                    found = *one;
            return found.has_value();
        });
        return found;
    }
    template <class T>
    T last() {
        std::lock_guard const lock{mutex_};
        for (auto reply = replies_.rbegin(); reply != replies_.rend(); ++reply)
            if (auto const* one = std::get_if<T>(&*reply)) return *one;
        throw std::runtime_error("no such reply");
    }
    void forget_replies() {
        std::lock_guard const lock{mutex_};
        replies_.clear();
    }
    bool still_running() { return desk->busy(); }

    template <class Message>
    std::string sign(trust::Purpose purpose, Message const& message) {
        return trust::sign(purpose, coordinator, wire::encode(message));
    }

    static constexpr base::WallTime kNow{base::Duration{1'790'000'000'000}};
    Folder folder;
    DeskSettings settings;
    trust::PrivateKey coordinator = trust::PrivateKey::generate();
    trust::PrivateKey approver = trust::PrivateKey::generate();
    trust::PrivateKey web_approver = trust::PrivateKey::generate();
    std::string session = trust::random_token();
    std::string boot_id = "boot-1";
    std::int64_t counter = 0;
    FakePrograms programs;
    std::unique_ptr<Desk> desk;

  private:
    void keep(wire::HandReply const& reply) {
        std::lock_guard const lock{mutex_};
        replies_.push_back(reply);
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<wire::HandReply> replies_;
};

inline std::string ulid() {
    static base::IdSource ids{20261125};
    return ids.next(Lane::kNow);
}

}  // namespace hand::bench
