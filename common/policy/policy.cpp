#include "common/policy/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/nearest.hpp"
#include "common/base/toml.hpp"
#include "common/domain/names.hpp"
#include "common/trust/hash.hpp"

namespace policy {
namespace {

namespace toml = base::toml;
using base::Code;
using base::fail;

constexpr domain::NameTable<Mode, 3> kModes{{
    {Mode::observe, "observe"},
    {Mode::ask, "ask"},
    {Mode::automatic, "auto"},
}};

constexpr domain::NameTable<Source, kSources> kSourceNames{{
    {Source::coordinator, "coordinator"},
    {Source::claude, "claude"},
    {Source::home_assistant, "home_assistant"},
    {Source::person, "operator"},
    {Source::lease, "lease"},
}};

constexpr domain::NameTable<ApprovalRule, 3> kApprovals{{
    {ApprovalRule::approver, "approver"},
    {ApprovalRule::web, "web"},
    {ApprovalRule::coordinator, "coordinator"},
}};

constexpr std::array<std::string_view, 4> kManagers{"systemd", "docker", "podman", "script"};
constexpr std::size_t kArgvMax = 64;

template <class... Parts>
auto refuse(toml::Value const& at, fmt::format_string<Parts...> text, Parts&&... parts) {
    return fail(Code::invalid,
                at.where() + ": " + fmt::format(text, std::forward<Parts>(parts)...));
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 128 && text.front() != '-' && text.front() != '.' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view{"_.@-"}.find(c) != std::string_view::npos;
           });
}

// An argv of the owner's own; executed as it stands, never by a shell.
base::Result<std::vector<std::string>> read_argv(toml::Value const& table, std::string_view key) {
    auto argv = toml::strings_or(table, key, {});
    if (!argv) return argv;
    if (argv->empty()) return refuse(table, "'{}' is missing or empty", key);
    bool const whole = std::ranges::all_of(
        *argv, [](std::string const& word) { return word.find('\0') == std::string::npos; });
    if (!argv->front().starts_with('/') || argv->size() > kArgvMax || !whole)
        return refuse(table[key], "'{}' must start with a program's absolute path", key);
    return argv;
}

base::Result<std::vector<SubjectPattern>> read_patterns(toml::Value const& root,
                                                        std::string_view key) {
    auto const texts = toml::strings_or(root, key, {});
    if (!texts) return tl::make_unexpected(texts.error());
    std::vector<SubjectPattern> patterns;
    for (auto const& text : *texts) {
        auto const slash = text.find('/');
        auto const kind = domain::parse_subject_kind(std::string_view{text}.substr(0, slash));
        auto const name = slash == std::string::npos ? std::string{} : text.substr(slash + 1);
        bool const is_host = kind == domain::SubjectKind::host;
        auto const star = name.find('*');
        if (!kind || is_host != name.empty() ||
            (star != std::string::npos && star + 1 != name.size()))
            return refuse(root[key], "'{}' is not a pattern of subjects; write for example "
                          "\"service/nginx\", \"container/*\" or \"host\"", text);
        patterns.push_back({*kind, name});
    }
    return patterns;
}

class Reader {
  public:
    explicit Reader(toml::Value root) : root_(std::move(root)) {}

    base::Result<Policy> read() {
        auto const status = read_head()
                                .and_then([&] { return read_rules(); })
                                .and_then([&] { return read_subjects(); })
                                .and_then([&] { return read_managers(); })
                                .and_then([&] { return read_jobs(); })
                                .and_then([&] { return read_scripts(); })
                                .and_then([&] { return read_offers(); })
                                .and_then([&] { return read_limits(); });
        if (!status) return tl::make_unexpected(status.error());
        return std::move(policy_);
    }

  private:
    base::Status read_head();
    base::Status read_rules();
    base::Status read_quiet_hours();
    base::Status read_subjects();
    base::Status read_managers();
    base::Status read_jobs();
    base::Status read_scripts();
    base::Status read_offers();
    base::Status read_limits();
    base::Status read_offer(toml::Value const& table);
    base::Status read_limit(toml::Value const& table, std::string_view key, int& limit);
    base::Result<std::vector<toml::Value>> tables(std::string_view key) const;

    toml::Value root_;
    Policy policy_;
};

base::Status Reader::read_head() {
    auto const known = root_.only({"mode", "remedies", "remediable", "protected", "managers",
                                   "docker_socket", "podman_socket", "jobs", "scripts", "offers",
                                   "limits", "approval", "classes", "quiet_hours"});
    if (!known) return known;
    auto const mode = toml::string_or(root_, "mode", "observe");
    if (!mode) return tl::make_unexpected(mode.error());
    auto const parsed = parse_mode(*mode);
    if (!parsed) return refuse(root_["mode"], "'mode' is observe, ask or auto, not '{}'", *mode);
    policy_.mode = *parsed;
    auto remedies = toml::strings_or(root_, "remedies", {});
    if (!remedies) return tl::make_unexpected(remedies.error());
    for (auto const& name : *remedies)
        if (name != "*" && !is_name(name))
            return refuse(root_["remedies"], "'{}' is not the name of a remedy", name);
    policy_.remedies = std::move(*remedies);
    return {};
}

// "22:30-06:00"
std::optional<QuietHours> parse_quiet_hours(std::string_view text) {
    if (text.size() != 11 || text[5] != '-') return std::nullopt;
    auto const minute = [](std::string_view clock) -> std::optional<int> {
        auto const digit = [](char c) { return c >= '0' && c <= '9'; };
        if (!digit(clock[0]) || !digit(clock[1]) || clock[2] != ':' || !digit(clock[3]) ||
            !digit(clock[4]))
            return std::nullopt;
        int const hours = (clock[0] - '0') * 10 + (clock[1] - '0');
        int const minutes = (clock[3] - '0') * 10 + (clock[4] - '0');
        if (hours > 24 || minutes > 59 || (hours == 24 && minutes != 0)) return std::nullopt;
        return hours * 60 + minutes;
    };
    auto const from = minute(text.substr(0, 5));
    auto const until = minute(text.substr(6));
    if (!from || !until || *from == *until) return std::nullopt;
    return QuietHours{*from, *until};
}

base::Status Reader::read_quiet_hours() {
    auto const texts = toml::strings_or(root_, "quiet_hours", {});
    if (!texts) return tl::make_unexpected(texts.error());
    for (auto const& text : *texts) {
        auto const hours = parse_quiet_hours(text);
        if (!hours)
            return refuse(root_["quiet_hours"],
                          "'{}' are no hours; write for example \"22:30-06:00\"", text);
        policy_.quiet_hours.push_back(*hours);
    }
    return {};
}

base::Status Reader::read_rules() {
    auto const approval = toml::string_or(root_, "approval", "approver");
    if (!approval) return tl::make_unexpected(approval.error());
    auto const rule = domain::value_of(kApprovals, *approval);
    if (!rule)
        return refuse(root_["approval"], "'approval' is approver, web or coordinator, not '{}'",
                      *approval);
    policy_.approval = *rule;
    auto const classes = root_["classes"];
    if (classes.present() && !classes.is_table()) return refuse(classes, "write [classes]");
    auto const known =
        classes.present()
            ? classes.only({"coordinator", "claude", "home_assistant", "operator", "lease"})
            : base::Status{};
    if (!known) return known;
    for (auto const& entry : classes.children()) {
        auto const source = domain::value_of(kSourceNames, entry.key());
        auto const risk = domain::parse_risk(entry.string().value_or(""));
        if (!risk || *risk == domain::Risk::forbidden)
            return refuse(entry, "'{}' is readonly, reversible or risky", entry.key());
        policy_.classes.worst[static_cast<std::size_t>(*source)] = *risk;
    }
    return read_quiet_hours();
}

base::Status Reader::read_subjects() {
    auto remediable = read_patterns(root_, "remediable");
    if (!remediable) return tl::make_unexpected(remediable.error());
    auto kept = read_patterns(root_, "protected");
    if (!kept) return tl::make_unexpected(kept.error());
    policy_.remediable = std::move(*remediable);
    policy_.protected_subjects = std::move(*kept);
    return {};
}

base::Status Reader::read_managers() {
    auto managers = toml::strings_or(root_, "managers", {});
    if (!managers) return tl::make_unexpected(managers.error());
    for (auto const& name : *managers) {
        if (std::ranges::find(kManagers, name) != kManagers.end()) continue;
        auto const meant = base::nearest(name, {kManagers.begin(), kManagers.end()});
        return refuse(root_["managers"], "unknown manager '{}'; {}", name,
                      meant.empty() ? "it can be systemd, docker, podman or script"
                                    : fmt::format("did you mean '{}'?", meant));
    }
    policy_.managers = std::move(*managers);
    for (auto [key, socket] : {std::pair{"docker_socket", &policy_.docker_socket},
                               std::pair{"podman_socket", &policy_.podman_socket}}) {
        auto path = toml::string_or(root_, key, *socket);
        if (!path) return tl::make_unexpected(path.error());
        if (!path->starts_with('/')) return refuse(root_[key], "'{}' must be absolute", key);
        *socket = std::move(*path);
    }
    return {};
}

// The tables below [key], each with a well-formed name.
base::Result<std::vector<toml::Value>> Reader::tables(std::string_view key) const {
    auto const folder = root_[key];
    if (!folder.present()) return std::vector<toml::Value>{};
    if (!folder.is_table()) return refuse(folder, "write [{}.NAME]", key);
    auto members = folder.children();
    for (auto const& member : members) {
        if (!member.is_table()) return refuse(member, "write [{}.{}]", key, member.key());
        if (!is_name(member.key()))
            return refuse(member, "'{}' is not a name (letters, digits, '_', '.', '@', '-')",
                          member.key());
    }
    return members;
}

base::Status Reader::read_jobs() {
    auto const members = tables("jobs");
    if (!members) return tl::make_unexpected(members.error());
    for (auto const& table : *members) {
        if (auto const known = table.only({"argv", "user", "timeout"}); !known) return known;
        Job job;
        auto argv = read_argv(table, "argv");
        auto user = toml::string_or(table, "user", "");
        auto const timeout = toml::duration_or(table, "timeout", job.timeout);
        if (!argv) return tl::make_unexpected(argv.error());
        if (!user) return tl::make_unexpected(user.error());
        if (!timeout) return tl::make_unexpected(timeout.error());
        if (*timeout <= base::Duration{0}) return refuse(table["timeout"], "'timeout' is zero");
        policy_.jobs.emplace(table.key(), Job{std::move(*argv), std::move(*user), *timeout});
    }
    return {};
}

base::Status Reader::read_scripts() {
    auto const members = tables("scripts");
    if (!members) return tl::make_unexpected(members.error());
    for (auto const& table : *members) {
        if (auto const known = table.only({"start", "stop", "status"}); !known) return known;
        auto start = read_argv(table, "start");
        auto stop = read_argv(table, "stop");
        auto status = read_argv(table, "status");
        if (!start) return tl::make_unexpected(start.error());
        if (!stop) return tl::make_unexpected(stop.error());
        if (!status) return tl::make_unexpected(status.error());
        policy_.scripts.emplace(table.key(),
                                Script{std::move(*start), std::move(*stop), std::move(*status)});
    }
    return {};
}

base::Status Reader::read_offer(toml::Value const& table) {
    if (auto const known = table.only({"title", "remedy", "params"}); !known) return known;
    Offer offer;
    auto title = toml::string_or(table, "title", table.key());
    auto remedy = toml::need_string(table, "remedy");
    if (!title) return tl::make_unexpected(title.error());
    if (!remedy) return tl::make_unexpected(remedy.error());
    if (!is_name(*remedy)) return refuse(table["remedy"], "'{}' is not a remedy's name", *remedy);
    auto const params = table["params"];
    for (auto const& param : params.children()) {
        auto values = toml::strings_or(params, param.key(), {});
        if (!values) return tl::make_unexpected(values.error());
        if (values->empty()) return refuse(param, "'{}' allows no value", param.key());
        offer.params.emplace(param.key(), std::move(*values));
    }
    offer.title = std::move(*title);
    offer.remedy = std::move(*remedy);
    policy_.offers.emplace(table.key(), std::move(offer));
    return {};
}

base::Status Reader::read_offers() {
    auto const members = tables("offers");
    if (!members) return tl::make_unexpected(members.error());
    for (auto const& table : *members)
        if (auto const status = read_offer(table); !status) return status;
    return {};
}

base::Status Reader::read_limit(toml::Value const& table, std::string_view key, int& limit) {
    auto const number = toml::integer_or(table, key, limit);
    if (!number) return tl::make_unexpected(number.error());
    if (*number < 0 || *number > 1'000'000)
        return refuse(table[key], "'{}' must be 0 to 1000000", key);
    limit = static_cast<int>(*number);
    return {};
}

base::Status Reader::read_limits() {
    auto const table = root_["limits"];
    if (!table.present()) return {};
    if (!table.is_table()) return refuse(table, "write [limits]");
    auto const known =
        table.only({"fixes_per_hour", "fixes_per_day", "cooldown", "failures_block", "block"});
    if (!known) return known;
    auto& limits = policy_.limits;
    auto const numbers =
        read_limit(table, "fixes_per_hour", limits.fixes_per_hour)
            .and_then([&] { return read_limit(table, "fixes_per_day", limits.fixes_per_day); })
            .and_then([&] { return read_limit(table, "failures_block", limits.failures_block); });
    if (!numbers) return numbers;
    auto const cooldown = toml::duration_or(table, "cooldown", limits.cooldown);
    auto const block = toml::duration_or(table, "block", limits.block);
    if (!cooldown) return tl::make_unexpected(cooldown.error());
    if (!block) return tl::make_unexpected(block.error());
    limits.cooldown = *cooldown;
    limits.block = *block;
    return {};
}

}  // namespace

std::string_view to_string(Mode mode) { return domain::name_of(kModes, mode); }
std::optional<Mode> parse_mode(std::string_view text) { return domain::value_of(kModes, text); }

std::string_view to_string(Source source) { return domain::name_of(kSourceNames, source); }
Source source_of(std::string_view actor) {
    auto const source = domain::value_of(kSourceNames, actor.substr(0, actor.find(':')));
    // A lease is the host's own: no command can be one.
    return source && *source != Source::lease ? *source : Source::coordinator;
}
std::string_view to_string(ApprovalRule rule) { return domain::name_of(kApprovals, rule); }

bool QuietHours::holds(int minute) const {
    return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

bool SubjectPattern::matches(domain::SubjectKind other_kind, std::string_view other) const {
    if (kind != other_kind) return false;
    if (name.ends_with('*'))
        return other.starts_with(std::string_view{name}.substr(0, name.size() - 1));
    return other == name || (kind == domain::SubjectKind::service && other == name + ".service");
}

base::Result<Policy> parse(std::string_view text, std::string const& file) {
    auto const document = toml::Document::parse(text, file);
    if (!document) return tl::make_unexpected(document.error());
    auto policy = Reader{document->root()}.read();
    if (policy) policy->digest = trust::sha256_hex(text);
    return policy;
}

Policy observe_only() { return {}; }

}  // namespace policy
