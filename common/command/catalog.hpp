// The catalogue of programs as the build makes it from catalog/*.toml: tables of numbers and one
// text, without a pointer in them, so that they stay clean shared pages of the program's file.
// Everything the language accepts is in here; what is not here is forbidden.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/command/operand_types.hpp"
#include "common/domain/remedy.hpp"

namespace command {

enum class Lane : std::uint8_t { read, fix };
std::string_view to_string(Lane lane);

// How a program reads its arguments.
enum class Style : std::uint8_t {
    gnu,          // clusters of short options, --long=value, options anywhere, "--" ends them
    cobra,        // gnu, and "-o=json" is "-o json", "--wide=true" is "--wide" (Go's programs)
    posix,        // the same, but options stop at the first operand
    single_dash,  // "-name value": no clusters, no "--"
    words,        // no options at all: every word is an operand
};

// What follows an option.
enum class Arity : std::uint8_t {
    none,
    value,     // -w5, -w 5, --width=5, --width 5
    attached,  // optional: -i5, --color=auto, or alone
    optional,  // optional: attached as above, or the next word if it fits
    equals,    // only as --name=value
};

namespace table {

struct Text {
    std::uint32_t at = 0;  // in Catalogue::text
    std::uint16_t size = 0;
};

struct Range {
    std::uint16_t first = 0;
    std::uint16_t size = 0;
};

// One word that stands for something: its type, or one of `words`, after a fixed beginning.
struct Slot {
    OperandType type = OperandType::word;
    bool enumerated = false;  // one of `words` instead of `type`
    bool list = false;        // several of them with commas between
    bool changed = false;     // names what the command changes
    bool gentle = false;      // the change only starts it or has it reload
    Text prefix;              // "vm:" of "vm:<vmid>"
    Range words;              // in Catalogue::texts
};

struct Option {
    Range names;  // in Catalogue::texts; "-w", "--width"; "-#" is a number alone ("-20")
    Arity arity = Arity::none;
    bool repeats = false;
    domain::Risk risk = domain::Risk::readonly;
    std::uint16_t slot = 0;  // in Catalogue::slots
};

// The operands of a form are a small program for a matcher that walks over the words.
struct Step {
    enum class Kind : std::uint8_t { literal, slot, either, jump, raise, done };
    Kind kind = Kind::done;
    std::uint16_t a = 0;  // literal: texts; slot: slots; either, jump: where to; raise: the risk
    std::uint16_t b = 0;  // either: the second place
};

struct Form {
    Range before;   // options allowed only before the subcommand
    Range options;  // options of this form; a program's hold for its subcommands too
    Range steps;
    Range must;    // in Catalogue::texts: "-c|--count"; one option of each must be there
    Range never;   // in Catalogue::texts, two by two: options that exclude each other
    Range inject;  // in Catalogue::texts: arguments added after the program's name
    Style style = Style::gnu;
    Lane lane = Lane::read;
    domain::Risk risk = domain::Risk::readonly;
    std::uint8_t mini = 0;     // a whole-argument-list language; 0: none
    bool filter = false;       // may stand later in a pipeline
    bool needs_input = false;  // without a file it reads its input: not first without one
    bool permutes = false;     // a subcommand's options may stand before it
    bool allowed = true;       // a program with subcommands alone needs its own form
    Text letters;              // options without a dash in the first word: "ps aux"
};

struct Sub {
    Range words;  // in Catalogue::texts; empty: the program without a subcommand
    std::uint16_t form = 0;
    Text as;  // not empty: the words behind are the arguments of that program
};

struct Program {
    Text name;
    Text about;
    Range paths;  // in Catalogue::texts
    std::uint16_t form = 0;
    Range subs;  // the longest first
};

}  // namespace table

struct Catalogue {
    std::string_view text;
    std::span<table::Text const> texts;
    std::span<table::Slot const> slots;
    std::span<table::Option const> options;
    std::span<table::Step const> steps;
    std::span<table::Form const> forms;
    std::span<table::Sub const> subs;
    std::span<table::Program const> programs;  // by name

    std::string_view operator[](table::Text where) const {
        return text.substr(where.at, where.size);
    }
    std::string_view text_at(std::size_t index) const { return (*this)[texts[index]]; }
    template <class T>
    static std::span<T const> part(std::span<T const> all, table::Range range) {
        return all.subspan(range.first, range.size);
    }
};

// The shipped catalogue.
Catalogue const& catalog();
// The program of that name; nullptr if there is none.
table::Program const* find_program(Catalogue const& in, std::string_view name);

}  // namespace command
