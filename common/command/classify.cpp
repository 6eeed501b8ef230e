#include "common/command/classify.hpp"

#include <algorithm>

#include "common/command/simple.hpp"

namespace command {
namespace {

using domain::Risk;

// In the lane that can do nothing: nobody wakes root for a line that will not run.
Classified forbidden(Refusal why) {
    return Classified{Risk::forbidden, Lane::read, std::move(why.rule), std::move(why.reason)};
}

// The place of a command in its pipeline.
std::optional<Refusal> check_place(Judged const& judged, bool first, std::string_view name) {
    if (!first && (!judged.filter || judged.command.risk != Risk::readonly))
        return Refusal{"pipeline.filter",
                       "'" + std::string{name} + "' does not filter, so nothing is piped into it"};
    if (first && judged.needs_input)
        return Refusal{"pipeline.input", "'" + std::string{name} + "' has nothing to read here"};
    return std::nullopt;
}

}  // namespace

std::vector<std::vector<std::string>> Classified::argv() const {
    std::vector<std::vector<std::string>> all;
    for (auto const& pipeline : pipelines)
        for (auto const& command : pipeline.commands) all.push_back(command.argv);
    return all;
}

Classified classify(std::string_view line, Context const& context) {
    auto const words = lex(line);
    if (!words) return forbidden(words.error());
    Classified made{Risk::readonly, Lane::read, {}, {}};
    for (auto const& pipeline : *words) {
        made.pipelines.push_back({pipeline.join, {}});
        for (auto const& simple : pipeline.commands) {
            auto judged = judge_simple(catalog(), simple, context);
            if (!judged) return forbidden(judged.error());
            bool const first = made.pipelines.back().commands.empty();
            if (auto why = check_place(*judged, first, simple.words[0].text))
                return forbidden(std::move(*why));
            auto& command = judged->command;
            if (made.rule.empty() || command.risk > made.risk) {
                made.rule = judged->rule;
                made.reason = judged->reason;
            }
            made.risk = std::max(made.risk, command.risk);
            made.lane = std::max(made.lane, command.lane);
            made.pipelines.back().commands.push_back(std::move(command));
            for (auto& change : judged->changes) made.changes.push_back(std::move(change));
        }
    }
    return made;
}

}  // namespace command
