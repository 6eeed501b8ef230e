#include "common/command/mini/docker_format.hpp"

#include <array>
#include <optional>
#include <vector>

#include "common/command/mini/docker_fields.hpp"
#include "common/command/mini/scanner.hpp"

namespace command {
namespace {

constexpr int kDepthMax = 8;
constexpr std::size_t kBlocksMax = 8;

constexpr std::array<std::string_view, 25> kFunctions{
    "and",     "eq",    "ge",    "gt",    "html",     "index", "join",    "json",  "le",
    "len",     "lower", "lt",    "ne",    "not",      "or",    "pad",     "print", "printf",
    "println", "slice", "split", "title", "truncate", "upper", "urlquery"};
constexpr std::array<std::string_view, 6> kWholeWords{"json", "table",  "raw",
                                                      "wide", "pretty", "yaml"};

class Template {
  public:
    Template(std::string_view text, bool inspects) : at_(text), inspects_(inspects) {}

    Verdict check() {
        while (!at_.at_end()) {
            if (!at_.take("{{")) {
                at_.next();
                continue;
            }
            if (!action()) return bad_ ? std::move(*bad_) : syntax();
        }
        if (!blocks_.empty()) return forbid("docker_format.syntax", "a block has no 'end'");
        return allow("docker_format.state", "it shows fields that tell a state");
    }

  private:
    static Verdict syntax() {
        return forbid("docker_format.syntax", "it is not in the part of templates known here");
    }
    bool refuse(std::string rule, std::string reason) {
        if (!bad_) bad_ = forbid(std::move(rule), std::move(reason));
        return false;
    }

    bool take_word(std::string_view word) {
        Scanner ahead = at_;
        if (ahead.take_name() != word) return false;
        at_ = ahead;
        return true;
    }

    bool action() {
        if (at_.peek() == '-' && at_.peek(1) == ' ') at_.next();
        at_.skip_spaces();
        bool good = false;
        if (take_word("range"))
            good = open(true);
        else if (take_word("with"))
            good = open(true);
        else if (take_word("if"))
            good = open(false);
        else if (take_word("else"))
            good = otherwise();
        else if (take_word("end"))
            good = close();
        else
            good = declaration() && pipeline();
        at_.skip_spaces();
        if (at_.peek() == '-' && at_.peek(1) == '}') at_.next();
        return good && at_.take("}}");
    }

    // range and with give '.' a new meaning, if leaves it.
    bool open(bool rebinds) {
        if (blocks_.size() == kBlocksMax) return refuse("docker_format.depth", "nested too deeply");
        if (!declaration() || !pipeline()) return false;
        blocks_.push_back(whole_);
        if (rebinds) whole_ = false;
        return true;
    }

    bool otherwise() {
        if (blocks_.empty()) return false;
        whole_ = blocks_.back();
        at_.skip_spaces();
        if (take_word("if")) return pipeline();
        if (take_word("with")) {
            if (!pipeline()) return false;
            whole_ = false;
        }
        return true;
    }

    bool close() {
        if (blocks_.empty()) return false;
        whole_ = blocks_.back();
        blocks_.pop_back();
        return true;
    }

    // "$name := ", "$key, $value := ": what a variable holds may be shown, or its pipeline is
    // refused.
    bool declaration() {
        at_.skip_spaces();
        Scanner ahead = at_;
        for (int i = 0; i < 2; ++i) {
            if (!ahead.take('$') || ahead.take_name().empty()) return true;
            ahead.skip_spaces();
            if (ahead.take(":=") || ahead.take('=')) {
                at_ = ahead;
                return true;
            }
            if (!ahead.take(',')) return true;
            ahead.skip_spaces();
        }
        return true;
    }

    bool pipeline() {
        do {
            at_.skip_spaces();
            if (!call()) return false;
            at_.skip_spaces();
        } while (at_.take('|'));
        return true;
    }

    bool call() {
        bool const indexes = take_word("index");
        int operands = indexes ? 1 : 0;
        while (true) {
            at_.skip_spaces();
            char const c = at_.peek();
            if (c == '\0' || c == '|' || c == ')' || c == '}') return operands > 0;
            if (c == '-' && at_.peek(1) == '}') return operands > 0;
            if (!operand(indexes && operands == 1)) return false;
            ++operands;
        }
    }

    bool operand(bool indexed) {
        char const c = at_.peek();
        if (c == '"' || c == '`') return string(c);
        if (c == '.') return chain(indexed);
        if (c == '$') return variable(indexed);
        if (c == '(') return parenthesis();
        if (is_digit(c) || c == '-') {
            at_.take('-');
            return !at_.take_digits().empty();
        }
        auto const word = at_.take_name();
        if (word == "true" || word == "false" || word == "nil") return true;
        if (is_one_of(word, kFunctions)) return true;
        return refuse("docker_format.function", "a function that is not known here");
    }

    bool string(char quote) {
        at_.next();
        auto const from = at_.position();
        while (!at_.at_end() && at_.peek() != quote)
            if (at_.next() == '\\' && quote == '"') at_.next();
        last_string_ = at_.since(from);
        return at_.take(quote);
    }

    bool parenthesis() {
        if (++depth_ > kDepthMax) return refuse("docker_format.depth", "nested too deeply");
        at_.next();
        bool const good = pipeline();
        --depth_;
        if (!good || !at_.take(')')) return false;
        // What is in parentheses may be shown whole; the fields behind it are checked all the same.
        return at_.peek() != '.' || chain(false);
    }

    bool variable(bool indexed) {
        at_.next();
        bool const root = at_.take_name().empty();
        if (at_.peek() == '.') return chain(indexed);
        return !root || !inspects_ ||
               refuse("docker_format.whole", "the whole object holds its environment");
    }

    // ".A.B.C", or '.' alone.
    bool chain(bool indexed) {
        std::string_view last;
        std::size_t length = 0;
        bool named_freely = false;  // behind Networks stands a network's name
        while (at_.peek() == '.') {
            at_.next();
            auto const name = at_.take_name();
            if (name.empty()) {
                if (length == 0 && (!whole_ || !inspects_)) return true;
                return refuse("docker_format.whole", "the whole object holds its environment");
            }
            bool const free = named_freely && name != "Env" && name != "Labels";
            if (length > 0 && name == "Mounts" && !free)
                return refuse("docker_format.field", "mounts may hold a share's password");
            bool const more = at_.peek() == '.';
            if (!free && !shows(name, more, indexed)) return false;
            named_freely = name == "Networks";
            last = name;
            ++length;
        }
        if (last == "Label") return label();
        return true;
    }

    bool shows(std::string_view name, bool more, bool indexed) {
        if (name == "Labels" && indexed && !more) return label();
        if (name == "Label" && !more) return true;  // the key is looked at by who called
        if (is_secret_field(name))
            return refuse("docker_format.secret", "'" + std::string{name} + "' may hold passwords");
        if (!inspects_ || is_shown_field(name) || (more && is_way_field(name))) return true;
        return refuse("docker_format.field",
                      "'" + std::string{name} + "' is not in the list of fields that may be shown");
    }

    // The key of a label, which must be one of an engine's own.
    bool label() {
        at_.skip_spaces();
        if (at_.peek() != '"' || !string('"') || !is_plain_label(last_string_))
            return refuse("docker_format.label", "labels may hold passwords");
        return true;
    }

    Scanner at_;
    bool inspects_;
    bool whole_ = true;  // is '.' the whole object here?
    int depth_ = 0;
    std::vector<bool> blocks_;  // of each open block: what whole_ was outside
    std::string_view last_string_;
    std::optional<Verdict> bad_;
};

}  // namespace

Verdict check_docker_format(std::string_view text, bool inspects) {
    if (text.empty() || !is_printable(text))
        return forbid("docker_format.bytes", "a template is printable text");
    if (is_one_of(text, kWholeWords)) {
        if (!inspects || text == "table") return allow("docker_format.word", "it names a layout");
        return forbid("docker_format.whole", "the whole object holds its environment");
    }
    return Template{text, inspects}.check();
}

}  // namespace command
