// One simple command's words against a form of the catalogue: options by its exact grammar, what is
// left as operands.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/command/catalog.hpp"
#include "common/command/lexer.hpp"
#include "common/command/refusal.hpp"

namespace command {

// A part of the command line that has to fit a slot of the catalogue.
struct Value {
    std::uint16_t slot = 0;
    std::string_view text;  // the word, or its part after '=' or the option's letter
    std::size_t word = 0;   // which word it is, or is part of
    bool whole = true;      // the whole word
    domain::Risk risk = domain::Risk::readonly;  // what the value makes of the command
};

struct UsedOption {
    table::Option const* option;
    std::string_view name;  // as typed: "-w", "--width"
};

struct Arguments {
    std::vector<UsedOption> options;
    std::vector<Value> values;          // of the options
    std::vector<std::size_t> operands;  // indexes of words

    // "--help" or "--version": then a program does nothing else.
    bool only_tells_itself() const;
};

// `words[0]` is the program. `sub_words` is how many operands name the subcommand: until the first
// of them only the program's options are known. Rules: option.*. Values are not checked yet.
OrRefusal<Arguments> parse_arguments(Catalogue const& in, table::Form const& program,
                                     table::Form const* sub, std::size_t sub_words,
                                     std::span<Word const> words);

}  // namespace command
