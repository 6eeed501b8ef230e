#include "common/command/mini/sed.hpp"

#include <optional>

#include "common/command/mini/scanner.hpp"

namespace command {
namespace {

constexpr std::string_view kDelimiters = "/|#,:@!%_+=~";
// Commands without anything behind them. D is missing: it starts anew without reading a line, so a
// script with it need never end.
constexpr std::string_view kPlain = "pPdnNgGhHxz=";
constexpr std::size_t kDepthMax = 16;

struct Address {
    bool none = true;
    bool last_line_negated = false;  // exactly "$!"
};

struct Block {
    bool until_last_line = false;  // opened by "$!{": it ends with the input
};

// One pass, no recursion. Where GNU, POSIX and busybox read a text differently, the text is
// refused.
class Script {
  public:
    explicit Script(std::string_view text) : at_(text) {}

    Verdict check() {
        while (true) {
            at_.take_while([](char c) { return c == ' ' || c == ';'; });
            if (at_.at_end()) break;
            if (auto bad = command()) return std::move(*bad);
        }
        if (!blocks_.empty()) return forbid("sed.syntax", "a '{' is not closed");
        return allow("sed.edit", "it only chooses and rewrites lines on their way out");
    }

  private:
    using Bad = std::optional<Verdict>;

    Bad command() {
        Address address;
        if (auto bad = addresses(address)) return bad;
        at_.skip_spaces();
        char const name = at_.next();
        switch (name) {
            case '{': return open(address);
            case '}': return close(address);
            case ':': return label(address);
            case 'b': return branch(address);
            case 's': return substitute();
            case 'y': return transliterate();
            case 'q':
            case 'Q':
            case 'l':
                at_.skip_spaces();
                at_.take_digits();
                return end_of_command();
            default: break;
        }
        if (name != '\0' && kPlain.find(name) != std::string_view::npos) {
            if (name == 'N' && counts(address)) reads_next_ = true;
            return end_of_command();
        }
        if (name == 'e') return forbid("sed.exec", "'e' runs a program");
        if (name == 'w' || name == 'W') return forbid("sed.write", "'w' writes to a file");
        if (name == 'r' || name == 'R') return forbid("sed.read", "'r' reads another file");
        return forbid("sed.command", "this command of sed is not known here");
    }

    // Is a command with this address done in every round until the input ends?
    bool counts(Address const& address) const {
        for (auto const& block : blocks_)
            if (!block.until_last_line) return false;
        return address.none || address.last_line_negated;
    }

    Bad open(Address const& address) {
        if (blocks_.size() == kDepthMax) return forbid("sed.depth", "nested too deeply");
        blocks_.push_back(Block{address.last_line_negated});
        return std::nullopt;
    }

    Bad close(Address const& address) {
        if (blocks_.empty() || !address.none) return forbid("sed.syntax", "'}' closes nothing");
        blocks_.pop_back();
        return end_of_command();
    }

    Bad label(Address const& address) {
        if (!address.none || at_.take_name().empty() || labelled_)
            return forbid("sed.label", "one plain label is allowed");
        labelled_ = true;
        reads_next_ = false;
        return end_of_command();
    }

    // Only the well-known loop that gathers lines, ":a;N;$!ba": each round takes a line, so it
    // ends.
    Bad branch(Address const& address) {
        at_.skip_spaces();
        if (at_.take_name().empty()) return end_of_command();  // to the end of the script: it ends
        bool const until_last =
            address.last_line_negated || (!blocks_.empty() && blocks_.back().until_last_line);
        if (!labelled_ || !reads_next_ || !until_last)
            return forbid("sed.loop", "a loop that may never end");
        return end_of_command();
    }

    Bad substitute() {
        char const delimiter = at_.next();
        if (auto bad = pattern(delimiter)) return bad;
        if (!replacement(delimiter)) return forbid("sed.syntax", "an 's' has no end");
        while (true) {
            char const flag = at_.peek();
            if (flag == 'e') return forbid("sed.exec", "the flag 'e' of 's' runs a program");
            if (flag == 'w') return forbid("sed.write", "the flag 'w' of 's' writes to a file");
            if (!is_digit(flag) &&
                (flag == '\0' || std::string_view{"gpiImM"}.find(flag) == std::string_view::npos))
                return end_of_command();
            at_.next();
        }
    }

    Bad transliterate() {
        char const delimiter = at_.next();
        if (kDelimiters.find(delimiter) == std::string_view::npos || !replacement(delimiter) ||
            !replacement(delimiter))
            return forbid("sed.syntax", "a 'y' is not complete");
        return end_of_command();
    }

    // Up to the delimiter that no backslash escapes.
    bool replacement(char delimiter) {
        while (!at_.at_end()) {
            char const c = at_.next();
            if (c == delimiter) return true;
            if (c == '\\' && at_.next() == '\0') return false;
        }
        return false;
    }

    Bad pattern(char delimiter) {
        if (delimiter == '\0' || kDelimiters.find(delimiter) == std::string_view::npos)
            return forbid("sed.delimiter", "an unusual delimiter");
        bool in_brackets = false;
        while (!at_.at_end()) {
            char const c = at_.next();
            if (c == delimiter) {
                // GNU sed ends the pattern here, others do not.
                if (in_brackets)
                    return forbid("sed.ambiguous", "the delimiter stands between brackets");
                return std::nullopt;
            }
            if (c == '\\') {
                if (at_.next() == '\0') break;
            } else if (!in_brackets && c == '[') {
                in_brackets = true;
                at_.take('^');
                at_.take(']');
            } else if (in_brackets && c == '[') {
                if (at_.peek() == '.' || at_.peek() == '=')
                    return forbid("sed.ambiguous", "a collating element");
                if (at_.take(':') && (at_.take_while(is_letter).empty() || !at_.take(":]")))
                    return forbid("sed.syntax", "a character class is not complete");
            } else if (in_brackets && c == ']') {
                in_brackets = false;
            }
        }
        return forbid("sed.syntax", "a pattern has no end");
    }

    Bad addresses(Address& address) {
        bool last_line = at_.peek() == '$';
        if (auto bad = one_address(address.none)) return bad;
        if (address.none) return std::nullopt;
        at_.skip_spaces();
        if (at_.take(',')) {
            at_.skip_spaces();
            last_line = false;
            if (at_.take('+') || at_.take('~')) {
                if (at_.take_digits().empty())
                    return forbid("sed.address", "an address is not complete");
            } else {
                bool none = true;
                if (auto bad = one_address(none)) return bad;
                if (none) return forbid("sed.address", "an address is not complete");
            }
            at_.skip_spaces();
        }
        bool const negated = at_.take('!');
        at_.skip_spaces();
        if (at_.peek() == '!') return forbid("sed.address", "more than one '!'");
        address.last_line_negated = last_line && negated;
        return std::nullopt;
    }

    Bad one_address(bool& none) {
        none = false;
        if (is_digit(at_.peek())) {
            at_.take_digits();
            if (at_.take('~') && at_.take_digits().empty())
                return forbid("sed.address", "an address is not complete");
            return std::nullopt;
        }
        if (at_.take('$')) return std::nullopt;
        if (at_.peek() != '/' && at_.peek() != '\\') {
            none = true;
            return std::nullopt;
        }
        if (at_.next() == '\\') {
            char const delimiter = at_.next();
            if (auto bad = pattern(delimiter)) return bad;
        } else if (auto bad = pattern('/')) {
            return bad;
        }
        at_.take_while([](char c) { return c == 'I' || c == 'M'; });
        return std::nullopt;
    }

    Bad end_of_command() {
        at_.skip_spaces();
        char const c = at_.peek();
        if (at_.at_end() || c == ';' || c == '}') return std::nullopt;
        return forbid("sed.syntax", "something stands behind a command");
    }

    Scanner at_;
    std::vector<Block> blocks_;
    bool labelled_ = false;
    bool reads_next_ = false;
};

}  // namespace

Verdict check_sed(std::string_view script) {
    if (!is_printable(script)) return forbid("sed.bytes", "a script is printable text");
    return Script{script}.check();
}

}  // namespace command
