#include "tools/tomte/command_check.hpp"

#include <istream>
#include <optional>
#include <ostream>
#include <vector>

#include "common/base/files.hpp"
#include "common/base/json.hpp"
#include "common/command/classify.hpp"
#include "common/policy/judge.hpp"

namespace tomte {
namespace {

using domain::SubjectKind;
using policy::SubjectPattern;

constexpr SubjectKind kKinds[] = {
    SubjectKind::host,        SubjectKind::service, SubjectKind::container,
    SubjectKind::addon,       SubjectKind::mount,   SubjectKind::tunnel,
    SubjectKind::certificate, SubjectKind::job,     SubjectKind::target};

// "service/nginx", "container/*", or a name alone: of whatever kind.
void add_member(std::string_view line, std::vector<SubjectPattern>& members) {
    auto const slash = line.find('/');
    if (slash != line.npos)
        if (auto const kind = domain::parse_subject_kind(line.substr(0, slash))) {
            members.push_back({*kind, std::string{line.substr(slash + 1)}});
            return;
        }
    for (auto const kind : kKinds) {
        if (kind == SubjectKind::host) continue;
        members.push_back({kind, std::string{line}});
    }
    for (std::size_t i = 0; i < command::kOperandTypes; ++i)
        members.push_back({SubjectKind::host,
                           std::string{command::name_of(static_cast<command::OperandType>(i))} +
                               "/" + std::string{line}});
}

base::Result<std::vector<SubjectPattern>> read_members(std::string const& file) {
    std::vector<SubjectPattern> members;
    if (file.empty()) {
        for (auto const kind : kKinds) members.push_back({kind, "*"});
        return members;
    }
    auto const text = base::read_file(file);
    if (!text) return tl::make_unexpected(base::with_context("--members")(text.error()));
    constexpr std::string_view kBlank{" \t\r"};
    for (std::string_view rest{*text}; !rest.empty();) {
        auto const end = std::min(rest.find('\n'), rest.size());
        auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
        line = line.substr(0, line.find_last_not_of(kBlank) + 1);
        if (!line.empty() && line[0] != '#') add_member(line, members);
    }
    return members;
}

base::Result<policy::Policy> find_policy(CommandCheckOptions const& options) {
    policy::Policy found;
    if (!options.policy_file.empty()) {
        auto const text = base::read_file(options.policy_file);
        if (!text) return tl::make_unexpected(base::with_context("--policy")(text.error()));
        auto read = policy::parse(*text, options.policy_file);
        if (!read) return read;
        found = std::move(*read);
        if (options.members_file.empty()) return found;
    } else {
        found.mode = policy::Mode::automatic;
    }
    auto members = read_members(options.members_file);
    if (!members) return tl::make_unexpected(members.error());
    found.remediable = std::move(*members);
    return found;
}

void tell(std::string_view line, policy::Policy const& policy, std::ostream& out) {
    auto const classified = command::classify(line);
    auto const judged = policy::judge_line(classified, policy::Authority::order, policy);
    base::json::Writer json;
    json.begin_object().member("cmd", line).member("class", domain::to_string(classified.risk));
    json.member("lane", command::to_string(classified.lane));
    json.member("allowed_unattended", judged.allowed);
    // The line's own rule, except where the policy is stricter than the class.
    bool const stricter = !judged.allowed && classified.risk == domain::Risk::reversible;
    json.member("rule", stricter ? judged.rule : classified.rule);
    json.member("reason", stricter ? judged.reason : classified.reason);
    json.key("argv").begin_array();
    for (auto const& argv : classified.argv()) {
        json.begin_array();
        for (auto const& word : argv) json.value(word);
        json.end_array();
    }
    json.end_array().end_object();
    out << json.text() << '\n';
}

}  // namespace

base::Status check_commands(CommandCheckOptions const& options, std::istream& in,
                            std::ostream& out) {
    auto const policy = find_policy(options);
    if (!policy) return tl::make_unexpected(policy.error());
    for (std::string line; std::getline(in, line);) tell(line, *policy, out);
    return {};
}

}  // namespace tomte
