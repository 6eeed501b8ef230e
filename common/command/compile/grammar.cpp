// The two small grammars inside a catalogue's strings: options and operands.
#include <algorithm>

#include "common/base/nearest.hpp"
#include "common/command/compile/model.hpp"

namespace catalog_compiler {
namespace {

using base::Code;
using base::fail;
using command::Arity;
using Kind = command::table::Step::Kind;

std::string quoted(std::string_view text) { return "'" + std::string{text} + "'"; }

std::vector<std::string> split(std::string_view text, char by) {
    std::vector<std::string> parts;
    while (true) {
        auto const end = std::min(text.find(by), text.size());
        parts.emplace_back(text.substr(0, end));
        if (end == text.size()) return parts;
        text.remove_prefix(end + 1);
    }
}

base::Result<command::OperandType> find_type(std::string_view name) {
    if (auto const type = command::parse_operand_type(name)) return *type;
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < command::kOperandTypes; ++i)
        known.push_back(command::name_of(static_cast<command::OperandType>(i)));
    auto why = "no operand type is called " + quoted(name);
    if (auto const meant = base::nearest(name, known); !meant.empty())
        why += "; did you mean " + quoted(meant) + "?";
    return fail(Code::invalid, std::move(why));
}

// What stands between '<' and '>'.
base::Result<SlotText> parse_slot(std::string_view text, std::string prefix) {
    SlotText slot;
    slot.prefix = std::move(prefix);
    constexpr std::string_view kList{"list:"};
    if (text.starts_with(kList)) {
        slot.list = true;
        text.remove_prefix(kList.size());
    }
    constexpr std::string_view kGentle{"!gentle"};
    if (text.ends_with(kGentle)) {
        slot.gentle = true;
        text.remove_suffix(kGentle.size() - 1);
    }
    if (text.ends_with('!')) {
        slot.changed = true;
        text.remove_suffix(1);
    }
    if (text.find('|') == text.npos) {
        auto const type = find_type(text);
        if (!type) return tl::make_unexpected(type.error());
        slot.type = *type;
        return slot;
    }
    slot.words = split(text, '|');
    for (auto const& word : slot.words) {
        if (word.empty())
            return fail(Code::invalid, "a choice of <" + std::string{text} + "> is empty");
        if (!word.starts_with(':')) continue;
        if (auto const type = find_type(word.substr(1)); !type)
            return tl::make_unexpected(type.error());
    }
    return slot;
}

base::Result<domain::Risk> parse_raise(std::string_view text) {
    auto const risk = domain::parse_risk(text);
    if (!risk || *risk == domain::Risk::forbidden || *risk == domain::Risk::readonly)
        return fail(Code::invalid, quoted(text) + " is no class to raise to; reversible, risky");
    return *risk;
}

bool is_option_name(std::string_view name) {
    if (name.size() < 2 || name[0] != '-') return false;
    return std::ranges::all_of(name.substr(1), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"-_.?@%#+$:"}.find(c) != std::string_view::npos;
    });
}

// The end of an option's text, behind its names: value, '*', class.
base::Status parse_value(std::string_view rest, OptionText& option) {
    if (auto const mark = rest.rfind(" !"); mark != rest.npos) {
        auto const risk = parse_raise(rest.substr(mark + 2));
        if (!risk) return tl::make_unexpected(risk.error());
        option.risk = *risk;
        rest = rest.substr(0, mark);
    }
    if (rest.ends_with('*')) {
        option.repeats = true;
        rest.remove_suffix(1);
    }
    if (rest.empty()) return {};
    struct Shape {
        std::string_view head, tail;
        Arity arity;
    };
    for (auto const& shape :
         {Shape{" [<", ">]", Arity::optional}, Shape{"[=<", ">]", Arity::attached},
          Shape{"[<", ">]", Arity::attached}, Shape{"=<", ">", Arity::equals},
          Shape{" <", ">", Arity::value}}) {
        if (!rest.starts_with(shape.head) || !rest.ends_with(shape.tail)) continue;
        rest.remove_prefix(shape.head.size());
        rest.remove_suffix(shape.tail.size());
        auto slot = parse_slot(rest, {});
        if (!slot) return tl::make_unexpected(slot.error());
        option.slot = std::move(*slot);
        option.arity = shape.arity;
        return {};
    }
    return fail(Code::invalid, "the value " + quoted(rest) +
                                   " is none of ' <type>', '=<type>', '[=<type>]', '[<type>]', "
                                   "' [<type>]'");
}

// operands := sequence ('|' sequence)*; sequence := (item ('?'|'*'|'+')?)*;
// item := literal | prefix<type> | '(' operands ')' | '!class'
class OperandParser {
  public:
    explicit OperandParser(std::string_view text) : text_(text) {}

    base::Result<std::vector<StepText>> parse() {
        auto steps = choices();
        if (!steps) return steps;
        if (at_ < text_.size()) return fail(Code::invalid, "a ')' is too much in the operands");
        steps->push_back({Kind::done, {}, {}, 0, 0});
        return steps;
    }

  private:
    using Steps = std::vector<StepText>;

    char look() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skip() {
        while (look() == ' ') ++at_;
    }

    static StepText jump(Kind kind, std::size_t a, std::size_t b = 0) {
        return {kind, {}, {}, static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(b)};
    }

    // Appends steps whose places count from their own beginning.
    static void append(Steps& to, Steps const& more) {
        auto const shift = static_cast<std::uint16_t>(to.size());
        for (auto step : more) {
            if (step.kind == Kind::jump || step.kind == Kind::either) {
                step.a = static_cast<std::uint16_t>(step.a + shift);
                step.b = static_cast<std::uint16_t>(step.b + shift);
            }
            to.push_back(std::move(step));
        }
    }

    base::Result<Steps> choices() {
        auto left = sequence();
        if (!left || look() != '|') return left;
        ++at_;
        auto const right = choices();
        if (!right) return right;
        Steps both{jump(Kind::either, 1, left->size() + 2)};
        append(both, *left);
        both.push_back(jump(Kind::jump, left->size() + 2 + right->size()));
        append(both, *right);
        return both;
    }

    base::Result<Steps> sequence() {
        Steps all;
        while (true) {
            skip();
            if (at_ == text_.size() || look() == '|' || look() == ')') return all;
            auto one = item();
            if (!one) return one;
            append(all, repeated(std::move(*one)));
        }
    }

    Steps repeated(Steps one) {
        char const how = look();
        if (how != '?' && how != '*' && how != '+') return one;
        ++at_;
        Steps made;
        if (how != '+') made.push_back(jump(Kind::either, 1, one.size() + (how == '*' ? 2 : 1)));
        append(made, one);
        if (how == '*') made.push_back(jump(Kind::jump, 0));
        if (how == '+') made.push_back(jump(Kind::either, 0, one.size() + 1));
        return made;
    }

    base::Result<Steps> item() {
        if (look() == '(') {
            ++at_;
            auto inner = choices();
            if (!inner) return inner;
            if (look() != ')') return fail(Code::invalid, "a '(' of the operands is not closed");
            ++at_;
            return inner;
        }
        auto const word = take_word();
        if (word.empty()) return fail(Code::invalid, "the operands hold an empty word");
        if (word.starts_with('!')) {
            auto const risk = parse_raise(word.substr(1));
            if (!risk) return tl::make_unexpected(risk.error());
            return Steps{jump(Kind::raise, static_cast<std::size_t>(*risk))};
        }
        auto const open = word.find('<');
        if (open == word.npos) return Steps{{Kind::literal, std::string{word}, {}, 0, 0}};
        if (!word.ends_with('>'))
            return fail(Code::invalid, quoted(word) + " lacks its '>' at the end");
        auto slot = parse_slot(word.substr(open + 1, word.size() - open - 2),
                               std::string{word.substr(0, open)});
        if (!slot) return tl::make_unexpected(slot.error());
        return Steps{{Kind::slot, {}, std::move(*slot), 0, 0}};
    }

    // Up to a blank, a '|' or ')' outside '<>', or a '?', '*', '+' at its end.
    std::string_view take_word() {
        auto const begin = at_;
        bool inside = false;
        for (; at_ < text_.size(); ++at_) {
            char const c = text_[at_];
            if (c == '<') inside = true;
            if (c == '>') inside = false;
            if (inside || at_ == begin) continue;
            bool const last =
                at_ + 1 == text_.size() ||
                std::string_view{" |)"}.find(text_[at_ + 1]) != std::string_view::npos;
            if (std::string_view{" |)"}.find(c) != std::string_view::npos ||
                (last && std::string_view{"?*+"}.find(c) != std::string_view::npos))
                break;
        }
        return text_.substr(begin, at_ - begin);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

base::Result<OptionText> parse_option(std::string_view text) {
    OptionText option;
    if (text == "-<number>") {
        option.names = {"-#"};
        return option;
    }
    while (true) {
        auto const end = std::min(text.find_first_of(" ,[=<*"), text.size());
        auto const name = text.substr(0, end);
        if (!is_option_name(name)) return fail(Code::invalid, quoted(name) + " is no option");
        option.names.emplace_back(name);
        text.remove_prefix(end);
        if (!text.starts_with(',')) break;
        text.remove_prefix(1);
        while (text.starts_with(' ')) text.remove_prefix(1);
    }
    if (auto good = parse_value(text, option); !good) return tl::make_unexpected(good.error());
    return option;
}

base::Result<std::vector<StepText>> parse_operands(std::string_view text) {
    return OperandParser{text}.parse();
}

}  // namespace catalog_compiler
