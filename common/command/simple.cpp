#include "common/command/simple.hpp"

#include <algorithm>

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
        auto const program = find();
        if (!program) return tl::make_unexpected(program.error());
        program_ = *program;
        form_ = &in_.forms[program_->form];
        take_words();
        if (form_->mini != 0) return whole_list(form_->mini, 1);
        auto parsed = find_sub();
        if (!parsed) return tl::make_unexpected(parsed.error());
        if (form().mini != 0) return whole_list(form().mini, 1 + sub_size());
        if (auto good = check(std::move(*parsed)); !good) return tl::make_unexpected(good.error());
        return finish();
    }

  private:
    Form const& form() const { return sub_ != nullptr ? in_.forms[sub_->form] : *form_; }
    std::size_t sub_size() const { return sub_ != nullptr ? sub_->words.size : 0; }

    OrRefusal<Program const*> find() const {
        std::string_view const typed = words_.words[0].text;
        auto const slash = typed.rfind('/');
        auto const name = slash == typed.npos ? typed : typed.substr(slash + 1);
        auto const* program = command::find_program(in_, name);
        if (program == nullptr && slash == typed.npos) return unknown(name);
        if (slash == typed.npos) return program;
        // "/etc/init.d/nginx": the catalogue holds the folder, the name is an operand.
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

    void take_words() {
        auto& command = made_.command;
        for (auto const& word : words_.words) command.argv.push_back(word.text);
        for (auto const& path : Catalogue::part(in_.texts, program_->paths))
            command.programs.push_back(in_[path]);
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

    // The arguments, with `sub_` set if a subcommand was named.
    OrRefusal<Arguments> find_sub() {
        auto const subs = Catalogue::part(in_.subs, program_->subs);
        if (subs.empty()) return parse_arguments(in_, *form_, nullptr, 0, words_.words);
        std::optional<Refusal> why;
        Sub const* bare = nullptr;
        for (auto const& sub : subs) {
            if (sub.words.size == 0) {
                bare = &sub;
                continue;
            }
            bool somewhere = false;
            for (std::size_t at = 1; at < words_.words.size() && !somewhere; ++at)
                somewhere = stands(sub, at);
            if (!somewhere) continue;
            auto parsed =
                parse_arguments(in_, *form_, &in_.forms[sub.form], sub.words.size, words_.words);
            if (!parsed) {
                if (!why) why = parsed.error();
                continue;
            }
            if (parsed->operands.empty() || !stands(sub, parsed->operands[0])) continue;
            if (parsed->operands.size() < sub.words.size ||
                parsed->operands[sub.words.size - 1] != parsed->operands[0] + sub.words.size - 1)
                continue;
            sub_ = &sub;
            parsed->operands.erase(parsed->operands.begin(),
                                   parsed->operands.begin() + sub.words.size);
            return parsed;
        }
        return without_sub(bare, std::move(why));
    }

    OrRefusal<Arguments> without_sub(Sub const* bare, std::optional<Refusal> why) {
        auto const* own = bare != nullptr ? &in_.forms[bare->form] : nullptr;
        auto parsed = parse_arguments(in_, *form_, own, 0, words_.words);
        bool const possible = bare != nullptr || form_->allowed;
        if (possible && parsed) {
            auto const steps = Catalogue::part(in_.steps, (own != nullptr ? *own : *form_).steps);
            if (parsed->operands.empty() || steps.size() > 1) {
                sub_ = bare;
                return parsed;
            }
        }
        if (why) return tl::make_unexpected(*why);
        if (!parsed) return parsed;
        if (parsed->operands.empty())
            return refuse("subcommand.missing",
                          quoted(in_[program_->name]) + " needs a subcommand");
        return unknown_sub(words_.words[parsed->operands[0]].text);
    }

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
            if (word.glob && !value.whole)
                return refuse("operand.glob", "a pattern may not be part of an option");
            auto context = context_;
            context.glob = word.glob;
            auto fit = check_slot(in_, in_.slots[value.slot], value.text, context);
            if (!fit) return refuse(fit.rule.empty() ? "option.value" : fit.rule, fit.reason);
            value.risk = fit.risk;
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
        if (slot.changed)
            made_.changes.push_back({slot.type, subject_kind_of(slot.type), std::string{text}});
        if (slot.enumerated || !is_path(slot.type)) return;
        auto const& word = words_.words[value.word];
        auto const use = reads_content(slot.type) ? PathUse::read : PathUse::meta;
        made_.command.paths.push_back({value.word, word.text.size() - text.size(), use, word.glob});
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
            if (path) continue;
            if (word.text[0] == '/' || word.text[0] == '-')
                return refuse("operand.glob", quoted(word.text) + " must stand in quotes");
            made_.command.literal_globs.push_back(i);
        }
        return true;
    }

    OrRefusal<Judged> finish() {
        if (auto good = check_globs(); !good) return tl::make_unexpected(good.error());
        for (auto const& change : made_.changes)
            if (change.kind && is_always_protected(*change.kind, change.name))
                return refuse("protected",
                              quoted(change.name) + " is protected: no command line touches it");
        auto& command = made_.command;
        for (auto const& text : Catalogue::part(in_.texts, form().inject))
            command.inject.push_back(in_[text]);
        bool const content = std::ranges::any_of(
            command.paths, [](NamedPath const& path) { return path.use == PathUse::read; });
        command.lane = form().lane;
        if (command.risk != Risk::readonly) command.lane = Lane::fix;
        // sudo only says that root is meant; root opens no file for anybody.
        if (words_.sudo && command.paths.empty()) command.lane = Lane::fix;
        if (command.lane == Lane::fix && content && command.risk == Risk::readonly)
            return refuse("lane.path", "what needs root to read may not be given a file");
        made_.rule = rule();
        made_.reason = std::string{in_[program_->about]};
        made_.filter = form().filter;
        made_.needs_input = form().needs_input && !content;
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
    Judged made_;
};

}  // namespace

OrRefusal<Judged> judge_simple(Catalogue const& in, SimpleWords const& words,
                               Context const& context) {
    return Judge{in, words, context}.judge();
}

}  // namespace command
