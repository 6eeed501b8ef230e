#include "common/command/mini/sql_tokens.hpp"

#include "common/command/mini/scanner.hpp"

namespace command {
namespace {

constexpr std::size_t kTokensMax = 400;

std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

class Lexer {
  public:
    Lexer(std::string_view text, SqlDialect dialect) : at_(text), dialect_(dialect) {}

    std::optional<std::vector<SqlToken>> run() {
        std::vector<SqlToken> tokens;
        while (true) {
            at_.skip_spaces();
            if (at_.at_end()) return tokens;
            auto token = one();
            if (!token || tokens.size() == kTokensMax) return std::nullopt;
            tokens.push_back(std::move(*token));
        }
    }

  private:
    std::optional<SqlToken> one() {
        char const c = at_.peek();
        if (is_name_start(c)) return SqlToken{SqlKind::name, lower(at_.take_name())};
        if (is_digit(c)) return number();
        if (c == '\'') return quoted('\'', SqlKind::text);
        if (c == '"')
            return quoted('"',
                          dialect_ == SqlDialect::mysql ? SqlKind::text : SqlKind::quoted_name);
        if (c == '`' && dialect_ != SqlDialect::psql) return quoted('`', SqlKind::quoted_name);
        // "--" and "/*" begin comments, "#" too in MySQL, which also runs some of them.
        if (at_.take("--") || at_.take("/*")) return std::nullopt;
        if (c == '@') return system_variable();
        for (std::string_view const two : {"::", "<=", ">=", "<>", "!=", "||", "=="})
            if (at_.take(two))
                return two != "::" || dialect_ == SqlDialect::psql
                           ? std::optional{SqlToken{SqlKind::symbol, std::string{two}}}
                           : std::nullopt;
        if (std::string_view{"()*,.;+-/%=<>"}.find(c) == std::string_view::npos)
            return std::nullopt;
        return SqlToken{SqlKind::symbol, std::string(1, at_.next())};
    }

    std::optional<SqlToken> number() {
        auto const from = at_.position();
        at_.take_digits();
        if (at_.take('.')) at_.take_digits();
        if (is_name_start(at_.peek())) return std::nullopt;
        return SqlToken{SqlKind::number, std::string{at_.since(from)}};
    }

    // A doubled quote stands for itself. A backslash means different things to different servers.
    std::optional<SqlToken> quoted(char quote, SqlKind kind) {
        at_.next();
        std::string text;
        while (!at_.at_end()) {
            char const c = at_.next();
            if (c == '\\') return std::nullopt;
            if (c == quote && !at_.take(quote)) return SqlToken{kind, std::move(text)};
            text.push_back(c);
        }
        return std::nullopt;
    }

    // @@version, @@global.read_only: MySQL's settings. A single @ is a variable, and may be set.
    std::optional<SqlToken> system_variable() {
        if (dialect_ != SqlDialect::mysql || !at_.take("@@")) return std::nullopt;
        auto name = lower(at_.take_name());
        if (name.empty()) return std::nullopt;
        if (name == "global" || name == "session") {
            if (!at_.take('.')) return std::nullopt;
            name = lower(at_.take_name());
        }
        return name.empty() ? std::nullopt : std::optional{SqlToken{SqlKind::number, name}};
    }

    Scanner at_;
    SqlDialect dialect_;
};

}  // namespace

std::optional<std::vector<SqlToken>> sql_tokens(std::string_view text, SqlDialect dialect) {
    if (!is_printable(text)) return std::nullopt;
    return Lexer{text, dialect}.run();
}

}  // namespace command
