// The types of operands: pure functions from a word to "it fits" or why it does not. A closed set,
// listed in operand_types.def; whoever needs another type adds a line there and its function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/domain/remedy.hpp"
#include "common/domain/subject.hpp"

namespace command {

enum class OperandType : std::uint8_t {
#define TOMTE_OPERAND(name, what) name##_,
#include "common/command/operand_types.def"
#undef TOMTE_OPERAND
    word = word_,
};
constexpr std::size_t kOperandTypes = 0
#define TOMTE_OPERAND(name, what) +1
#include "common/command/operand_types.def"
#undef TOMTE_OPERAND
    ;

// Facts of the host that a pure check cannot know by itself. All of it may be empty.
struct Context {
    // Loopback URLs of the host that may be read, as its policy registers them; a last '*' stands
    // for any end. Where nothing is known of the host, the well-known reads of health stand for it.
    std::span<std::string const> urls;
    bool urls_known = false;
    // The word at hand holds a pattern that will be expanded.
    bool glob = false;
};

// Does a word fit? Forbidden: no, and why. Else the class it gives the command.
struct Fit {
    domain::Risk risk = domain::Risk::readonly;
    std::string rule;    // of a small language: "sed.exec"; else empty
    std::string reason;  // if it does not fit
    explicit operator bool() const { return risk != domain::Risk::forbidden; }
};

Fit check_operand(OperandType type, std::string_view word, Context const& context);

std::string_view name_of(OperandType type);
std::string_view what_is(OperandType type);  // "a unit's name"
std::optional<OperandType> parse_operand_type(std::string_view name);

// Does the word name a file whose content is read, or only shown as a name?
bool reads_content(OperandType type);
bool is_path(OperandType type);
// May an unquoted pattern of the shell stand here, to be expanded?
bool takes_globs(OperandType type);
// What is named by a word that is changed; nullopt: nothing that policies list by name.
std::optional<domain::SubjectKind> subject_kind_of(OperandType type);

}  // namespace command
