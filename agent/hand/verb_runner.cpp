#include "agent/hand/verb_runner.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>

#include "agent/hand/record_file.hpp"
#include "common/base/guard.hpp"
#include "common/policy/judge.hpp"
#include "common/remedy/verbs.hpp"

namespace hand {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration kAskTimeout{20'000};      // of a question to a manager
constexpr base::Duration kKeepJournalMin = 48h;    // logs are evidence
constexpr base::Duration kKeepFilesMin = 24h;
constexpr base::Duration kKeepImagesMin = 1h;

// The one sentence of an exit.
std::string sentence(Exit const& exit, std::string const& what) {
    if (exit.timed_out) return what + " took longer than allowed and was ended";
    if (exit.cancelled) return what + " was cancelled";
    if (exit.code > 128) return what + " was ended by signal " + std::to_string(exit.code - 128);
    return what + " ended with exit code " + std::to_string(exit.code);
}

}  // namespace

// One step being run: what every verb needs.
struct VerbRunner::Run {
    VerbRunner& of;
    domain::Step const& step;
    base::BootTime deadline;
    std::size_t output_bytes;
    Stop const& stop;
    StepOutcome outcome{};
    std::string output{};  // raw, of all programs of the step

    std::string arg(std::string const& name, std::string otherwise = {}) const {
        auto const found = step.args.find(name);
        return found == step.args.end() ? otherwise : found->second;
    }
    base::Duration left() const { return std::max(deadline - of.now_().boot, base::Duration{0}); }

    void end(StepEnd how, std::string why = {}) {
        outcome.end = how;
        outcome.why = std::move(why);
    }
    void fail(base::Error const& error) {
        end(error.code == base::Code::timeout ? StepEnd::timed_out : StepEnd::failed,
            error.message);
    }
    void answer(base::Result<Answer> const& answer) {
        if (!answer) return fail(answer.error());
        output += answer->said + "\n";
        end(answer->yes ? StepEnd::yes : StepEnd::no, answer->yes ? "" : answer->said);
    }

    base::Result<double> number(std::string const& name) const {
        auto const text = arg(name);
        double value = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size())
            return base::fail(base::Code::invalid, name + " is no number: '" + text + "'");
        return value;
    }
    base::Result<std::uint16_t> port() const {
        auto const value = number("port");
        if (!value) return tl::make_unexpected(value.error());
        if (*value < 1 || *value > 65535)
            return base::fail(base::Code::invalid, "port is out of range");
        return static_cast<std::uint16_t>(*value);
    }
    // Floors are kept here too, whatever the remedy says.
    base::Result<base::Duration> duration(std::string const& name, base::Duration least) const {
        auto const value = base::parse_duration(arg(name));
        if (!value) return tl::make_unexpected(value.error());
        if (*value < least)
            return base::fail(base::Code::denied, name + " must be at least " +
                                                      base::to_text(least));
        return value;
    }
    static std::string seconds(base::Duration duration) {
        return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) +
               "s";
    }

    // Starts one program within what is left of the step; false: the outcome says how it ended.
    bool start(std::vector<std::string> argv, std::string const& what, bool may_fail,
               std::optional<User> user = std::nullopt) {
        Program const program{std::move(argv), std::move(user), left(), output_bytes};
        auto exit = of.programs_.run(program, stop);
        if (!exit) {
            fail(exit.error());
            return false;
        }
        output += exit->output;
        outcome.result.output_total += exit->output_total;
        outcome.result.exit_code = may_fail ? 0 : exit->code;
        if (exit->timed_out || exit->cancelled) {
            end(exit->timed_out ? StepEnd::timed_out : StepEnd::cancelled, sentence(*exit, what));
            return false;
        }
        if (exit->code != 0 && !may_fail) {
            end(StepEnd::failed, sentence(*exit, what));
            return false;
        }
        end(StepEnd::yes);
        return true;
    }

    base::Result<State> ask(Manager const& manager, std::string const& name) {
        auto calls = manager.calls(Action::state, name);
        if (!calls) return tl::make_unexpected(calls.error());
        auto exit = of.programs_.run({calls->front().argv, std::nullopt,
                                      std::min(left(), kAskTimeout), output_bytes},
                                     stop);
        if (!exit) return tl::make_unexpected(exit.error());
        if (exit->timed_out || exit->cancelled)
            return base::fail(base::Code::timeout, sentence(*exit, std::string{manager.name()}));
        auto state = manager.state(*exit);
        if (!state || state->missing()) output += exit->output;
        return state;
    }

    // Who answers for this name: services have one manager, a container is looked for in every
    // engine.
    base::Result<std::pair<Manager const*, State>> find(domain::SubjectKind kind,
                                                        std::string const& name) {
        std::vector<Manager const*> candidates;
        if (kind == domain::SubjectKind::container) candidates = of.managers_.engines();
        if (auto const* service = of.managers_.service(name);
            kind == domain::SubjectKind::service && service != nullptr)
            candidates = {service};
        if (candidates.empty())
            return base::fail(base::Code::unavailable,
                              "no manager of this host can look after " + name);
        std::pair<Manager const*, State> best{nullptr, {}};
        base::Error error;
        for (auto const* manager : candidates) {
            auto state = ask(*manager, name);
            if (!state) {
                error = state.error();
                continue;
            }
            best = {manager, *state};
            if (!state->missing()) break;
        }
        if (best.first == nullptr) return tl::make_unexpected(error);
        return best;
    }

    void state_is(domain::SubjectKind kind, std::string const& name, std::string const& wanted) {
        auto const found = find(kind, name);
        if (!found) return fail(found.error());
        auto const& state = found->second;
        auto said = name + " is " + state.name;
        if (!state.health.empty()) said += " (" + state.health + ")";
        // Without `is` the question is whether it exists.
        answer(Answer{wanted.empty() ? !state.missing() : state.is(wanted), said});
    }

    // Whether the name exists was asked before the first step (missing()); here a service's manager
    // need not be asked again, a container's engine must be found.
    base::Result<Manager const*> manager_of(domain::SubjectKind kind, std::string const& name) {
        auto const* service = of.managers_.service(name);
        if (kind == domain::SubjectKind::service && service != nullptr) return service;
        auto const found = find(kind, name);
        if (!found) return tl::make_unexpected(found.error());
        return found->first;
    }

    void act(domain::SubjectKind kind, std::string const& name, Action action) {
        auto const manager = manager_of(kind, name);
        if (!manager) return fail(manager.error());
        auto const calls = (*manager)->calls(action, name);
        if (!calls) return fail(calls.error());
        auto const what = std::string{to_string(action)} + " of " + name;
        for (auto const& call : *calls)
            if (!start(call.argv, what, call.may_fail)) return;
    }

    void system_program(std::string const& program, std::vector<std::string> words) {
        auto const path = find_program(program);
        if (path.empty()) return end(StepEnd::failed, program + " is not installed here");
        words.insert(words.begin(), path);
        start(std::move(words), program, false);
    }

    void service() {
        auto const unit = arg("unit");
        auto const kind = domain::SubjectKind::service;
        if (step.verb == "service.state") return state_is(kind, unit, arg("is"));
        if (step.verb == "service.start") return act(kind, unit, Action::start);
        if (step.verb == "service.stop") return act(kind, unit, Action::stop);
        if (step.verb == "service.restart") return act(kind, unit, Action::restart);
        if (step.verb == "service.reset") return act(kind, unit, Action::reset);
    }

    void container() {
        auto const name = arg("container");
        auto const kind = domain::SubjectKind::container;
        if (step.verb == "container.state") return state_is(kind, name, arg("is"));
        if (step.verb == "container.start") return act(kind, name, Action::start);
        if (step.verb == "container.stop") return act(kind, name, Action::stop);
        if (step.verb == "container.restart") return act(kind, name, Action::restart);
    }

    void prune() {
        auto const keep = duration("keep", kKeepImagesMin);
        if (!keep) return fail(keep.error());
        if (of.managers_.engines().empty())
            return end(StepEnd::failed, "this host has no container engine");
        for (auto const* engine : of.managers_.engines()) {
            // The client's own words up to the command: its program and which socket.
            auto argv = engine->calls(Action::state, "x").value_or(std::vector<Call>{{}})[0].argv;
            auto const command = std::find(argv.begin(), argv.end(), "container");
            if (command == argv.end()) return end(StepEnd::failed, "the engine has no client here");
            argv.erase(command, argv.end());
            for (auto const* word : {"image", "prune", "--force", "--filter"})
                argv.emplace_back(word);
            argv.push_back("until=" + seconds(*keep));
            auto const what = std::string{engine->name()} + " image prune";
            if (!start(std::move(argv), what, false)) return;
        }
    }

    void vacuum() {
        auto const keep = duration("keep", kKeepJournalMin);
        if (!keep) return fail(keep.error());
        system_program("journalctl", {"--vacuum-time=" + seconds(*keep)});
    }

    void clean() {
        auto const older = duration("older", kKeepFilesMin);
        if (!older) return fail(older.error());
        for (auto const* folder : {"/var/tmp", "/var/cache/tomte"}) {
            auto const cleaned = clean_old_files(folder, *older, of.now_().wall, stop);
            if (!cleaned) return fail(cleaned.error());
            output += std::string{folder} + ": " + std::to_string(cleaned->files) + " files, " +
                      std::to_string(cleaned->bytes) + " bytes removed\n";
        }
        end(StepEnd::yes);
    }

    void endpoint() {
        auto const where = port();
        if (!where) return fail(where.error());
        answer(endpoint_answers(arg("host"), *where, std::min<base::Duration>(left(), 10s), stop));
    }

    void certificate() {
        auto const where = port();
        auto const days = number("days");
        if (!where) return fail(where.error());
        if (!days) return fail(days.error());
        answer(certificate_valid(arg("host"), *where, static_cast<int>(*days),
                                 std::min<base::Duration>(left(), 10s), stop));
    }

    void disk() {
        auto const percent = number("percent");
        if (!percent) return fail(percent.error());
        answer(disk_free(arg("mount"), *percent));
    }

    void kernel() {
        bool const memory = step.verb == "memory.available";
        auto const line = number(memory ? "percent" : "per_core");
        if (!line) return fail(line.error());
        auto const text = read_file(memory ? "/proc/meminfo" : "/proc/loadavg", 64 * 1024);
        if (!text) return fail(text.error());
        answer(memory ? memory_available(*text, *line)
                      : load_below(*text, *line, std::thread::hardware_concurrency()));
    }

    void tunnel() {
        auto up = tunnel_up(arg("tunnel"));
        if (up && arg("is", "up") == "down") up->yes = !up->yes;
        answer(up);
    }
    void synced() { answer(time_synced()); }
    void apt() { system_program("apt-get", {"clean"}); }

    void run_job() {
        auto const name = arg("job");
        auto const found = of.policy_.jobs.find(name);
        if (found == of.policy_.jobs.end())
            return end(StepEnd::failed, "the policy registers no job called '" + name + "'");
        auto const& job = found->second;
        std::optional<User> user;
        if (!job.user.empty()) {
            auto who = find_user(job.user);
            if (!who) return fail(who.error());
            user = std::move(*who);
        }
        deadline = std::min(deadline, of.now_().boot + job.timeout);
        bool const ok = start(job.argv, "job " + name, false, std::move(user));
        // Only for job.fresh; a log that cannot be written has refused the step already.
        if (auto kept = of.log_.job_ran(name, {of.now_().wall, ok}); !kept && ok)
            fail(kept.error());
    }

    void job_is_fresh() {
        auto const name = arg("job");
        auto const within = duration("within", base::Duration{1});
        if (!within) return fail(within.error());
        auto const last = of.log_.last_good_run(name);
        if (!last) return answer(Answer{false, "job " + name + " has not ended well here yet"});
        auto const age = of.now_().wall - last->at;
        auto const ago = base::to_text(std::max(age, base::Duration{0}));
        answer(Answer{age <= *within && age >= -1h, "job " + name + " ended well " + ago + " ago"});
    }

    // The catalogue and the policy have looked at these; a step that reached us otherwise must not.
    base::Status check_args() const {
        auto const* verb = remedy::find_verb(step.verb);
        if (auto good = remedy::check_verb_names(step); !good || verb == nullptr) return good;
        for (auto const& [name, value] : step.args)
            if (auto good = remedy::check_verb_arg(*verb, name, value); !good) return good;
        return {};
    }

    void dispatch() {
        if (auto good = check_args(); !good) return fail(good.error());
        struct Entry {
            std::string_view verb;
            void (Run::*run)();
        };
        static constexpr std::array<Entry, 22> kTable = {{
            {"service.state", &Run::service},
            {"service.start", &Run::service},
            {"service.restart", &Run::service},
            {"service.stop", &Run::service},
            {"service.reset", &Run::service},
            {"container.state", &Run::container},
            {"container.start", &Run::container},
            {"container.restart", &Run::container},
            {"container.stop", &Run::container},
            {"engine.prune", &Run::prune},
            {"journal.vacuum", &Run::vacuum},
            {"apt.clean", &Run::apt},
            {"tmp.clean", &Run::clean},
            {"disk.free", &Run::disk},
            {"tunnel.state", &Run::tunnel},
            {"certificate.valid", &Run::certificate},
            {"endpoint.answers", &Run::endpoint},
            {"time.synced", &Run::synced},
            {"memory.available", &Run::kernel},
            {"load.below", &Run::kernel},
            {"job.run", &Run::run_job},
            {"job.fresh", &Run::job_is_fresh},
        }};
        for (auto const& entry : kTable)
            if (entry.verb == step.verb) return (this->*entry.run)();
        end(StepEnd::failed, "this hand does not know the verb " + step.verb);
    }
};

VerbRunner::VerbRunner(policy::Policy const& policy, Managers const& managers, Programs& programs,
                       Redactor const& redactor, IdLog& log, Now now)
    : policy_(policy), managers_(managers), programs_(programs), redactor_(redactor), log_(log),
      now_(std::move(now)) {}

StepOutcome VerbRunner::run(domain::Step const& step, base::Duration at_most,
                            std::size_t output_bytes, Stop const& stop) {
    auto const begun = now_().boot;
    Run run{*this, step, begun + std::min(step.timeout, at_most), output_bytes, stop};
    run.outcome.result.verb = step.verb;
    run.dispatch();
    auto& result = run.outcome.result;
    result.output_total = std::max<std::uint64_t>(result.output_total, run.output.size());
    result.output = redacted(redactor_, run.output);
    result.took = now_().boot - begun;
    if (run.outcome.end != StepEnd::yes && result.exit_code == 0) result.exit_code = 1;
    run.outcome.why = redacted(redactor_, run.outcome.why);
    return std::move(run.outcome);
}

std::optional<std::string> VerbRunner::missing(domain::Step const& step, Stop const& stop) {
    auto const* verb = remedy::find_verb(step.verb);
    if (verb == nullptr) return "this hand does not know the verb " + step.verb;
    if (verb->risk == domain::Risk::readonly || verb->subject_arg.empty()) return std::nullopt;
    auto const named = step.args.find(std::string{verb->subject_arg});
    if (named == step.args.end()) return step.verb + " does not say what it changes";
    auto const& name = named->second;
    if (verb->subject_kind == domain::SubjectKind::job)
        return policy_.jobs.contains(name)
                   ? std::nullopt
                   : std::optional{"the policy registers no job called '" + name + "'"};
    // A scripted service exists by being in the policy.
    if (auto const* service = managers_.service(name);
        verb->subject_kind == domain::SubjectKind::service && service != nullptr &&
        service->name() == "script")
        return std::nullopt;
    Run run{*this, step, now_().boot + kAskTimeout, 4096, stop};
    auto const found = run.find(verb->subject_kind, name);
    if (!found) return redacted(redactor_, found.error().message);
    if (found->second.missing()) return name + " does not exist here";
    // The policy looked at the name it was given; the manager knows what else it is called. (One
    // that is protected by that very name was let through knowingly.)
    auto const is_protected = [&](std::string const& other) {
        return policy::is_protected(verb->subject_kind, other, policy_);
    };
    for (auto const& other : found->second.names)
        if (!GUARD("hand.alias", is_protected(name) || !is_protected(other)))
            return name + " is " + other + " by another name, which is protected on this host";
    return std::nullopt;
}

}  // namespace hand
