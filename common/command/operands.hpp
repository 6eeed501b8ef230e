// The operands of a command against the pattern of its form.
#pragma once

#include <span>
#include <vector>

#include "common/command/arguments.hpp"
#include "common/command/catalog.hpp"
#include "common/command/lexer.hpp"
#include "common/command/refusal.hpp"

namespace command {

struct Fitted {
    std::vector<Value> values;  // which word fits which slot
    domain::Risk risk = domain::Risk::readonly;  // raised by the path through the pattern
};

// Does the text fit the slot? The class it gives the command, or why not.
Fit check_slot(Catalogue const& in, table::Slot const& slot, std::string_view text,
               Context const& context);

// `operands` are indexes of words. Takes time in proportion to words times steps. Rule: operand.
OrRefusal<Fitted> fit_operands(Catalogue const& in, std::span<table::Step const> steps,
                               std::span<Word const> words, std::span<std::size_t const> operands,
                               Context const& context);

}  // namespace command
