#include "common/command/lexer.hpp"

#include <algorithm>
#include <optional>

namespace command {
namespace {

constexpr std::string_view kBare{
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./^-"};
constexpr std::string_view kGlob{"*?[]"};
// What a '$' in double quotes may stand before without being an expansion, in every shell.
constexpr std::string_view kAfterDollar{" |)/"};

bool is_in(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Words that mean something else to a shell when they stand first.
bool is_reserved(std::string_view word) {
    constexpr std::string_view kReserved[] = {"if",   "then", "else",     "elif",   "fi",    "do",
                                              "done", "case", "esac",     "while",  "until", "for",
                                              "in",   "time", "function", "select", "coproc"};
    return std::ranges::find(kReserved, word) != std::end(kReserved);
}

class Lexer {
  public:
    explicit Lexer(std::string_view line) : line_(line) {}

    OrRefusal<std::vector<PipelineWords>> list() {
        std::vector<PipelineWords> pipelines;
        auto join = Join::always;
        std::size_t commands = 0;
        while (true) {
            PipelineWords pipeline{join, {}};
            do {
                auto simple = this->simple();
                if (!simple) return tl::make_unexpected(simple.error());
                pipeline.commands.push_back(std::move(*simple));
                if (++commands > kCommandsMax)
                    return refuse("grammar.commands", "the line holds more than 8 commands");
            } while (take_pipe());
            pipelines.push_back(std::move(pipeline));
            if (at_ == line_.size()) return pipelines;
            auto const next = take_join();
            if (!next) return tl::make_unexpected(next.error());
            join = *next;
        }
    }

  private:
    char look(std::size_t ahead = 0) const {
        return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0';
    }
    bool starts(std::string_view text) const { return line_.substr(at_).starts_with(text); }
    void skip_spaces() {
        while (look() == ' ') ++at_;
    }
    // Only at the end of a word may an operator or the end of the line follow.
    bool at_boundary() const { return at_ == line_.size() || is_in(" |;&<>", look()); }

    bool take_pipe() {
        if (look() != '|' || look(1) == '|' || look(1) == '&') return false;
        ++at_;
        return true;
    }

    OrRefusal<Join> take_join() {
        std::optional<Join> found;
        if (starts("&&")) found = Join::on_success;
        if (starts("||")) found = Join::on_failure;
        if (found) at_ += 2;
        if (!found && look() == ';' && look(1) != ';') {
            found = Join::always;
            ++at_;
        }
        if (found) return *found;
        if (look() == '&')
            return refuse("grammar.background", "nothing is run in the background ('&')");
        return refuse("grammar.operator", "only |, &&, || and ; may join commands");
    }

    OrRefusal<SimpleWords> simple() {
        SimpleWords simple;
        while (true) {
            skip_spaces();
            if (at_ == line_.size() || is_in("|;&", look())) break;
            if (auto redirected = redirection(simple); !redirected)
                return tl::make_unexpected(redirected.error());
            else if (*redirected)
                continue;
            if (takes_exclamation(simple)) continue;
            auto word = this->word();
            if (!word) return tl::make_unexpected(word.error());
            simple.words.push_back(std::move(*word));
            if (simple.words.size() > kWordsMax)
                return refuse("grammar.words", "a command holds more than 64 words");
        }
        if (auto stripped = strip_sudo(simple); !stripped)
            return tl::make_unexpected(stripped.error());
        if (simple.words.empty())
            return refuse("grammar.empty", "a command is missing beside an operator");
        return with_good_name(std::move(simple));
    }

    static OrRefusal<SimpleWords> with_good_name(SimpleWords simple) {
        auto const& first = simple.words[0];
        if (first.quoted || first.glob)
            return refuse("grammar.program_quoted", "the program's name may not be quoted");
        if (first.text.find('=') != std::string::npos)
            return refuse("grammar.assignment", "no variable is set for a program");
        if (is_reserved(first.text))
            return refuse("grammar.reserved", "'" + first.text + "' is a word of the shell");
        return simple;
    }

    // 'sudo prog' and 'sudo -n prog' only say that root is meant.
    static OrRefusal<bool> strip_sudo(SimpleWords& simple) {
        auto& words = simple.words;
        if (words.empty() || words[0].text != "sudo" || words[0].quoted) return true;
        std::size_t strip = 1;
        if (words.size() > 1 && words[1].text == "-n" && !words[1].quoted) strip = 2;
        if (words.size() <= strip || words[strip].text.starts_with('-') ||
            words[strip].text == "sudo")
            return refuse("grammar.sudo", "only 'sudo PROGRAM' and 'sudo -n PROGRAM' are known");
        words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(strip));
        simple.sudo = true;
        return true;
    }

    // A '!' alone, not as the first word, is a word like another ("find /etc ! -name x").
    bool takes_exclamation(SimpleWords& simple) {
        bool const alone = at_ + 1 == line_.size() || line_[at_ + 1] == ' ';
        if (look() != '!' || !alone || simple.words.empty()) return false;
        simple.words.push_back(Word{.text = "!"});
        ++at_;
        return true;
    }

    // true: one was taken.
    OrRefusal<bool> redirection(SimpleWords& simple) {
        char const digit = look();
        bool const numbered = (digit == '1' || digit == '2') && look(1) == '>';
        if (!numbered && digit != '>' && digit != '<') return false;
        auto const wrong = [] {
            return refuse("grammar.redirection",
                          "only 2>&1, >/dev/null, 2>/dev/null and </dev/null may be redirected");
        };
        if (simple.words.empty()) return wrong();
        at_ += numbered ? 2 : 1;
        bool const merge = numbered && digit == '2' && starts("&1");
        if (merge) {
            at_ += 2;
            simple.error = simple.out;
        } else {
            skip_spaces();
            if (!starts("/dev/null")) return wrong();
            at_ += std::string_view{"/dev/null"}.size();
            if (digit == '2') simple.error = Sink::nothing;
            if (digit == '1' || digit == '>') simple.out = Sink::nothing;
        }
        // "2>&1</dev/null": bash and dash do not agree whose the 1 is.
        bool const disputed = merge && at_ < line_.size() && is_in("<>", look());
        if (!at_boundary() || disputed) return wrong();
        return true;
    }

    OrRefusal<Word> word() {
        Word word;
        bool literal_glob = false;
        while (!at_boundary()) {
            auto const done = part(word, literal_glob);
            if (!done) return tl::make_unexpected(done.error());
            if (word.text.size() > kWordMax)
                return refuse("grammar.word", "a word is longer than 1024 bytes");
        }
        // "5>/dev/null" would open a descriptor of its own.
        bool const number = word.text.find_first_not_of("0123456789") == std::string::npos;
        if (number && !word.quoted && !word.text.empty() && is_in("<>", look()) &&
            at_ < line_.size())
            return refuse("grammar.redirection", "only the streams 1 and 2 may be redirected");
        // Which of its stars a shell would expand cannot be told from the text any more.
        if (word.glob && literal_glob)
            return refuse("grammar.glob", "a word mixes quoted and unquoted patterns");
        return word;
    }

    // One character or one quoted stretch.
    OrRefusal<bool> part(Word& word, bool& literal_glob) {
        char const c = look();
        // Behind a letter a '~' is nobody's home ("HEAD~1").
        bool const plain_tilde = c == '~' && at_ > 0 && is_letter_or_digit(line_[at_ - 1]);
        if (is_in(kBare, c) || is_in(kGlob, c) || plain_tilde) {
            word.text += c;
            word.glob = word.glob || is_in("*?[", c);
            ++at_;
            return true;
        }
        auto const before = word.text.size();
        OrRefusal<bool> taken = true;
        if (c == '\'')
            taken = single_quoted(word);
        else if (c == '"')
            taken = double_quoted(word);
        else if (c == '\\')
            taken = escaped(word);
        else
            return refuse("grammar.character",
                          std::string{"the character '"} + c + "' must stand in quotes");
        if (!taken) return taken;
        word.quoted = true;
        auto const added = std::string_view{word.text}.substr(before);
        literal_glob = literal_glob || added.find_first_of(kGlob) != added.npos;
        return true;
    }

    OrRefusal<bool> single_quoted(Word& word) {
        auto const end = line_.find('\'', at_ + 1);
        if (end == line_.npos) return refuse("grammar.quote", "a quote is not closed");
        word.text += line_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return true;
    }

    OrRefusal<bool> double_quoted(Word& word) {
        for (++at_; at_ < line_.size(); ++at_) {
            char c = line_[at_];
            if (c == '"') {
                ++at_;
                return true;
            }
            if (c == '`' || (c == '$' && !is_literal_dollar()))
                return refuse("grammar.expansion", "nothing is expanded: no $ and no backtick");
            if (c == '\\' && is_in("\"\\$", look(1))) c = line_[++at_];
            word.text += c;
        }
        return refuse("grammar.quote", "a quote is not closed");
    }

    // "error$" is a pattern's end; "$"'(' is somebody playing with quotes.
    bool is_literal_dollar() const {
        if (look(1) != '"') return is_in(kAfterDollar, look(1));
        return look(2) == '\0' || is_in(" |;&<>", look(2));
    }

    OrRefusal<bool> escaped(Word& word) {
        char const c = look(1);
        if (c == '\0' || is_letter_or_digit(c))
            return refuse("grammar.backslash", "a backslash may only stand before a sign");
        word.text += c;
        at_ += 2;
        return true;
    }

    std::string_view line_;
    std::size_t at_ = 0;
};

}  // namespace

OrRefusal<std::vector<PipelineWords>> lex(std::string_view line) {
    if (line.size() > kLineMax) return refuse("bytes.length", "the line is longer than 4096 bytes");
    if (!std::ranges::all_of(line, [](char c) { return c >= 0x20 && c <= 0x7e; }))
        return refuse("bytes.control", "the line holds bytes that are not printable ASCII");
    if (line.find_first_not_of(' ') == line.npos) return refuse("bytes.empty", "the line is empty");
    return Lexer{line}.list();
}

}  // namespace command
