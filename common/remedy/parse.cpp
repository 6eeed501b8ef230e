#include "common/remedy/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/nearest.hpp"
#include "common/remedy/fill.hpp"
#include "common/remedy/verbs.hpp"

namespace remedy {
namespace {

namespace toml = base::toml;
using base::Code;
using base::fail;
using domain::Risk;

// Generous: a remedy that needs more is two remedies.
constexpr std::size_t kEntriesMax = 64;
constexpr base::Duration kTimeoutMax{6 * 3'600'000};

constexpr std::string_view kRisks[]{"readonly", "reversible", "risky"};
constexpr std::string_view kTypes[]{"unit", "container", "mount",  "tunnel",   "job",
                                    "host", "word",      "number", "duration", "size"};
constexpr std::string_view kKinds[]{"host",   "service",     "container", "addon", "mount",
                                    "tunnel", "certificate", "job",       "target"};

template <class... Parts>
auto refuse(toml::Value const& at, fmt::format_string<Parts...> text, Parts&&... parts) {
    return fail(Code::invalid,
                at.where() + ": " + fmt::format(text, std::forward<Parts>(parts)...));
}

auto refuse_word(toml::Value const& at, std::string_view what, std::string_view word,
                 std::span<std::string_view const> known) {
    auto message = fmt::format("{}: unknown {} '{}'", at.where(), what, word);
    std::vector<std::string_view> const names{known.begin(), known.end()};
    if (auto const meant = base::nearest(word, names); !meant.empty())
        message += fmt::format("; did you mean '{}'?", meant);
    else message += fmt::format("; it can be {}", fmt::join(names, ", "));
    return fail(Code::invalid, std::move(message));
}

bool is_identifier(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.front() >= 'a' && text.front() <= 'z' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

// Reads one remedy member by member; the first mistake ends it. A class only so that the half-read
// remedy need not be handed from function to function.
class Reader {
  public:
    explicit Reader(toml::Value file) : file_(std::move(file)) {}

    base::Result<domain::Remedy> read() {
        auto const status = read_head()
                                .and_then([&] { return read_subject(); })
                                .and_then([&] { return read_answers(); })
                                .and_then([&] { return read_params(); })
                                .and_then([&] { return read_subject_param(); })
                                .and_then([&] { return read_procedure(); })
                                .and_then([&] { return check_whole(); });
        if (!status) return tl::make_unexpected(status.error());
        return std::move(remedy_);
    }

  private:
    base::Status read_head();
    base::Status read_subject();
    base::Status read_answers();
    base::Status read_params();
    base::Status read_subject_param();
    base::Status read_procedure();
    base::Status check_whole();

    base::Status read_param(toml::Value const& table);
    base::Status read_steps(std::string_view key, bool only_questions, std::vector<domain::Step>&);
    base::Result<domain::Step> read_step(toml::Value const& table, bool only_questions);
    base::Status read_check(toml::Value const& table);
    base::Status check_arg(toml::Value const& at, Verb const& verb, std::string_view name,
                           std::string const& text);
    domain::ParamSpec const* param(std::string_view name) const;

    toml::Value file_;
    domain::Remedy remedy_;
    Risk worst_ = Risk::readonly;  // of the steps
};

domain::ParamSpec const* Reader::param(std::string_view name) const {
    auto const found = std::ranges::find(remedy_.params, name, &domain::ParamSpec::name);
    return found == remedy_.params.end() ? nullptr : &*found;
}

base::Status Reader::read_head() {
    auto const known = file_.only({"v", "name", "title", "risk", "subject", "answers", "params",
                                   "preconditions", "steps", "check", "undo", "timeout"});
    if (!known) return known;
    auto const version = toml::integer_or(file_, "v", 1);
    auto name = toml::need_string(file_, "name");
    auto title = toml::need_string(file_, "title");
    auto const risk = toml::need_string(file_, "risk");
    auto const timeout = toml::duration_or(file_, "timeout", remedy_.timeout);
    if (!version) return tl::make_unexpected(version.error());
    if (!name) return tl::make_unexpected(name.error());
    if (!title) return tl::make_unexpected(title.error());
    if (!risk) return tl::make_unexpected(risk.error());
    if (!timeout) return tl::make_unexpected(timeout.error());
    if (*version != 1)
        return refuse(file_["v"], "version {} is not known here; this program reads 1", *version);
    if (!is_identifier(*name))
        return refuse(file_["name"], "a remedy's name is like restart_service, not '{}'", *name);
    auto const parsed = domain::parse_risk(*risk);
    if (!parsed || *parsed == Risk::forbidden)
        return refuse_word(file_["risk"], "risk", *risk, kRisks);
    if (*timeout <= base::Duration{0} || *timeout > kTimeoutMax)
        return refuse(file_["timeout"], "'timeout' must be above 0 and at most 6h");
    remedy_.name = std::move(*name);
    remedy_.title = std::move(*title);
    remedy_.risk = *parsed;
    remedy_.timeout = *timeout;
    return {};
}

base::Status Reader::read_subject() {
    auto const text = toml::need_string(file_, "subject");
    if (!text) return tl::make_unexpected(text.error());
    auto const kind_text = std::string_view{*text}.substr(0, text->find('/'));
    auto const kind = domain::parse_subject_kind(kind_text);
    if (!kind) return refuse_word(file_["subject"], "kind of subject", kind_text, kKinds);
    remedy_.subject_kind = *kind;
    if (kind_text.size() == text->size()) {
        if (*kind == domain::SubjectKind::host) return {};
        return refuse(file_["subject"], "say which one, like \"{}/{{name}}\"", kind_text);
    }
    auto const rest = std::string_view{*text}.substr(kind_text.size() + 1);
    if (*kind == domain::SubjectKind::host || rest.size() < 3 || !rest.starts_with('{') ||
        !rest.ends_with('}'))
        return refuse(file_["subject"], "a subject is like \"service/{{unit}}\" or \"host\"");
    remedy_.subject_param = rest.substr(1, rest.size() - 2);
    return {};
}

base::Status Reader::read_answers() {
    auto const answers = file_["answers"];
    if (!answers.present()) return {};
    if (!answers.is_array() || answers.children().size() > kEntriesMax)
        return refuse(answers, "'answers' is a list of at most {} tables", kEntriesMax);
    for (auto const& table : answers.children()) {
        if (auto const known = table.only({"signal", "labels"}); !known) return known;
        auto signal = toml::need_string(table, "signal");
        if (!signal) return tl::make_unexpected(signal.error());
        domain::Answer answer{std::move(*signal), {}};
        for (auto const& label : table["labels"].children()) {
            auto text = label.string();
            if (!text) return refuse(label, "label '{}' must be a text in quotes", label.key());
            answer.labels.emplace(label.key(), std::move(*text));
        }
        if (answer.signal.empty()) return refuse(table, "'signal' is empty");
        remedy_.answers.push_back(std::move(answer));
    }
    return {};
}

base::Status Reader::read_param(toml::Value const& table) {
    if (auto const known = table.only({"type", "from", "default"}); !known) return known;
    if (!is_identifier(table.key()))
        return refuse(table, "a parameter's name is like unit or max_age, not '{}'", table.key());
    auto const type = toml::need_string(table, "type");
    if (!type) return tl::make_unexpected(type.error());
    auto const parsed = domain::parse_param_type(*type);
    if (!parsed) return refuse_word(table["type"], "type", *type, kTypes);
    auto from = toml::strings_or(table, "from", {});
    if (!from) return tl::make_unexpected(from.error());
    domain::ParamSpec spec{table.key(), *parsed, std::move(*from), std::nullopt};
    if (table["default"].present()) {
        auto text = toml::need_string(table, "default");
        if (!text) return tl::make_unexpected(text.error());
        if (auto const fits = check_value(spec.type, *text); !fits)
            return refuse(table["default"], "{}", fits.error().message);
        spec.otherwise = std::move(*text);
    }
    if (spec.from.empty() && !spec.otherwise)
        return refuse(table, "parameter '{}' has neither 'from' nor 'default'", spec.name);
    remedy_.params.push_back(std::move(spec));
    return {};
}

base::Status Reader::read_params() {
    auto const params = file_["params"];
    if (!params.present()) return {};
    if (!params.is_table() || params.children().size() > kEntriesMax)
        return refuse(params, "'params' is a table of at most {} parameters", kEntriesMax);
    for (auto const& table : params.children())
        if (auto const status = read_param(table); !status) return status;
    return {};
}

base::Status Reader::read_subject_param() {
    if (remedy_.subject_param.empty() || param(remedy_.subject_param)) return {};
    return refuse(file_["subject"], "there is no parameter '{}'", remedy_.subject_param);
}

// An argument that is one placeholder takes its parameter's type; one with text around it is
// checked when it is filled; one without is checked now.
base::Status Reader::check_arg(toml::Value const& at, Verb const& verb, std::string_view name,
                               std::string const& text) {
    bool placeholders = false;
    for (auto open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
        auto const close = text.find('}', open);
        if (close == std::string::npos) return refuse(at, "a brace has no partner in '{}'", text);
        auto const inner = text.substr(open + 1, close - open - 1);
        auto const* spec = param(inner);
        if (!spec) {
            std::vector<std::string_view> known;
            for (auto const& one : remedy_.params) known.push_back(one.name);
            return refuse_word(at, "placeholder", inner, known);
        }
        auto const arg = std::ranges::find(verb.args, name, &VerbArg::name);
        bool const whole = open == 0 && close + 1 == text.size();
        if (whole && spec->type != arg->type)
            return refuse(at, "'{}' of {} is a {}, but parameter '{}' is a {}", name, verb.name,
                          to_string(arg->type), spec->name, to_string(spec->type));
        placeholders = true;
    }
    if (placeholders) return {};
    auto const fits = check_verb_arg(verb, name, text);
    return fits ? fits : refuse(at, "{}: {}", verb.name, fits.error().message);
}

base::Result<domain::Step> Reader::read_step(toml::Value const& table, bool only_questions) {
    domain::Step step;
    auto verb = toml::need_string(table, "verb");
    auto const timeout = toml::duration_or(table, "timeout", step.timeout);
    if (!verb) return tl::make_unexpected(verb.error());
    if (!timeout) return tl::make_unexpected(timeout.error());
    if (*timeout <= base::Duration{0} || *timeout > kTimeoutMax)
        return refuse(table["timeout"], "'timeout' must be above 0 and at most 6h");
    step.verb = std::move(*verb);
    step.timeout = *timeout;
    for (auto const& arg : table["args"].children()) {
        auto text = arg.string();
        if (auto const whole = arg.integer()) text = std::to_string(*whole);
        if (!text) return refuse(arg, "argument '{}' must be a text or a number", arg.key());
        step.args.emplace(arg.key(), std::move(*text));
    }
    if (auto const named = check_verb_names(step); !named)
        return refuse(table, "{}", named.error().message);
    auto const& known = *find_verb(step.verb);
    for (auto const& [name, text] : step.args) {
        auto const status = check_arg(table["args"][name], known, name, text);
        if (!status) return tl::make_unexpected(status.error());
    }
    if (only_questions && known.risk != Risk::readonly)
        return refuse(table, "{} changes something; only questions may stand here", known.name);
    worst_ = std::max(worst_, known.risk);
    return step;
}

base::Status Reader::read_steps(std::string_view key, bool only_questions,
                                std::vector<domain::Step>& steps) {
    auto const list = file_[key];
    if (!list.present()) return {};
    if (!list.is_array() || list.children().size() > kEntriesMax)
        return refuse(list, "'{}' is a list of at most {} tables", key, kEntriesMax);
    for (auto const& table : list.children()) {
        if (auto const allowed = table.only({"verb", "args", "timeout"}); !allowed) return allowed;
        auto step = read_step(table, only_questions);
        if (!step) return tl::make_unexpected(step.error());
        steps.push_back(std::move(*step));
    }
    return {};
}

base::Status Reader::read_check(toml::Value const& table) {
    auto const known = table.only({"verb", "args", "timeout", "within", "every"});
    if (!known) return known;
    domain::Check check;
    auto step = read_step(table, true);
    auto const within = toml::duration_or(table, "within", check.within);
    auto const every = toml::duration_or(table, "every", check.every);
    if (!step) return tl::make_unexpected(step.error());
    if (!within) return tl::make_unexpected(within.error());
    if (!every) return tl::make_unexpected(every.error());
    if (*every < base::Duration{100})
        return refuse(table["every"], "'every' must be at least 100ms");
    if (*within > remedy_.timeout)
        return refuse(table, "'within' is longer than the whole remedy's timeout of {}",
                      base::to_text(remedy_.timeout));
    remedy_.check = domain::Check{std::move(*step), *within, *every};
    return {};
}

base::Status Reader::read_procedure() {
    return read_steps("preconditions", true, remedy_.preconditions)
        .and_then([&] { return read_steps("steps", false, remedy_.steps); })
        .and_then([&] { return read_steps("undo", false, remedy_.undo); })
        .and_then([&] {
            auto const check = file_["check"];
            return check.present() ? read_check(check) : base::Status{};
        });
}

base::Status Reader::check_whole() {
    if (remedy_.steps.empty())
        return refuse(file_, "remedy '{}' has no 'steps'", remedy_.name);
    if (worst_ > remedy_.risk)
        return refuse(file_["risk"], "the steps are {}, so 'risk' cannot be {}", to_string(worst_),
                      to_string(remedy_.risk));
    // Without a question afterwards nobody could say that it helped.
    if (worst_ != Risk::readonly && !remedy_.check)
        return refuse(file_, "remedy '{}' changes something and has no 'check'", remedy_.name);
    return {};
}

}  // namespace

base::Result<domain::Remedy> parse_remedy(base::toml::Value const& file) {
    return Reader{file}.read();
}

}  // namespace remedy
