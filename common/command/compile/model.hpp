// A catalogue as its files say it, before it becomes tables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/command/catalog.hpp"

namespace catalog_compiler {

struct SlotText {
    command::OperandType type = command::OperandType::word;
    std::vector<std::string> words;  // not empty: one of them instead of the type
    bool list = false;
    bool changed = false;
    bool gentle = false;
    std::string prefix;

    auto operator<=>(SlotText const&) const = default;
};

struct OptionText {
    std::vector<std::string> names;
    command::Arity arity = command::Arity::none;
    bool repeats = false;
    domain::Risk risk = domain::Risk::readonly;
    SlotText slot;
};

struct StepText {
    command::table::Step::Kind kind = command::table::Step::Kind::done;
    std::string literal;
    SlotText slot;
    std::uint16_t a = 0;
    std::uint16_t b = 0;
};

struct FormText {
    std::vector<OptionText> before;
    std::vector<OptionText> options;
    std::vector<StepText> steps;
    std::vector<std::string> must;
    std::vector<std::string> never;  // two by two
    std::vector<std::string> inject;
    command::Style style = command::Style::gnu;
    command::Lane lane = command::Lane::read;
    domain::Risk risk = domain::Risk::readonly;
    std::uint8_t mini = 0;
    bool filter = false;
    bool needs_input = false;
    bool permutes = false;
    bool allowed = true;
    std::string letters;
};

struct SubText {
    std::vector<std::vector<std::string>> spellings;  // the words of each
    FormText form;
    std::string as = {};  // not empty: the words behind are that program's arguments
};

struct ProgramText {
    std::string name;
    std::string about;
    std::vector<std::string> paths;
    FormText form;
    std::vector<SubText> subs;
};

// "-w, --width <number>*": errors say what is wrong with the text, without its place.
base::Result<OptionText> parse_option(std::string_view text);
// "show | list <unit>?"
base::Result<std::vector<StepText>> parse_operands(std::string_view text);

// All programs of a file; every mistake is told, one a line, with file and line.
base::Result<std::vector<ProgramText>> read_programs(std::string_view text,
                                                     std::string const& file);

// The generated C++.
base::Result<std::string> write_tables(std::vector<ProgramText> programs);

}  // namespace catalog_compiler
