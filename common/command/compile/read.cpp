// A catalogue's file: which keys there are, what they mean, and every mistake with its line.
#include <algorithm>
#include <optional>

#include "common/base/nearest.hpp"
#include "common/base/toml.hpp"
#include "common/command/compile/model.hpp"
#include "common/command/minis.hpp"

namespace catalog_compiler {
namespace {

using base::toml::Value;
using command::Lane;
using command::Style;

const std::vector<std::string_view> kProgramKeys{
    "path",  "about",  "also",    "sub",      "before", "permute",      "class",
    "lane",  "style",  "options", "operands", "filter", "stdin_needed", "must",
    "never", "inject", "mini",    "letters",  "form"};
const std::vector<std::string_view> kSubKeys{
    "about",        "also", "class", "lane",   "style", "options", "operands", "filter",
    "stdin_needed", "must", "never", "inject", "mini",  "letters", "form",     "as"};
const std::vector<std::string_view> kFormKeys{"class",    "lane",   "style",        "options",
                                              "operands", "filter", "stdin_needed", "must",
                                              "never",    "inject", "mini",         "letters"};

class Reader {
  public:
    explicit Reader(std::string const& file) : file_(file) {}

    base::Result<std::vector<ProgramText>> read(std::string_view text) {
        auto const document = base::toml::Document::parse(text, file_);
        if (!document) return tl::make_unexpected(document.error());
        for (auto const& entry : document->root().children()) program(entry);
        if (mistakes_.empty()) return std::move(programs_);
        return base::fail(base::Code::invalid, mistakes_);
    }

  private:
    void mistake(Value const& at, std::string const& what) {
        mistakes_ += (mistakes_.empty() ? "" : "\n") + at.where() + ": " + what;
    }

    std::string text(Value const& of, char const* key, std::string otherwise = {}) {
        auto const value = of[key];
        if (!value.present()) return otherwise;
        auto found = value.string();
        if (!found) mistake(value, std::string{key} + " must be a text");
        return found.value_or(otherwise);
    }

    bool yes(Value const& of, char const* key, bool otherwise) {
        auto const value = of[key];
        if (!value.present()) return otherwise;
        auto const found = value.boolean();
        if (!found) mistake(value, std::string{key} + " must be true or false");
        return found.value_or(otherwise);
    }

    // A list of texts; a single text is a list of one.
    std::vector<std::string> texts(Value const& of, char const* key) {
        auto const value = of[key];
        std::vector<std::string> found;
        if (!value.present()) return found;
        if (auto one = value.string()) return {*one};
        if (!value.is_array()) mistake(value, std::string{key} + " must be a list of texts");
        for (auto const& child : value.children()) {
            auto one = child.string();
            if (!one) mistake(child, std::string{key} + " holds something that is no text");
            if (one) found.push_back(*one);
        }
        return found;
    }

    template <class T, std::size_t N>
    T choice(Value const& of, char const* key, std::pair<char const*, T> const (&known)[N],
             T otherwise) {
        auto const value = of[key];
        if (!value.present()) return otherwise;
        auto const said = value.string().value_or("");
        std::string all;
        for (auto const& [name, one] : known) {
            if (said == name) return one;
            (all += all.empty() ? "" : ", ") += name;
        }
        mistake(value, std::string{key} + " is one of " + all);
        return otherwise;
    }

    std::vector<OptionText> options(Value const& of, char const* key) {
        std::vector<OptionText> found;
        auto const value = of[key];
        if (value.present() && !value.is_array()) mistake(value, "options is a list of texts");
        for (auto const& child : value.children()) {
            auto option = parse_option(child.string().value_or(""));
            if (!option)
                mistake(child,
                        option.error().message + " in '" + child.string().value_or("") + "'");
            else
                add(child, std::move(*option), found);
        }
        return found;
    }

    void add(Value const& at, OptionText option, std::vector<OptionText>& to) {
        for (auto const& name : option.names)
            if (has(to, name)) mistake(at, "the option '" + name + "' is doubled");
        to.push_back(std::move(option));
    }

    static bool has(std::vector<OptionText> const& in, std::string const& name) {
        return std::ranges::any_of(in, [&](OptionText const& one) {
            return std::ranges::find(one.names, name) != one.names.end();
        });
    }

    // `over` is the program's form for a subcommand: what it does not say is the program's.
    FormText form(Value const& of, FormText const* over) {
        FormText made;
        FormText const otherwise = over != nullptr ? *over : FormText{};
        using domain::Risk;
        made.risk = choice<Risk>(of, "class",
                                 {{"readonly", Risk::readonly},
                                  {"reversible", Risk::reversible},
                                  {"risky", Risk::risky}},
                                 otherwise.risk);
        auto const lane = made.risk == Risk::readonly ? otherwise.lane : Lane::fix;
        made.lane = choice<Lane>(of, "lane", {{"read", Lane::read}, {"fix", Lane::fix}}, lane);
        made.style = choice<Style>(of, "style",
                                   {{"gnu", Style::gnu},
                                    {"cobra", Style::cobra},
                                    {"bsd_ok", Style::gnu},
                                    {"posix", Style::posix},
                                    {"single_dash", Style::single_dash},
                                    {"words", Style::words}},
                                   otherwise.style);
        made.options = options(of, "options");
        made.filter = yes(of, "filter", otherwise.filter);
        made.needs_input = yes(of, "stdin_needed", otherwise.needs_input);
        made.must = texts(of, "must");
        made.inject = texts(of, "inject");
        if (made.inject.empty()) made.inject = otherwise.inject;
        made.letters = text(of, "letters");
        for (auto const& pair : of["never"].children()) {
            auto const two = pair.children();
            if (two.size() != 2) mistake(pair, "never holds pairs of options");
            for (auto const& one : two) made.never.push_back(one.string().value_or(""));
        }
        if (auto const name = text(of, "mini"); !name.empty()) {
            auto const mini = command::parse_mini(name);
            if (!mini) mistake(of["mini"], "no small language is called '" + name + "'");
            made.mini = mini.value_or(0);
        }
        auto steps = parse_operands(text(of, "operands"));
        if (!steps)
            mistake(of["operands"], steps.error().message);
        else
            made.steps = std::move(*steps);
        check_rules(of, made, otherwise);
        return made;
    }

    // must and never may only name options that exist.
    void check_rules(Value const& of, FormText const& form, FormText const& program) {
        auto all = form.must;
        all.insert(all.end(), form.never.begin(), form.never.end());
        for (auto rest : all)
            while (!rest.empty()) {
                auto const end = std::min(rest.find('|'), rest.size());
                auto const name = rest.substr(0, end);
                rest.erase(0, end + 1);
                if (!has(form.options, name) && !has(program.options, name))
                    mistake(of, "must or never names '" + name + "', which is no option here");
            }
        for (auto const& option : form.options)
            for (auto const& name : option.names)
                if (has(program.options, name))
                    mistake(of, "the option '" + name + "' is the program's already");
    }

    void program(Value const& of) {
        if (!of.is_table()) return mistake(of, "a program is a table: [name]");
        if (auto good = of.only(kProgramKeys); !good) {
            mistakes_ += (mistakes_.empty() ? "" : "\n") + good.error().message;
            return;
        }
        ProgramText made;
        made.name = of.key();
        made.about = text(of, "about");
        made.paths = texts(of, "path");
        if (made.about.empty()) mistake(of, "a program needs 'about'");
        if (made.paths.empty()) mistake(of, "a program needs 'path'");
        for (auto const& path : made.paths)
            if (!path.starts_with('/')) mistake(of["path"], "'" + path + "' is not absolute");
        made.form = form(of, nullptr);
        made.form.before = options(of, "before");
        made.form.permutes = yes(of, "permute", false);
        for (auto const& sub : of["sub"].children()) subcommand(sub, made.form, made.subs);
        for (auto& form : forms(of, made.form)) made.subs.push_back({{{}}, std::move(form)});
        made.form.allowed = made.subs.empty() || of["operands"].present();
        auto const names = texts(of, "also");
        programs_.push_back(made);
        for (auto const& name : names) add_alias(made, name);
    }

    // Another program with the same grammar, beside the first.
    void add_alias(ProgramText made, std::string const& name) {
        made.name = name;
        for (auto& path : made.paths) path = path.substr(0, path.rfind('/') + 1) + name;
        programs_.push_back(std::move(made));
    }

    static std::vector<std::string> words_of(std::string_view text) {
        std::vector<std::string> words;
        while (!text.empty()) {
            auto const end = std::min(text.find(' '), text.size());
            if (end > 0) words.emplace_back(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return words;
    }

    // Several grammars for the same name, tried in order: each `form` has the options of `parent`
    // and its own, and operands of its own.
    std::vector<FormText> forms(Value const& of, FormText const& parent) {
        std::vector<FormText> made;
        if (of["form"].present() && of["operands"].present())
            mistake(of["operands"], "operands stand in the forms if there are forms");
        for (auto const& one : of["form"].children()) {
            if (auto good = one.only(kFormKeys); !good)
                mistakes_ += (mistakes_.empty() ? "" : "\n") + good.error().message;
            made.push_back(form(one, &parent));
        }
        return made;
    }

    void subcommand(Value const& of, FormText const& program, std::vector<SubText>& to) {
        SubText made;
        if (!of.is_table()) return mistake(of, "a subcommand is a table");
        if (auto good = of.only(kSubKeys); !good)
            mistakes_ += (mistakes_.empty() ? "" : "\n") + good.error().message;
        made.spellings.push_back(words_of(of.key()));
        for (auto const& other : texts(of, "also")) made.spellings.push_back(words_of(other));
        made.form = form(of, &program);
        made.as = text(of, "as");
        if (!of["form"].present()) return to.push_back(std::move(made));
        // The engine adds the program's options itself; the subcommand's are added here.
        auto parent = made.form;
        parent.options.insert(parent.options.end(), program.options.begin(), program.options.end());
        for (auto& form : forms(of, parent)) {
            auto const add = [](auto& all, auto const& more) {
                all.insert(all.begin(), more.begin(), more.end());
            };
            add(form.options, made.form.options);
            add(form.must, made.form.must);
            add(form.never, made.form.never);
            to.push_back({made.spellings, std::move(form)});
        }
    }

    std::string file_;
    std::string mistakes_;
    std::vector<ProgramText> programs_;
};

}  // namespace

base::Result<std::vector<ProgramText>> read_programs(std::string_view text,
                                                     std::string const& file) {
    return Reader{file}.read(text);
}

}  // namespace catalog_compiler
