#include "common/command/mini/awk.hpp"

#include <optional>
#include <vector>

#include "common/command/mini/awk_words.hpp"
#include "common/command/mini/scanner.hpp"

namespace command {
namespace {

constexpr int kDepthMax = 32;

// A format that pads to megabytes is an attack on memory, not a table.
bool has_wide_padding(std::string_view text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] != '%') continue;
        std::size_t digits = 0;
        for (++i; i < text.size() && (is_digit(text[i]) || std::string_view{"-+ #.*"}.find(
                                                               text[i]) != std::string_view::npos);
             ++i) {
            if (text[i] == '*') return true;
            digits = is_digit(text[i]) ? digits + 1 : 0;
            if (digits > 3) return true;
        }
    }
    return false;
}

// A recursive descent over statements with a depth cap; expressions are read flat, as operands and
// operators in turn, which is enough: what is dangerous is a token, never a precedence.
class Program {
  public:
    explicit Program(std::string_view text) : at_(text) {}

    Verdict check() {
        while (true) {
            at_.take_while([](char c) { return c == ' ' || c == ';'; });
            if (at_.at_end()) break;
            if (!rule()) return bad_ ? std::move(*bad_) : syntax();
        }
        return allow("awk.report", "it only computes from its input and prints");
    }

  private:
    // Where an expression stands: '>' is a file after print, the end of a for's part is ';'.
    enum class Place { plain, print };

    static Verdict syntax() {
        return forbid("awk.syntax", "it is not in the part of awk that is known here");
    }
    bool refuse(std::string rule, std::string reason) {
        if (!bad_) bad_ = forbid(std::move(rule), std::move(reason));
        return false;
    }

    std::string_view peek_name() {
        Scanner ahead = at_;
        return ahead.take_name();
    }
    bool take_word(std::string_view word) {
        if (peek_name() != word) return false;
        at_.take_name();
        return true;
    }

    // pattern { action } | pattern | { action }
    bool rule() {
        if (take_word("BEGIN") || take_word("END")) {
            at_.skip_spaces();
            return at_.peek() == '{' && block();
        }
        if (at_.peek() != '{') {
            if (!list(Place::plain)) return false;
            at_.skip_spaces();
            if (at_.at_end() || at_.peek() == ';') return true;
        }
        return at_.peek() == '{' && block();
    }

    bool block() {
        if (++depth_ > kDepthMax) return refuse("awk.depth", "nested too deeply");
        if (!at_.take('{')) return false;
        while (true) {
            at_.take_while([](char c) { return c == ' ' || c == ';'; });
            if (at_.take('}')) break;
            if (at_.at_end() || !statement()) return false;
        }
        --depth_;
        return true;
    }

    // One statement; its ';' is left to who called, but must be there, or a '}' or the end.
    bool statement() {
        if (++depth_ > kDepthMax) return refuse("awk.depth", "nested too deeply");
        at_.skip_spaces();
        bool const good = statement_of(peek_name());
        --depth_;
        return good;
    }

    bool statement_of(std::string_view word) {
        if (at_.peek() == '{') return block();
        if (word == "if") return conditional();
        if (word == "for") return loop();
        if (word == "print" || word == "printf") {
            at_.take_name();
            at_.skip_spaces();
            if (at_.peek() == '/') return false;  // a division for some awks, a pattern for others
            if (!ends_statement() && !list(Place::print)) return false;
            at_.skip_spaces();
            if (at_.peek() == '>') return refuse("awk.write", "it writes to a file");
            return ends_statement();
        }
        if (word == "next" || word == "break" || word == "continue") {
            at_.take_name();
            return ends_statement();
        }
        if (word == "exit" || word == "delete") {
            at_.take_name();
            at_.skip_spaces();
            if (at_.peek() == '/') return false;
            return ends_statement() || (list(Place::plain) && ends_statement());
        }
        return list(Place::plain) && ends_statement();
    }

    bool ends_statement() {
        at_.skip_spaces();
        char const c = at_.peek();
        if (c == '|') return refuse("awk.pipe", "it starts another program");
        return at_.at_end() || c == ';' || c == '}';
    }

    bool body() {
        at_.skip_spaces();
        if (at_.take(';')) return true;
        return at_.peek() == '/' ? false : statement();
    }

    bool conditional() {
        at_.take_name();
        if (!parenthesis() || !body()) return false;
        Scanner before = at_;
        at_.take_while([](char c) { return c == ' ' || c == ';'; });
        if (take_word("else")) return body();
        at_ = before;
        return true;
    }

    // for (name in array), or a counted for whose end is in sight.
    bool loop() {
        at_.take_name();
        at_.skip_spaces();
        if (!at_.take('(')) return false;
        at_.skip_spaces();
        auto const variable = at_.take_name();
        if (variable.empty() || is_awk_reaching(variable) || is_awk_keyword(variable)) return false;
        at_.skip_spaces();
        if (take_word("in")) {
            at_.skip_spaces();
            auto const array = at_.take_name();
            at_.skip_spaces();
            if (array.empty() || is_awk_reaching(array) || !at_.take(')')) return false;
            return body();
        }
        if (!counted(variable)) return refuse("awk.loop", "a loop that may never end");
        counters_.push_back(variable);
        bool const good = body();
        counters_.pop_back();
        return good;
    }

    // "= expr; v < expr; v++)" and the same downwards.
    bool counted(std::string_view variable) {
        if (!at_.take('=') || at_.peek() == '=' || !list(Place::plain) || !at_.take(';'))
            return false;
        at_.skip_spaces();
        if (!take_word(variable)) return false;
        at_.skip_spaces();
        bool const upwards = at_.peek() == '<';
        if (!upwards && at_.peek() != '>') return false;
        at_.next();
        at_.take('=');
        if (!list(Place::plain) || !at_.take(';')) return false;
        at_.skip_spaces();
        std::string_view const step = upwards ? "++" : "--";
        bool const before = at_.take(step);
        at_.skip_spaces();
        if (!take_word(variable)) return false;
        at_.skip_spaces();
        if (!before && !at_.take(step)) {
            if (!at_.take(upwards ? "+=" : "-=")) return false;
            at_.skip_spaces();
            auto const by = at_.take_digits();
            if (by.find_first_not_of('0') == std::string_view::npos) return false;
        }
        at_.skip_spaces();
        return at_.take(')');
    }

    bool parenthesis() {
        at_.skip_spaces();
        if (!at_.take('(')) return false;
        if (++depth_ > kDepthMax) return refuse("awk.depth", "nested too deeply");
        at_.skip_spaces();
        bool const good = at_.peek() == ')' || list(Place::plain);
        --depth_;
        at_.skip_spaces();
        return good && at_.take(')');
    }

    // expr (, expr)*
    bool list(Place place) {
        do {
            at_.skip_spaces();
            if (!expression(place)) return false;
            at_.skip_spaces();
        } while (at_.take(','));
        return true;
    }

    // Operands and operators in turn until something that is neither.
    bool expression(Place place) {
        int choices = 0;  // '?' whose ':' has not come yet
        while (true) {
            at_.skip_spaces();
            if (!operand()) return false;
            at_.skip_spaces();
            if (at_.take("++") || at_.take("--")) {
                if (counts_here()) return refuse("awk.loop", "the loop's counter is changed");
                at_.skip_spaces();
            }
            if (begins_operand()) continue;  // concatenation
            if (at_.take(':')) {
                if (--choices < 0) return false;
                continue;
            }
            auto const op = take_operator(place);
            if (!op) return choices == 0;
            if (*op == '?') ++choices;
            if (*op == '=' && counts_here())
                return refuse("awk.loop", "the loop's counter is changed");
        }
    }

    bool counts_here() const { return is_one_of(last_name_, counters_); }

    bool begins_operand() {
        char const c = at_.peek();
        if (is_name_start(c)) {
            auto const name = peek_name();
            return name != "in" && (!is_awk_keyword(name));
        }
        return is_digit(c) || c == '"' || c == '$' || c == '(' ||
               (c == '.' && is_digit(at_.peek(1))) ||
               (c == '!' && at_.peek(1) != '=' && at_.peek(1) != '~');
    }

    // The operator here, '=' for every assignment; none if the expression ends.
    std::optional<char> take_operator(Place place) {
        if (take_word("in")) return 'i';
        for (std::string_view const assign : {"**=", "+=", "-=", "*=", "/=", "%=", "^="})
            if (at_.take(assign)) return '=';
        for (std::string_view const two : {"||", "&&", "==", "!=", "<=", "!~", "**"})
            if (at_.take(two)) return 'o';
        if (at_.peek() == '|') {
            refuse("awk.pipe", "it starts another program");
            return std::nullopt;
        }
        if (at_.peek() == '>') {
            if (at_.peek(1) == '>' || place == Place::print) {
                refuse("awk.write", "it writes to a file");
                return std::nullopt;
            }
            at_.take(">");
            at_.take("=");
            return 'o';
        }
        if (at_.peek() == '<' && place == Place::print) return std::nullopt;
        if (at_.take('=')) return '=';
        if (at_.take('?')) return '?';
        char const c = at_.peek();
        if (c == '\0' || std::string_view{"+-*/%^<~"}.find(c) == std::string_view::npos)
            return std::nullopt;
        at_.next();
        return 'o';
    }

    bool operand() {
        if (++depth_ > kDepthMax) return refuse("awk.depth", "nested too deeply");
        last_name_ = {};
        bool const good = operand_of(at_.peek());
        --depth_;
        return good;
    }

    bool operand_of(char c) {
        if (at_.take("++") || at_.take("--")) {
            at_.skip_spaces();
            if (at_.peek() == '/' || !operand()) return false;
            return !counts_here() || refuse("awk.loop", "the loop's counter is changed");
        }
        if (c == '!' || c == '-' || c == '+' || c == '$') {
            at_.next();
            at_.skip_spaces();
            if (c == '$' && at_.peek() == '/') return false;
            bool const good = operand();
            if (c == '$') last_name_ = {};
            return good;
        }
        if (c == '"') return string();
        if (c == '/') return regex();
        if (c == '(') return parenthesis();
        if (is_digit(c) || c == '.') return number();
        return name();
    }

    bool number() {
        auto const digits = at_.take_while([](char c) { return is_digit(c) || c == '.'; });
        if (digits == ".") return false;
        if (at_.peek() == 'e' || at_.peek() == 'E') {
            at_.next();
            if (!at_.take('-')) at_.take('+');
            if (at_.take_digits().empty()) return false;
        }
        return !is_name_start(at_.peek());
    }

    bool string() {
        auto const from = at_.position();
        at_.next();
        while (!at_.at_end()) {
            char const c = at_.next();
            if (c == '\\' && at_.next() == '\0') return false;
            if (c != '"') continue;
            return !has_wide_padding(at_.since(from)) ||
                   refuse("awk.padding", "a format that pads without measure");
        }
        return false;
    }

    // Up to the '/' that no backslash escapes and that all awks see outside brackets.
    bool regex() {
        at_.next();
        bool in_brackets = false;
        while (!at_.at_end()) {
            char const c = at_.next();
            if (c == '/') return !in_brackets;
            if (c == '\\') {
                if (at_.next() == '\0') return false;
            } else if (!in_brackets && c == '[') {
                in_brackets = true;
                at_.take('^');
                at_.take(']');
            } else if (in_brackets && c == '[') {
                if (at_.peek() == '.' || at_.peek() == '=') return false;
                if (at_.take(':') && (at_.take_while(is_letter).empty() || !at_.take(":]")))
                    return false;
            } else if (in_brackets && c == ']') {
                in_brackets = false;
            }
        }
        return false;
    }

    bool name() {
        auto const word = at_.take_name();
        if (word.empty() || is_awk_keyword(word)) return false;
        if (is_awk_reaching(word))
            return refuse("awk.reach", "'" + std::string{word} + "' reaches beyond the input");
        bool const known = is_awk_function(word);
        if (known) {
            Scanner before = at_;
            at_.skip_spaces();
            if (at_.peek() == '(') return parenthesis();
            at_ = before;
            // Bare "length": what a '/' behind it begins is read differently by different awks.
            at_.skip_spaces();
            bool const bare = word == "length" && at_.peek() != '/';
            at_ = before;
            return bare;
        }
        if (at_.peek() == '(')
            return refuse("awk.function", "'" + std::string{word} + "' is no function known here");
        if (at_.take('[')) {
            if (!list(Place::print)) return false;
            at_.skip_spaces();
            return at_.take(']');
        }
        last_name_ = word;
        return true;
    }

    Scanner at_;
    int depth_ = 0;
    std::string_view last_name_;              // the plain variable the last operand was, if it was
    std::vector<std::string_view> counters_;  // variables of the counted loops around here
    std::optional<Verdict> bad_;
};

}  // namespace

Verdict check_awk(std::string_view program) {
    if (!is_printable(program)) return forbid("awk.bytes", "a program is printable text");
    if (program.find_first_not_of(' ') == std::string_view::npos)
        return forbid("awk.empty", "an empty program");
    return Program{program}.check();
}

Verdict check_awk_assignment(std::string_view word) {
    auto const end = word.find('=');
    auto const name = word.substr(0, end);
    if (end == std::string_view::npos || !is_identifier(name) || is_awk_reaching(name) ||
        is_awk_keyword(name) || is_awk_function(name) || !is_printable(word))
        return forbid("awk.assignment", "it is not 'name=value' with a name of its own");
    return allow("awk.assignment", "it gives a variable its value");
}

}  // namespace command
