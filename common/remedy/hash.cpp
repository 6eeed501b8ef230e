#include "common/remedy/hash.hpp"

#include <string_view>

#include "common/trust/hash.hpp"

namespace remedy {
namespace {

// "5:hello": a reader of the length knows where the field ends, whatever is in it.
class Canonical {
  public:
    Canonical& text(std::string_view field) {
        text_ += std::to_string(field.size());
        text_ += ':';
        text_ += field;
        return *this;
    }
    Canonical& number(std::int64_t field) { return text(std::to_string(field)); }
    Canonical& duration(base::Duration field) { return number(field.count()); }
    Canonical& optional(std::optional<std::string> const& field) {
        number(field ? 1 : 0);
        return field ? text(*field) : *this;
    }
    Canonical& map(std::map<std::string, std::string> const& fields) {
        number(std::ssize(fields));
        for (auto const& [key, value] : fields) text(key).text(value);
        return *this;
    }
    Canonical& step(domain::Step const& step) {
        return text(step.verb).map(step.args).duration(step.timeout);
    }
    Canonical& steps(std::vector<domain::Step> const& steps) {
        number(std::ssize(steps));
        for (auto const& one : steps) step(one);
        return *this;
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

}  // namespace

std::string canonical(domain::Remedy const& remedy) {
    Canonical out;
    out.text("tomte-remedy").number(remedy.v).text(remedy.name).text(remedy.title);
    out.text(to_string(remedy.risk));
    out.number(std::ssize(remedy.answers));
    for (auto const& answer : remedy.answers) out.text(answer.signal).map(answer.labels);
    out.text(to_string(remedy.subject_kind)).text(remedy.subject_param);
    out.number(std::ssize(remedy.params));
    for (auto const& param : remedy.params) {
        out.text(param.name).text(to_string(param.type)).number(std::ssize(param.from));
        for (auto const& label : param.from) out.text(label);
        out.optional(param.otherwise);
    }
    out.steps(remedy.preconditions).steps(remedy.steps);
    out.number(remedy.check ? 1 : 0);
    if (remedy.check)
        out.step(remedy.check->step).duration(remedy.check->within).duration(remedy.check->every);
    out.steps(remedy.undo).duration(remedy.timeout);
    return out.take();
}

std::string plan_hash(domain::Command const& command) {
    Canonical out;
    out.text("tomte-plan").text(command.id).text(command.host.text()).number(command.incarnation);
    if (auto const* remedy = std::get_if<domain::RemedyOrder>(&command.order))
        out.text("remedy").text(remedy->remedy).text(remedy->hash).map(remedy->params);
    else
        out.text("line").text(std::get<domain::LineOrder>(command.order).line);
    out.duration(command.limits.timeout);
    out.number(static_cast<std::int64_t>(command.limits.output_bytes));
    return trust::sha256_hex(out.take());
}

std::string content_hash(domain::Remedy const& remedy) {
    return trust::sha256_hex(canonical(remedy));
}

}  // namespace remedy
