#include "common/command/simple.hpp"

#include <algorithm>
#include <optional>

#include "common/base/nearest.hpp"
#include "common/command/arguments.hpp"
#include "common/command/minis.hpp"
#include "common/command/operands.hpp"
#include "common/command/protected.hpp"

namespace command {
namespace {

using domain::Risk;
using table::Form;
using table::Program;
using table::Sub;

std::string quoted(std::string_view text) { return "'" + std::string{text} + "'"; }

// /bin and /sbin are other names of /usr/bin and /usr/sbin.
std::string_view below_usr(std::string_view path) {
    constexpr std::string_view kUsr{"/usr"};
    return path.starts_with("/usr/bin/") || path.starts_with("/usr/sbin/")
               ? path.substr(kUsr.size())
               : path;
}

class Judge {
  public:
    Judge(Catalogue const& in, SimpleWords const& words, Context const& context)
        : in_(in), words_(words), context_(context) {}

    OrRefusal<Judged> judge() {
        if (auto script = init_script()) return std::move(*script);
        auto const program = find();
        if (!program) return tl::make_unexpected(program.error());
        program_ = *program;
        form_ = &in_.forms[program_->form];
        take_words();
        if (asks_only_for_help()) return finish();
        if (form_->mini != 0) return whole_list(form_->mini, 1);
        if (auto other = another_program()) return std::move(*other);
        std::size_t from = 0;
        std::optional<Refusal> why;
        while (true) {
            auto parsed = find_sub(from);
            if (!parsed) return tl::make_unexpected(why ? *why : parsed.error());
            if (form().mini != 0) return whole_list(form().mini, 1 + sub_size());
            auto good = check(std::move(*parsed));
            if (good) return finish();
            if (!why) why = good.error();
            if (!has_another_form(from)) return tl::make_unexpected(*why);
            made_ = {};
            take_words();
        }
    }

  private:
    // "df --version": the one thing every program does alike.
    bool asks_only_for_help() {
        tells_itself_ = words_.words.size() == 2 &&
                        (words_.words[1].text == "--help" || words_.words[1].text == "--version");
        return tells_itself_;
    }

    Form const& form() const { return sub_ != nullptr ? in_.forms[sub_->form] : *form_; }
    std::size_t sub_size() const { return sub_ != nullptr ? sub_->words.size : 0; }

    OrRefusal<Program const*> find() const {
        std::string_view const typed = words_.words[0].text;
        auto const slash = typed.rfind('/');
        auto const name = slash == typed.npos ? typed : typed.substr(slash + 1);
        auto const* program = command::find_program(in_, name);
        if (program == nullptr && slash == typed.npos) return unknown(name);
        if (slash == typed.npos) return program;
        if (program != nullptr)
            for (auto const& path : Catalogue::part(in_.texts, program->paths))
                if (below_usr(in_[path]) == below_usr(typed)) return program;
        return refuse("program.path", quoted(typed) + " is not where the catalogue has a program");
    }

    tl::unexpected<Refusal> unknown(std::string_view name) const {
        std::vector<std::string_view> known;
        for (auto const& program : in_.programs) known.push_back(in_[program.name]);
        std::string reason = "the program " + quoted(name) + " is not in the catalogue";
        if (auto const meant = base::nearest(name, known); !meant.empty())
            reason += "; did you mean " + quoted(meant) + "?";
        return refuse("program.unknown", std::move(reason));
    }

    // "/etc/init.d/nginx reload" is "service nginx reload" in other words.
    std::optional<OrRefusal<Judged>> init_script() const {
        constexpr std::string_view kFolder{"/etc/init.d/"};
        auto const& typed = words_.words[0].text;
        if (!typed.starts_with(kFolder)) return std::nullopt;
        auto inner = words_;
        inner.words[0].text = typed.substr(kFolder.size());
        inner.words.insert(inner.words.begin(), Word{"service", false, false});
        auto judged = judge_simple(in_, inner, context_);
        if (!judged) return judged;
        bool const plain = judged->command.inject.empty() && judged->command.paths.empty() &&
                           judged->command.literal_globs.empty();
        if (!plain || judged->changes.empty())
            return refuse("program.path", quoted(typed) + " is not started like this");
        judged->command.programs = {typed};
        judged->command.argv.erase(judged->command.argv.begin());
        judged->command.argv[0] = typed;
        return judged;
    }

    void take_words() {
        auto& command = made_.command;
        for (auto const& word : words_.words) command.argv.push_back(word.text);
        for (auto const& path : Catalogue::part(in_.texts, program_->paths))
            command.programs.emplace_back(in_[path]);
        command.out = words_.out;
        command.error = words_.error;
    }

    // Do the words of the subcommand stand somewhere in a row?
    bool stands(Sub const& sub, std::size_t at) const {
        auto const names = Catalogue::part(in_.texts, sub.words);
        if (at + names.size() > words_.words.size()) return false;
        for (std::size_t i = 0; i < names.size(); ++i)
            if (words_.words[at + i].text != in_[names[i]]) return false;
        return true;
    }

    // "docker compose …": the words behind the subcommand are another program's arguments.
    std::optional<OrRefusal<Judged>> another_program() {
        for (auto const& sub : subs()) {
            auto const as = in_[sub.as];
            if (as.empty()) continue;
            auto const at = behind_options();
            if (at >= words_.words.size() || !stands(sub, at)) continue;
            auto const skipped = at + sub.words.size - 1;
            auto inner = words_;
            inner.words.erase(inner.words.begin(),
                              inner.words.begin() + static_cast<std::ptrdiff_t>(skipped));
            inner.words[0] = Word{std::string{as}, false, false};
            auto judged = judge_simple(in_, inner, context_);
            if (judged && !judged->command.inject.empty())
                return refuse("subcommand.as", "'" + std::string{as} + "' needs arguments of ours");
            if (judged) widen(*judged, skipped);
            return judged;
        }
        return std::nullopt;
    }

    // The first word that is no option of the program itself; past the end if one is unknown.
    std::size_t behind_options() const {
        std::size_t at = 1;
        for (; at < words_.words.size() && words_.words[at].text.starts_with('-'); ++at) {
            auto const* option = own_option(words_.words[at].text);
            if (option == nullptr) return words_.words.size();
            if (option->arity == Arity::none) continue;
            if (++at >= words_.words.size() ||
                !check_slot(in_, in_.slots[option->slot], words_.words[at].text, context_))
                return words_.words.size();
        }
        return at;
    }

    table::Option const* own_option(std::string_view name) const {
        for (auto const range : {form_->before, form_->options})
            for (auto const& option : Catalogue::part(in_.options, range))
                for (auto const& known : Catalogue::part(in_.texts, option.names))
                    if (in_[known] == name &&
                        (option.arity == Arity::none || option.arity == Arity::value))
                        return &option;
        return nullptr;
    }

    // What was found for the other program, seen from the whole command line.
    void widen(Judged& judged, std::size_t skipped) const {
        auto& command = judged.command;
        command.argv = made_.command.argv;
        command.programs = made_.command.programs;
        for (auto& path : command.paths) path.word += skipped;
        for (auto& glob : command.literal_globs) glob += skipped;
    }

    std::span<Sub const> subs() const { return Catalogue::part(in_.subs, program_->subs); }

    bool same_words(Sub const& one, Sub const& other) const {
        return std::ranges::equal(
            Catalogue::part(in_.texts, one.words), Catalogue::part(in_.texts, other.words), {},
            [&](table::Text text) { return in_[text]; },
            [&](table::Text text) { return in_[text]; });
    }

    // Is there another form of the subcommand just tried, at `from` or behind?
    bool has_another_form(std::size_t from) const {
        return sub_ != nullptr && std::ranges::any_of(subs().subspan(from), [&](Sub const& sub) {
                   return same_words(sub, *sub_);
               });
    }

    bool stands_somewhere(Sub const& sub) const {
        for (std::size_t at = 1; at < words_.words.size(); ++at)
            if (stands(sub, at)) return true;
        return false;
    }

    // Do the first operands say the subcommand, in a row?
    bool is_named(Sub const& sub, Arguments const& parsed) const {
        auto const size = sub.words.size;
        return parsed.operands.size() >= size && stands(sub, parsed.operands[0]) &&
               parsed.operands[size - 1] == parsed.operands[0] + size - 1u;
    }

    // The arguments by the first grammar from `from` on whose options fit, with `sub_` set to it;
    // `from` then is the next. After the first call only further forms of the same are tried.
    OrRefusal<Arguments> find_sub(std::size_t& from) {
        if (subs().empty()) return parse_arguments(in_, *form_, nullptr, 0, words_.words);
        std::optional<Refusal> why;
        for (auto const* before = sub_; from < subs().size();) {
            auto const& sub = subs()[from];
            if (sub.words.size == 0) break;
            ++from;
            if (before != nullptr && !same_words(sub, *before)) continue;
            if (!stands_somewhere(sub)) continue;
            auto parsed =
                parse_arguments(in_, *form_, &in_.forms[sub.form], sub.words.size, words_.words);
            if (!parsed) {
                if (!why) why = parsed.error();
                continue;
            }
            if (!is_named(sub, *parsed)) continue;
            sub_ = &sub;
            parsed->operands.erase(parsed->operands.begin(),
                                   parsed->operands.begin() + sub.words.size);
            return parsed;
        }
        if (sub_ != nullptr && sub_->words.size > 0)
            return tl::make_unexpected(why ? *why : no_form());
        return without_sub(from, std::move(why));
    }

    // The forms of the program itself, from `from` on.
    OrRefusal<Arguments> without_sub(std::size_t& from, std::optional<Refusal> why) {
        if (from < subs().size()) {
            std::optional<Refusal> own_why;
            while (from < subs().size()) {
                auto const& bare = subs()[from++];
                auto const& form = in_.forms[bare.form];
                auto parsed = parse_arguments(in_, *form_, &form, 0, words_.words);
                if (!parsed) {
                    if (!own_why) own_why = parsed.error();
                } else if (parsed->operands.empty() || form.steps.size > 1 || is_all_forms()) {
                    sub_ = &bare;
                    return parsed;
                } else if (!why) {
                    return unknown_sub(words_.words[parsed->operands[0]].text);
                }
            }
            if (why) return tl::make_unexpected(*why);
            return tl::make_unexpected(own_why ? *own_why : no_form());
        }
        auto parsed = parse_arguments(in_, *form_, nullptr, 0, words_.words);
        if (parsed && parsed->operands.empty() && parsed->only_tells_itself()) return parsed;
        if (form_->allowed && parsed &&
            (parsed->operands.empty() || Catalogue::part(in_.steps, form_->steps).size() > 1))
            return parsed;
        if (why) return tl::make_unexpected(*why);
        if (!parsed) return parsed;
        if (parsed->operands.empty())
            return refuse("subcommand.missing",
                          quoted(in_[program_->name]) + " needs a subcommand");
        return unknown_sub(words_.words[parsed->operands[0]].text);
    }

    static Refusal no_form() { return {"subcommand.form", "no form of it fits"}; }

    // Has the program no subcommands, only forms of its own?
    bool is_all_forms() const { return subs()[0].words.size == 0; }

    tl::unexpected<Refusal> unknown_sub(std::string_view word) const {
        std::vector<std::string_view> known;
        for (auto const& sub : Catalogue::part(in_.subs, program_->subs))
            if (sub.words.size > 0) known.push_back(in_.text_at(sub.words.first));
        std::string reason =
            quoted(word) + " of " + std::string{in_[program_->name]} + " is not in the catalogue";
        if (auto const meant = base::nearest(word, known); !meant.empty())
            reason += "; did you mean " + quoted(meant) + "?";
        return refuse("subcommand.unknown", std::move(reason));
    }

    OrRefusal<bool> check(Arguments parsed) {
        for (auto& value : parsed.values) {
            auto const& word = words_.words[value.word];
            if (word.glob && !value.whole) {
                auto const& slot = in_.slots[value.slot];
                if (!slot.enumerated && is_path(slot.type))
                    return refuse("operand.glob",
                                  "a pattern of paths may not be part of an option");
                made_.command.literal_globs.push_back(value.word);  // "--include=*.log"
            }
            auto context = context_;
            context.glob = word.glob;
            auto fit = check_slot(in_, in_.slots[value.slot], value.text, context);
            if (!fit) return refuse(fit.rule.empty() ? "option.value" : fit.rule, fit.reason);
            value.risk = fit.risk;
        }
        if (parsed.only_tells_itself() && parsed.operands.empty()) {
            tells_itself_ = true;
            return true;
        }
        auto fitted = fit_operands(in_, Catalogue::part(in_.steps, form().steps), words_.words,
                                   parsed.operands, context_);
        if (!fitted) return tl::make_unexpected(fitted.error());
        raise(form().risk);
        raise(fitted->risk);
        for (auto const& used : parsed.options) raise(used.option->risk);
        for (auto const& value : parsed.values) take(value);
        for (auto const& value : fitted->values) take(value);
        return true;
    }

    void raise(Risk risk) { made_.command.risk = std::max(made_.command.risk, risk); }

    void take(Value const& value) {
        auto const& slot = in_.slots[value.slot];
        auto const text = value.text.substr(in_[slot.prefix].size());
        raise(value.risk);
        if (slot.changed) change(slot, text);
        if (slot.enumerated || !is_path(slot.type)) return;
        auto const& word = words_.words[value.word];
        auto const use = reads_content(slot.type) ? PathUse::read : PathUse::meta;
        made_.command.paths.push_back({value.word, word.text.size() - text.size(), use, word.glob});
    }

    void change(table::Slot const& slot, std::string_view text) {
        while (true) {
            auto const end = slot.list ? std::min(text.find(','), text.size()) : text.size();
            made_.changes.push_back({slot.type, subject_kind_of(slot.type),
                                     std::string{text.substr(0, end)}, slot.gentle});
            if (end == text.size()) return;
            text.remove_prefix(end + 1);
        }
    }

    // The whole list of arguments is a language of its own.
    OrRefusal<Judged> whole_list(std::uint8_t mini, std::size_t from) {
        auto const& argv = made_.command.argv;
        auto verdict = check_mini(mini, std::span{argv}.subspan(std::min(from, argv.size())));
        if (verdict.risk == Risk::forbidden)
            return refuse(std::move(verdict.rule), std::move(verdict.reason));
        for (auto const& claim : verdict.claims)
            if (auto good = hold(claim, from); !good) return tl::make_unexpected(good.error());
        raise(form().risk);
        raise(verdict.risk);
        return finish();
    }

    OrRefusal<bool> hold(Claim const& claim, std::size_t from) {
        auto const type = parse_operand_type(claim.type);
        if (!type) return refuse("operand.type", "no type is called " + claim.type);
        auto context = context_;
        for (std::size_t i = from; i < words_.words.size(); ++i) {
            auto const& word = words_.words[i];
            if (word.text != claim.text) continue;
            context.glob = context.glob || word.glob;
            if (is_path(*type))
                made_.command.paths.push_back(
                    {i, 0, reads_content(*type) ? PathUse::read : PathUse::meta, word.glob});
        }
        if (auto fit = check_operand(*type, claim.text, context); !fit)
            return refuse("operand.type", fit.reason);
        return true;
    }

    // Every unquoted pattern is a path to expand, or text that must match nothing.
    OrRefusal<bool> check_globs() {
        for (std::size_t i = 1; i < words_.words.size(); ++i) {
            auto const& word = words_.words[i];
            if (!word.glob) continue;
            bool const path = std::ranges::any_of(
                made_.command.paths, [&](NamedPath const& one) { return one.word == i; });
            if (path && (word.text[0] != '/' || made_.command.risk != Risk::readonly))
                return refuse("operand.glob",
                              "only an absolute pattern of paths is expanded, and "
                              "only for a program that reads");
            if (path || std::ranges::count(made_.command.literal_globs, i) > 0) continue;
            if (word.text[0] == '/' || word.text[0] == '-')
                return refuse("operand.glob", quoted(word.text) + " must stand in quotes");
            made_.command.literal_globs.push_back(i);
        }
        return true;
    }

    // What no policy lists by a kind (guests, objects of a cluster) is judged by its bare name, as
    // a container is.
    static Protection protection_of(Change const& change) {
        if (change.kind) return command::protection_of(*change.kind, change.name);
        std::string_view const name = change.name;
        return command::protection_of(domain::SubjectKind::container,
                                      name.substr(name.rfind('/') + 1));
    }

    OrRefusal<Judged> finish() {
        if (auto good = check_globs(); !good) return tl::make_unexpected(good.error());
        for (auto const& change : made_.changes) {
            auto const protection = protection_of(change);
            if (protection == Protection::none) continue;
            // What must go on running may be started again or told to reload, if a person agrees.
            if (!change.gentle || protection == Protection::whole)
                return refuse("protected",
                              quoted(change.name) + " is protected: no command line touches it");
            raise(Risk::risky);
        }
        auto& command = made_.command;
        for (auto const& text : Catalogue::part(in_.texts, form().inject))
            command.inject.push_back(in_[text]);
        bool const content = std::ranges::any_of(
            command.paths, [](NamedPath const& path) { return path.use == PathUse::read; });
        command.lane = tells_itself_ ? Lane::read : form().lane;
        if (command.risk != Risk::readonly) command.lane = Lane::fix;
        // sudo only says that root is meant; root opens no file for anybody.
        if (words_.sudo && command.paths.empty()) command.lane = Lane::fix;
        if (command.lane == Lane::fix && content && command.risk == Risk::readonly)
            return refuse("lane.path", "what needs root to read may not be given a file");
        made_.rule = rule();
        made_.reason = std::string{in_[program_->about]};
        made_.filter = form().filter;
        made_.needs_input = form().needs_input && command.paths.empty() && !tells_itself_;
        return std::move(made_);
    }

    std::string rule() const {
        std::string rule{in_[program_->name]};
        if (sub_ != nullptr)
            for (auto const& word : Catalogue::part(in_.texts, sub_->words))
                (rule += '.') += in_[word];
        return rule;
    }

    Catalogue const& in_;
    SimpleWords const& words_;
    Context const& context_;
    Program const* program_ = nullptr;
    Form const* form_ = nullptr;
    Sub const* sub_ = nullptr;
    bool tells_itself_ = false;  // "--version"
    Judged made_;
};

// "/etc/init.d/nginx reload" is judged and run as "service nginx reload".
std::optional<SimpleWords> as_service(SimpleWords const& words) {
    constexpr std::string_view kFolder{"/etc/init.d/"};
    std::string_view const typed = words.words[0].text;
    if (!typed.starts_with(kFolder) || words.words.size() != 2) return std::nullopt;
    auto made = words;
    made.words[0].text = typed.substr(kFolder.size());
    made.words.insert(made.words.begin(), Word{.text = "service"});
    return made;
}

}  // namespace

OrRefusal<Judged> judge_simple(Catalogue const& in, SimpleWords const& words,
                               Context const& context) {
    if (auto const service = as_service(words)) return Judge{in, *service, context}.judge();
    return Judge{in, words, context}.judge();
}

}  // namespace command
