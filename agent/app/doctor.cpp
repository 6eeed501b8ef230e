#include "agent/app/doctor.hpp"

#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "agent/adapters/broker_check.hpp"
#include "agent/app/settings.hpp"
#include "common/base/files.hpp"
#include "common/policy/policy.hpp"
#include "common/trust/certificates.hpp"

namespace agent {
namespace {

using Is = Finding::Is;

constexpr base::Duration kReachWithin{5'000};
constexpr std::chrono::days kRenewedBefore{9};  // renewals begin ten days before the end

class Examination {
  public:
    Examination(std::function<void(Finding const&)> const& tell) : tell_(tell) {}

    void right(std::string what) { tell_({Is::right, std::move(what), ""}); }
    void doubt(std::string what, std::string todo) {
        tell_({Is::doubtful, std::move(what), std::move(todo)});
    }
    void wrong(std::string what, std::string todo) {
        ++wrong_;
        tell_({Is::wrong, std::move(what), std::move(todo)});
    }
    int wrongs() const { return wrong_; }

  private:
    std::function<void(Finding const&)> const& tell_;
    int wrong_ = 0;
};

void look_at_certificate(Examination& found, base::Settings const& settings, base::WallTime now) {
    auto const pem = base::read_file(settings.text("broker.cert"));
    auto const ca = base::read_file(settings.text("broker.ca"));
    auto const key = trust::PrivateKey::load(settings.text("broker.key"));
    std::string const join = "join anew: tomte invite HOST --replace, on the coordinator's machine";
    if (!pem || !ca || !key) {
        auto const& error = !pem ? pem.error() : !ca ? ca.error() : key.error();
        return found.wrong("who this host is: " + error.message, join);
    }
    auto const facts = trust::read_certificate(*pem);
    auto const certified = trust::certificate_key(*pem);
    if (!facts || !certified)
        return found.wrong("the certificate cannot be read: " +
                               (facts ? certified.error() : facts.error()).message,
                           join);
    if (certified->id() != key->public_key().id() || facts->common_name != settings.text("host"))
        return found.wrong("key, certificate and settings are not of one host", join);
    if (auto const chain = trust::verify_chain(*pem, *ca, facts->not_before); !chain)
        return found.wrong("the certificate is not of this fleet: " + chain.error().message, join);
    auto const until = base::to_rfc3339(facts->not_after);
    if (now > facts->not_after)
        return found.wrong("the certificate ran out on " + until,
                           "tomte-agent renew --now (within 180 days), then restart the agent");
    if (now + kRenewedBefore > facts->not_after)
        return found.doubt("the certificate soon runs out, on " + until,
                           "see why it was not renewed: systemctl status tomte-agent-renew.timer; "
                           "tomte-agent renew says more");
    found.right("this host is " + facts->common_name + ", certified until " + until);
}

void look_at_broker(Examination& found, base::Settings const& settings) {
    BrokerCheck const check{settings.text("broker.host"),
                            static_cast<int>(settings.integer("broker.port")),
                            settings.text("broker.ca"), settings.text("broker.cert"),
                            settings.text("broker.key")};
    auto const where = check.host + ":" + std::to_string(check.port);
    auto const checked = check_broker(check, kReachWithin);
    if (checked)
        return found.right("the broker at " + where + " and this host accept each other");
    if (checked.error().code == base::Code::unavailable)
        return found.wrong("the broker at " + where + " is not reached: " + checked.error().message,
                           "is it running, is the name right (broker.host), does a firewall stand "
                           "between? On its machine: ss -ltn");
    found.wrong("TLS with " + where + ": " + checked.error().message,
                "a revoked or foreign certificate: join anew (tomte invite HOST --replace); a "
                "wrong name: broker.host must be one the broker's certificate carries");
}

void look_at_clock(Examination& found, base::WallTime now) {
    timex state{};
    bool const synchronised = ::adjtimex(&state) != TIME_ERROR;
    if (synchronised)
        return found.right("the clock is " + base::to_rfc3339(now) + ", synchronised");
    found.doubt("the clock is " + base::to_rfc3339(now) + " and nobody sets it",
                "timedatectl set-ntp true. Orders do not need it (their time is the "
                "coordinator's), logs do");
}

void look_at_policy(Examination& found, std::string const& etc) {
    auto const path = etc + "/policy.toml";
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0)
        return found.wrong("there is no policy " + path,
                           "the hand only observes; see docs/formats/policy.md");
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return found.wrong(path + " can be written by others, so the hand refuses it",
                           "chmod go-w " + path);
    auto const text = base::read_file(path);
    if (!text) return found.doubt("the policy: " + text.error().message, "look as root");
    auto const policy = policy::parse(*text, path);
    if (!policy)
        return found.wrong("the policy is wrong, so the hand only observes: " +
                               policy.error().message,
                           "mend it; tomte-hand --check-config tells more");
    if (policy->mode == policy::Mode::observe)
        return found.doubt("this host only observes",
                           "that is right until you trust it; then mode and remedies in " + path);
    found.right("the policy allows mode " + std::string{policy::to_string(policy->mode)});
}

void look_at_lanes(Examination& found, base::Settings const& settings) {
    for (auto const& [lane, setting] : {std::pair{"read", "hand.read_socket"},
                                        std::pair{"fix", "hand.fix_socket"}}) {
        auto const there = check_lane(settings.text(setting));
        if (there)
            found.right("the hand's " + std::string{lane} + " lane listens");
        else
            found.wrong("the hand's " + std::string{lane} + " lane: " + there.error().message,
                        "systemctl status tomte-hand-" + std::string{lane} +
                            ".socket; the two hand.toml and agent.toml must name one socket");
    }
}

void look_at_spool(Examination& found, base::Settings const& settings) {
    auto const path = settings.text("spool.path");
    auto const folder = path.substr(0, path.rfind('/'));
    if (::access(folder.c_str(), W_OK) == 0)
        return found.right("the spool's folder can be written");
    found.wrong(folder + " cannot be written by this user",
                "run this as root, or chown the folder to the agent's user");
}

}  // namespace

int examine(std::string const& config, base::WallTime now,
            std::function<void(Finding const&)> const& tell) {
    Examination found{tell};
    auto const settings = base::Settings::load(settings_table(), config);
    if (!settings) {
        found.wrong(settings.error().message,
                    "a host that belongs to no fleet joins by the line of: tomte invite HOST");
        return found.wrongs();
    }
    if (auto const core = core_settings(*settings); !core)
        found.wrong(config + ": " + core.error().message, "mend the file");
    else
        found.right(config + " is valid; tomte-agent " TOMTE_VERSION);
    look_at_certificate(found, *settings, now);
    if (auto const key = trust::PublicKey::load(settings->text("trust.coordinator_key")); !key)
        found.wrong("the coordinator's key: " + key.error().message,
                    "join anew: tomte invite HOST --replace");
    else
        found.right("this host obeys the coordinator with the key " + key->id());
    look_at_broker(found, *settings);
    look_at_clock(found, now);
    auto const slash = config.rfind('/');
    look_at_policy(found, slash == std::string::npos ? "." : config.substr(0, slash));
    look_at_lanes(found, *settings);
    look_at_spool(found, *settings);
    return found.wrongs();
}

int run_doctor(int argc, char const* const* argv) {
    std::string config = "/etc/tomte/agent.toml";
    for (int i = 0; i < argc; ++i) {
        std::string_view const word = argv[i];
        if (word != "--config" || i + 1 >= argc) {
            std::fprintf(stderr, "Usage: tomte-agent doctor [--config FILE]\n");
            return word == "--help" ? 0 : 2;
        }
        config = argv[++i];
    }
    auto const now =
        std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
    int const wrong = examine(config, now, [](Finding const& finding) {
        char const* const mark = finding.is == Is::right      ? "ok   "
                                 : finding.is == Is::doubtful ? "hm   "
                                                              : "WRONG";
        std::printf("%s  %s\n", mark, finding.what.c_str());
        if (!finding.todo.empty()) std::printf("       %s\n", finding.todo.c_str());
    });
    return wrong == 0 ? 0 : 1;
}

}  // namespace agent
