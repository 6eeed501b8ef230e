#include "agent/hand/work.hpp"

#include <algorithm>

#include "common/command/names.hpp"
#include "common/domain/subject.hpp"
#include "common/remedy/fill.hpp"
#include "common/remedy/verbs.hpp"

namespace hand {

namespace {

// A verb nobody knows is taken for a change: it will be refused, and not by slipping past a rule.
bool is_change(domain::Step const& step) {
    auto const* verb = remedy::find_verb(step.verb);
    return verb == nullptr || verb->risk != domain::Risk::readonly;
}

// The subject as remedies name it, so that limits count both alike.
std::string subject_of(command::Change const& change) {
    if (!change.kind)
        return "host/" + std::string{command::name_of(change.type)} + "/" + change.name;
    auto name = change.name;
    if (*change.kind == domain::SubjectKind::service && !command::has_unit_type(name))
        name += ".service";
    return std::string{domain::to_string(*change.kind)} + "/" + name;
}

}  // namespace

void take_line(command::Classified line, Work& work) {
    LineWork what{std::move(line.pipelines), {}};
    work.changes = line.risk != domain::Risk::readonly;
    if (work.changes && line.changes.empty()) work.subjects = {"host/"};
    for (auto const& change : line.changes) {
        auto subject = subject_of(change);
        auto const name = subject.substr(subject.find('/') + 1);
        // Names of other managers (pm2, compose) are not systemd's.
        if (change.type == command::OperandType::unit_)
            what.changed.push_back({"service.restart", {{"unit", name}}});
        if (change.type == command::OperandType::container_)
            what.changed.push_back({"container.restart", {{"container", name}}});
        if (std::find(work.subjects.begin(), work.subjects.end(), subject) == work.subjects.end())
            work.subjects.push_back(std::move(subject));
    }
    work.what = std::move(what);
}

bool changes_anything(domain::Remedy const& remedy) {
    return std::any_of(remedy.steps.begin(), remedy.steps.end(), is_change);
}

base::Result<std::vector<std::string>> subjects_of(domain::Remedy const& remedy,
                                                   domain::Params const& params) {
    std::vector<std::string> subjects;
    for (auto const* steps : {&remedy.steps, &remedy.undo}) {
        for (auto const& step : *steps) {
            if (!is_change(step)) continue;
            auto const filled = remedy::fill(step, params);
            if (!filled) return tl::make_unexpected(filled.error());
            auto const* verb = remedy::find_verb(step.verb);
            std::string subject = "host/";
            if (verb != nullptr && !verb->subject_arg.empty()) {
                auto const named = filled->args.find(std::string{verb->subject_arg});
                if (named == filled->args.end())
                    return base::fail(base::Code::invalid,
                                      step.verb + " does not say what it changes");
                subject = std::string{domain::to_string(verb->subject_kind)} + "/" + named->second;
            }
            if (std::find(subjects.begin(), subjects.end(), subject) == subjects.end())
                subjects.push_back(std::move(subject));
        }
    }
    return subjects;
}

}  // namespace hand
