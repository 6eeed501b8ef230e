// The tables as C++: numbers and one text, no pointers.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/command/compile/model.hpp"

namespace catalog_compiler {
namespace {

using command::table::Range;
using Kind = command::table::Step::Kind;

template <class E>
int number(E value) {
    return static_cast<int>(value);
}

class Writer {
  public:
    std::string write(std::vector<ProgramText> const& programs) {
        option({});  // slot and text 0 are "none"
        for (auto const& program : programs) add(program);
        std::string out{
            "// Made from common/command/catalog/*.toml; change those.\n"
            "#include \"common/command/catalog.hpp\"\n\n"
            "namespace command {\nnamespace {\n\nusing namespace table;\n\n"};
        out += text_literal();
        table(out, "Text", "kTexts", texts_);
        table(out, "Slot", "kSlots", slots_);
        table(out, "Option", "kOptions", options_);
        table(out, "Step", "kSteps", steps_);
        table(out, "Form", "kForms", forms_);
        table(out, "Sub", "kSubs", subs_);
        table(out, "Program", "kPrograms", programs_);
        out +=
            "}  // namespace\n\n"
            "Catalogue const& catalog() {\n"
            "    static constexpr Catalogue kCatalog{{kText, sizeof kText - 1}, kTexts, kSlots,\n"
            "                                      kOptions, kSteps, kForms, kSubs,\n"
            "                                      kPrograms};\n"
            "    return kCatalog;\n}\n\n}  // namespace command\n";
        return out;
    }

    // The numbers of the tables have 16 bits.
    bool too_big() const {
        return std::ranges::max({texts_.size(), slots_.size(), options_.size(), steps_.size(),
                                 forms_.size(), subs_.size()}) > 65'000;
    }

  private:
    static void table(std::string& out, char const* type, char const* name,
                      std::vector<std::string> const& rows) {
        // An array without rows is none.
        out += fmt::format("constexpr {} {}[] = {{\n", type, name);
        for (auto const& row : rows) out += "    {" + row + "},\n";
        if (rows.empty()) out += "    {},\n";
        out += "};\n\n";
    }

    std::string text_literal() const {
        std::string out{"constexpr char kText[] =\n"};
        for (std::size_t at = 0; at < text_.size(); at += 72) {
            out += "    \"";
            for (char const c : text_.substr(at, 72)) {
                if (c == '"' || c == '\\') out += '\\';
                out += c;
            }
            out += "\"\n";
        }
        if (text_.empty()) out += "    \"\"\n";
        return out + "    ;\n\n";
    }

    std::string text(std::string const& value) {
        auto at = text_.find(value);
        if (at == text_.npos) {
            at = text_.size();
            text_ += value;
        }
        return fmt::format("{{{}, {}}}", at, value.size());
    }

    static std::string range(std::size_t first, std::size_t size) {
        return size == 0 ? "{0, 0}" : fmt::format("{{{}, {}}}", first, size);
    }

    std::string list(std::vector<std::string> const& values) {
        auto const first = texts_.size();
        for (auto const& value : values) {
            auto const at = text(value);
            texts_.push_back(at.substr(1, at.size() - 2));
        }
        return range(first, values.size());
    }

    std::size_t slot(SlotText const& value) {
        auto const known = known_slots_.find(value);
        if (known != known_slots_.end()) return known->second;
        auto const words = list(value.words);
        slots_.push_back(fmt::format("static_cast<OperandType>({}), {}, {}, {}, {}, {}, {}",
                                     number(value.type), !value.words.empty(), value.list,
                                     value.changed, value.gentle, text(value.prefix), words));
        known_slots_[value] = slots_.size() - 1;
        return slots_.size() - 1;
    }

    void option(OptionText const& value) {
        auto const names = list(value.names);
        options_.push_back(
            fmt::format("{}, static_cast<Arity>({}), {}, static_cast<domain::Risk>({}), {}", names,
                        number(value.arity), value.repeats, number(value.risk), slot(value.slot)));
    }

    std::string options(std::vector<OptionText> const& values) {
        auto const first = options_.size();
        for (auto const& value : values) option(value);
        return range(first, values.size());
    }

    std::string steps(std::vector<StepText> const& values) {
        auto const first = steps_.size();
        for (auto const& value : values) {
            std::size_t a = value.a;
            if (value.kind == Kind::literal) {
                a = texts_.size();
                list({value.literal});
            }
            if (value.kind == Kind::slot) a = slot(value.slot);
            steps_.push_back(
                fmt::format("static_cast<Step::Kind>({}), {}, {}", number(value.kind), a, value.b));
        }
        return range(first, values.size());
    }

    std::size_t form(FormText const& value) {
        auto const before = options(value.before);
        auto const options = this->options(value.options);
        auto const steps = this->steps(value.steps);
        auto const must = list(value.must);
        auto const never = list(value.never);
        auto const inject = list(value.inject);
        forms_.push_back(
            fmt::format("{}, {}, {}, {}, {}, {}, static_cast<Style>({}), static_cast<Lane>({}), "
                        "static_cast<domain::Risk>({}), {}, {}, {}, {}, {}, {}",
                        before, options, steps, must, never, inject, number(value.style),
                        number(value.lane), number(value.risk), value.mini, value.filter,
                        value.needs_input, value.permutes, value.allowed, text(value.letters)));
        return forms_.size() - 1;
    }

    void add(ProgramText const& program) {
        auto const own = form(program.form);
        struct Named {
            std::vector<std::string> words;
            std::size_t form;
            std::string as;
        };
        std::vector<Named> subs;
        for (auto const& sub : program.subs) {
            auto const index = form(sub.form);
            for (auto const& words : sub.spellings) subs.push_back({words, index, sub.as});
        }
        std::ranges::stable_sort(subs, std::greater<>{},
                                 [](auto const& one) { return one.words.size(); });
        auto const first = subs_.size();
        for (auto const& one : subs)
            subs_.push_back(fmt::format("{}, {}, {}", list(one.words), one.form, text(one.as)));
        auto const paths = list(program.paths);
        programs_.push_back(fmt::format("{}, {}, {}, {}, {}", text(program.name),
                                        text(program.about), paths, own,
                                        range(first, subs.size())));
    }

    std::string text_;
    std::vector<std::string> texts_, slots_, options_, steps_, forms_, subs_, programs_;
    std::map<SlotText, std::size_t> known_slots_;
};

}  // namespace

base::Result<std::string> write_tables(std::vector<ProgramText> programs) {
    std::ranges::sort(programs, {}, &ProgramText::name);
    auto const doubled = std::ranges::adjacent_find(programs, {}, &ProgramText::name);
    if (doubled != programs.end())
        return base::fail(base::Code::invalid,
                          "the program '" + doubled->name + "' is in the catalogue twice");
    Writer writer;
    auto out = writer.write(programs);
    if (writer.too_big())
        return base::fail(base::Code::invalid,
                          "the catalogue outgrew its tables of 16-bit numbers");
    return out;
}

}  // namespace catalog_compiler
