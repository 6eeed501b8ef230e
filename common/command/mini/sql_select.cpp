#include "common/command/mini/sql_select.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "common/command/mini/sql_words.hpp"

namespace command {
namespace {

constexpr std::size_t kDepthMax = 16;

constexpr std::array<std::string_view, 12> kEndOfFrom{"where",  "group",  "order",  "having",
                                                      "limit",  "union",  "except", "intersect",
                                                      "window", "offset", "fetch",  "select"};
constexpr std::array<std::string_view, 5> kCounting{"count", "sum", "avg", "total", "row_number"};
constexpr std::array<std::string_view, 2> kExtreme{"min", "max"};
// The word FROM inside these belongs to the function.
constexpr std::array<std::string_view, 4> kWithFrom{"extract", "substring", "trim", "btrim"};

template <std::size_t N>
bool in(std::array<std::string_view, N> const& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

std::string lowered(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// What is going on between one pair of parentheses (or outside all).
struct Frame {
    bool query = false;          // it has a SELECT of its own
    bool selecting = false;      // in a select list
    bool in_from = false;        // in a FROM clause
    bool expects_table = false;  // the next name is a table
    bool grouping = false;       // in GROUP BY
    bool from_is_argument = false;
    bool counted = false;              // within count(), sum(), …
    bool extreme = false;              // within min() or max()
    std::vector<std::string> shown;    // columns of the select list that nothing counts
    std::vector<std::string> grouped;  // columns of GROUP BY
};

class Select {
  public:
    explicit Select(std::span<SqlToken const> tokens) : tokens_(tokens) { frames_.emplace_back(); }

    Verdict check() {
        for (; at_ < tokens_.size(); ++at_)
            if (!token(tokens_[at_])) return std::move(*bad_);
        if (frames_.size() != 1) return forbid("sql.syntax", "a parenthesis is not closed");
        judge(frames_.back());
        if (ends_query_)
            return allow("sql.ends_query", "it ends somebody's query", {}, domain::Risk::risky);
        if (reloads_)
            return allow("sql.reload", "it makes the server read its settings again", {},
                         domain::Risk::reversible);
        if (plain_table_ && (shows_contents_ || secret_name_))
            return allow("sql.contents", "it shows what a table holds", {}, domain::Risk::risky);
        return allow(plain_table_ ? "sql.count" : "sql.state",
                     plain_table_ ? "it only counts" : "it reads the server's state");
    }

  private:
    bool refuse(std::string rule, std::string reason) {
        bad_ = forbid(std::move(rule), std::move(reason));
        return false;
    }
    bool next_is(std::string_view symbol) const {
        return at_ + 1 < tokens_.size() && tokens_[at_ + 1].is(symbol);
    }
    bool previous_is(std::string_view symbol) const {
        return at_ > 0 && tokens_[at_ - 1].is(symbol);
    }
    Frame& frame() { return frames_.back(); }

    bool token(SqlToken const& token) {
        if (token.kind == SqlKind::symbol) return symbol(token.text);
        if (token.kind == SqlKind::number) return true;
        bool const called = next_is("(");
        if (token.kind != SqlKind::name && called)
            return refuse("sql.function", "a function is called by a quoted name");
        if (frame().expects_table && !token.is_word("only") && !token.is_word("lateral") &&
            !token.is_word("select"))
            return called ? call(token.text) : table();
        if (token.kind == SqlKind::text) return true;
        if (token.kind == SqlKind::quoted_name) return column(token.text);
        if (called && !is_sql_word_before_parenthesis(token.text)) return call(token.text);
        if (is_sql_acting_word(token.text))
            return refuse("sql.acts", "'" + token.text + "' makes it more than a read");
        return word(token.text);
    }

    bool symbol(std::string_view text) {
        if (text == "(") {
            auto const& outer = frame();
            Frame inner;
            inner.in_from = inner.expects_table = outer.expects_table;
            inner.counted = outer.counted;
            inner.extreme = outer.extreme;
            return push(std::move(inner), outer.selecting || outer.grouping);
        }
        if (text == ")") {
            if (frames_.size() == 1) return refuse("sql.syntax", "a parenthesis closes nothing");
            pop();
        }
        if (text == ";") return refuse("sql.several", "more than one statement");
        if (text == "," && frame().in_from) frame().expects_table = true;
        if (text == "*" && is_star()) frame().shown.emplace_back("*");
        return true;
    }

    // A '*' that stands for all columns, not for a product.
    bool is_star() {
        if (!frame().selecting || frame().counted) return false;
        auto const& before = tokens_[at_ - 1];
        return before.is_word("select") || before.is_word("distinct") || before.is_word("all") ||
               before.is(",") || before.is(".");
    }

    bool push(Frame frame, bool selecting) {
        if (frames_.size() == kDepthMax) return refuse("sql.depth", "nested too deeply");
        frame.selecting = selecting;
        frames_.push_back(std::move(frame));
        return true;
    }

    // What a group showed, the query around it shows; a query of its own is judged by itself.
    void pop() {
        Frame inner = std::move(frames_.back());
        frames_.pop_back();
        auto& outer = frame();
        if (inner.query)
            judge(inner);
        else
            for (auto& name : inner.shown)
                (outer.grouping ? outer.grouped : outer.shown).push_back(std::move(name));
        frame().expects_table = false;
    }

    void judge(Frame const& frame) {
        for (auto const& name : frame.shown) {
            bool const grouped = std::ranges::find(frame.grouped, name) != frame.grouped.end();
            if (!grouped || !is_plain_column(name)) shows_contents_ = true;
        }
    }

    bool table() {
        std::string schema;
        auto const* name = &tokens_[at_];
        while (next_is(".") && at_ + 2 < tokens_.size()) {
            schema = name->text;
            at_ += 2;
            name = &tokens_[at_];
        }
        if (name->kind == SqlKind::symbol || name->kind == SqlKind::number)
            return refuse("sql.syntax", "a table has no name");
        frame().expects_table = false;
        auto const lower = lowered(name->text);
        if (is_sql_acting_word(lower) && name->kind == SqlKind::name)
            return refuse("sql.acts", "'" + lower + "' makes it more than a read");
        switch (sql_table(lowered(schema), lower)) {
            case SqlTable::state: break;
            case SqlTable::secret: return refuse("sql.secret", "this table may hold passwords");
            case SqlTable::plain:
                plain_table_ = true;
                secret_name_ = secret_name_ || is_secret_name(lower);
        }
        return true;
    }

    bool call(std::string_view name) {
        if (previous_is(".") && !(at_ > 1 && tokens_[at_ - 2].is_word("pg_catalog")))
            return refuse("sql.function", "a function of a schema that is not known here");
        if (name == "pg_reload_conf")
            reloads_ = true;
        else if (name == "pg_terminate_backend" || name == "pg_cancel_backend") {
            if (at_ + 3 >= tokens_.size() || tokens_[at_ + 2].kind != SqlKind::number ||
                !tokens_[at_ + 3].is(")"))
                return refuse("sql.ends_queries", "it may end everybody's queries");
            ends_query_ = true;
        } else if (!is_sql_function(name)) {
            return refuse("sql.function", "'" + std::string{name} + "' is no function known here");
        }
        ++at_;  // the parenthesis
        Frame inner;
        inner.from_is_argument = in(kWithFrom, name);
        inner.counted = frame().counted || in(kCounting, name);
        inner.extreme = frame().extreme || in(kExtreme, name);
        // A function of a value inside sum() may spell out a secret: only count() takes anything.
        if (frame().counted && !in(kCounting, name) && name != "coalesce" && name != "length")
            shows_contents_ = true;
        return push(std::move(inner), frame().selecting || frame().grouping);
    }

    bool word(std::string const& text) {
        if (text == "select") {
            judge(frame());  // the query before UNION
            frame() = Frame{};
            frame().query = frame().selecting = true;
            return true;
        }
        if (text == "from" && !frame().from_is_argument) {
            frame().selecting = false;
            frame().in_from = true;
            frame().expects_table = true;
            return true;
        }
        if (text == "join" || text == "straight_join") {
            frame().expects_table = true;
            return true;
        }
        if (in(kEndOfFrom, text)) {
            frame().in_from = false;
            frame().selecting = false;
            frame().grouping = text == "group";
            return true;
        }
        if (is_sql_keyword(text)) return true;
        return column(text);
    }

    bool column(std::string const& text) {
        if (next_is(".")) return true;  // a table's name before its column
        if (frame().from_is_argument && at_ + 1 < tokens_.size() &&
            tokens_[at_ + 1].is_word("from"))
            return true;  // extract(epoch FROM …)
        secret_name_ = secret_name_ || is_secret_name(text);
        if (is_alias()) return true;
        if (frame().grouping)
            frame().grouped.push_back(text);
        else if (frame().selecting && frame().extreme) {
            if (!is_ordered_column(text)) shows_contents_ = true;
        } else if (frame().selecting && !frame().counted) {
            frame().shown.push_back(text);
        }
        return true;
    }

    // A name right behind another operand, or behind AS, only names the result.
    bool is_alias() const {
        if (at_ == 0) return false;
        auto const& before = tokens_[at_ - 1];
        if (before.is_word("as") || before.is("::")) return true;
        if (before.is(")") || before.is_word("end")) return true;
        if (before.kind == SqlKind::number || before.kind == SqlKind::text) return true;
        return before.kind == SqlKind::quoted_name ||
               (before.kind == SqlKind::name && !is_sql_keyword(before.text));
    }

    std::span<SqlToken const> tokens_;
    std::size_t at_ = 0;
    std::vector<Frame> frames_;
    std::optional<Verdict> bad_;
    bool plain_table_ = false;
    bool shows_contents_ = false;
    bool secret_name_ = false;
    bool ends_query_ = false;
    bool reloads_ = false;
};

}  // namespace

Verdict check_select(std::span<SqlToken const> tokens) { return Select{tokens}.check(); }

}  // namespace command
