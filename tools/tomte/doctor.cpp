#include "tools/tomte/doctor.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "common/base/files.hpp"
#include "common/trust/certificates.hpp"

namespace tomte {
namespace {

using base::json::Value;

constexpr int kRounds = 3;
// A lone message to a broker without set_tcp_nodelay waits 40 ms for an acknowledgement that the
// other side holds back. Two of them are on the way of an order.
constexpr base::Duration kTrapped{80};
constexpr std::chrono::days kSoon{30};

class Findings {
  public:
    explicit Findings(Screen& screen) : screen_(screen) {}

    void right(std::string const& what) { say(Paint::good, "ok   ", what, ""); }
    void doubt(std::string const& what, std::string const& todo) {
        say(Paint::doubtful, "hm   ", what, todo);
    }
    void wrong(std::string const& what, std::string const& todo) {
        ++wrong_;
        say(Paint::bad, "WRONG", what, todo);
    }
    int exit_status() const { return wrong_ == 0 ? 0 : 1; }

  private:
    void say(Paint paint, std::string_view mark, std::string const& what,
             std::string const& todo) {
        screen_.out << painted(screen_, paint, mark) << "  " << plain(what) << "\n";
        if (!todo.empty()) screen_.out << "       " << todo << "\n";
        screen_.out << std::flush;
    }

    Screen& screen_;
    int wrong_ = 0;
};

std::string text_of(Value object, char const* key) {
    return std::string{object[key].string().value_or("")};
}

bool look_at_coordinator(Client& client, Findings& found) {
    auto const version = get_page(client, {"GET", "/version"});
    if (!version) {
        found.wrong(version.error().message,
                    "systemctl status tomte-coordinator; --url or TOMTE_URL says where it is");
        return false;
    }
    auto const theirs = text_of(version->root(), "version");
    if (theirs == TOMTE_VERSION)
        found.right("the coordinator at " + client.url() + " answers, version " + theirs);
    else
        found.doubt("the coordinator has version " + theirs + ", this program " TOMTE_VERSION,
                    "install the same version of both packages");
    auto const health = client.ask({"GET", "/health"});
    if (!health) return true;
    auto const page = base::json::Document::parse(health->body);
    if (!page) return true;
    auto const state = text_of(page->root(), "status");
    std::string reasons;
    for (auto const& reason : page->root()["reasons"].children())
        reasons += (reasons.empty() ? "" : "; ") + std::string{reason.string().value_or("")};
    if (reasons.empty())
        found.right("its store and its broker are there");
    else
        found.wrong("it is " + state + ": " + reasons,
                    "a broker that is away: systemctl status tomte-broker; a store: df, and the "
                    "coordinator's log");
    return true;
}

// There and back: the broker's rights, the agent, the hand and the signed answer.
void order(Client& client, Findings& found, std::string const& host, DoctorOptions const& options) {
    std::optional<base::Duration> best;
    for (int i = 0; i < kRounds; ++i) {
        auto const from = options.clock();
        auto const page = get_page(
            client, {"POST", "/api/v1/hosts/" + path_segment(host) + "/commands",
                     R"({"line":"true","reason":"tomte doctor","wait_s":10})",
                     base::Duration{20'000}});
        auto const took = options.clock() - from;
        if (!page)
            return found.wrong(host + ": " + page.error().message,
                               "a token with the scope act? Else see the coordinator's log");
        auto const result = page->root()["result"];
        if (!result.is_object())
            return found.wrong(host + " took an order and did not answer within 10 s",
                               "on it: tomte-agent doctor; journalctl -u tomte-agent");
        if (text_of(result, "state") != "succeeded")
            return found.wrong(host + " answers: " + text_of(result, "code") + " " +
                                   text_of(result, "detail"),
                               "on it: tomte-agent doctor; journalctl -u 'tomte-*'");
        best = best ? std::min(*best, took) : took;
    }
    auto const text = fmt::format("{} obeys, in {} ms", host, best->count());
    if (*best < kTrapped) return found.right(text);
    found.doubt(text,
                "slow: has the broker set_tcp_nodelay true? Else a busy host or a far network");
}

void look_at_hosts(Client& client, Findings& found, DoctorOptions const& options) {
    auto const page = get_page(client, {"GET", "/api/v1/hosts"});
    if (!page)
        return found.wrong(page.error().message, "--secrets or TOMTE_SECRETS names a secrets.toml");
    if (page->root()["items"].size() == 0)
        found.doubt("the fleet has no hosts", "tomte invite HOST");
    for (auto const& host : page->root()["items"].children()) {
        auto const name = text_of(host, "id");
        if (!host["online"].boolean().value_or(false)) {
            found.wrong(name + " is not connected",
                        "on it: tomte-agent doctor. One that is gone for good: tomte revoke " +
                            plain(name));
            continue;
        }
        order(client, found, name, options);
        if (text_of(host, "version") != TOMTE_VERSION)
            found.doubt(name + " has version " + text_of(host, "version"), "upgrade its package");
        if (text_of(host, "mode") == "observe")
            found.doubt(name + " only observes",
                        "right until you trust it; then mode and remedies in its policy.toml");
    }
}

void look_at_key(Findings& found, std::string const& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0)
        return found.wrong(path + " is not there or cannot be seen", "run this as root");
    if ((facts.st_mode & 077) != 0)
        return found.wrong(path + " can be read by others", "chmod 600 " + path);
    found.right(path + " is its owner's alone");
}

void look_at_certificate(Findings& found, std::string const& folder, std::string const& name,
                         base::WallTime now) {
    auto const path = folder + name;
    auto const pem = base::read_file(path);
    auto const ca = base::read_file(folder + "/coordinator/ca.crt");
    auto const facts = pem ? trust::read_certificate(*pem)
                           : base::Result<trust::CertificateFacts>{
                                 tl::make_unexpected(pem.error())};
    if (!facts || !ca)
        return found.wrong(path + ": " + (facts ? ca.error() : facts.error()).message,
                           "run this as root; tomte restore brings a fleet back");
    if (auto const chain = trust::verify_chain(*pem, *ca, now); !chain)
        return found.wrong(path + ": " + chain.error().message,
                           "the clock? Else this file is not of this fleet");
    auto const until = base::to_rfc3339(facts->not_after);
    if (now + kSoon > facts->not_after)
        return found.doubt(path + " runs out on " + until, "make it anew before");
    found.right(path + " holds until " + until);
}

void look_at_folder(Findings& found, std::string const& folder, base::WallTime now) {
    for (auto const* name : {"/coordinator/ca.key", "/coordinator/command.key"})
        look_at_key(found, folder + name);
    for (auto const* name : {"/broker/server.crt", "/coordinator/coordinator.crt"})
        look_at_certificate(found, folder, name, now);
    struct stat facts {};
    if (::stat((folder + "/operator/approver.key").c_str(), &facts) == 0)
        found.doubt("the approver's key lies beside the coordinator",
                    "who owns this machine can approve: move " + folder +
                        "/operator to your own one");
    auto const conf = base::read_file(folder + "/broker/mosquitto.conf");
    if (!conf || conf->find("\nset_tcp_nodelay true\n") == std::string::npos)
        found.wrong("the broker's settings do not say set_tcp_nodelay true",
                    "without it a lone message takes 44 ms: add the line and restart the broker");
    else
        found.right("the broker sends small messages at once");
}

}  // namespace

int doctor(Client& client, Screen& screen, DoctorOptions const& options, base::WallTime now) {
    Findings found{screen};
    if (look_at_coordinator(client, found)) look_at_hosts(client, found, options);
    if (!options.folder.empty()) look_at_folder(found, options.folder, now);
    return found.exit_status();
}

}  // namespace tomte
