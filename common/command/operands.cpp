#include "common/command/operands.hpp"

#include <algorithm>

namespace command {
namespace {

using table::Step;

Fit check_one(Catalogue const& in, table::Slot const& slot, std::string_view text,
              Context const& context) {
    if (!slot.enumerated) return check_operand(slot.type, text, context);
    auto const words = Catalogue::part(in.texts, slot.words);
    if (std::ranges::any_of(words, [&](auto word) { return in[word] == text; })) return {};
    // ":number" in an enumeration is a type among the words.
    for (auto const& word : words) {
        if (!in[word].starts_with(':')) continue;
        auto const type = parse_operand_type(in[word].substr(1));
        if (!type) continue;
        if (auto fit = check_operand(*type, text, context)) return fit;
    }
    std::string reason = "'" + std::string{text} + "' is none of";
    for (std::size_t i = 0; i < words.size(); ++i) (reason += i == 0 ? " " : ", ") += in[words[i]];
    return Fit{domain::Risk::forbidden, {}, std::move(reason)};
}

// A walk over the pattern with backtracking, in which no place is tried twice.
class Matcher {
  public:
    Matcher(Catalogue const& in, std::span<Step const> steps, std::span<Word const> words,
            std::span<std::size_t const> operands, Context const& context)
        : in_(in),
          steps_(steps),
          words_(words),
          operands_(operands),
          context_(context),
          tried_(steps.size() * (operands.size() + 1)) {}

    OrRefusal<Fitted> match() {
        if (walk(0, 0)) return std::move(found_);
        if (!best_reason_.empty()) return refuse("operand.type", best_reason_);
        if (operands_.empty() || best_ >= operands_.size())
            return refuse("operand.missing", "an operand is missing at the end");
        return refuse("operand.unexpected",
                      "the word '" + words_[operands_[best_]].text + "' has no place here");
    }

  private:
    // The depth is bounded by steps × words; patterns are short and words at most 64.
    bool walk(std::size_t step, std::size_t at) {
        while (true) {
            auto&& seen = tried_[step * (operands_.size() + 1) + at];
            if (seen) return false;
            seen = true;
            auto const& here = steps_[step];
            switch (here.kind) {
                case Step::Kind::done: return at == operands_.size() || fail(at, {});
                case Step::Kind::jump: step = here.a; continue;
                case Step::Kind::either:
                    if (walk(here.a, at)) return true;
                    step = here.b;
                    continue;
                case Step::Kind::raise: {
                    auto const before = found_.risk;
                    found_.risk = std::max(before, static_cast<domain::Risk>(here.a));
                    if (walk(step + 1, at)) return true;
                    found_.risk = before;
                    return false;
                }
                case Step::Kind::literal:
                    if (at == operands_.size() || words_[operands_[at]].text != in_.text_at(here.a))
                        return fail(at, {});
                    break;
                case Step::Kind::slot: {
                    if (at == operands_.size()) return fail(at, {});
                    auto const risk = risk_of(here.a, at);
                    if (!risk) return false;
                    found_.values.push_back(
                        {here.a, words_[operands_[at]].text, operands_[at], true, *risk});
                    if (walk(step + 1, at + 1)) return true;
                    found_.values.pop_back();
                    return false;
                }
            }
            ++step;
            ++at;
        }
    }

    // nullopt: the word does not fit the slot.
    std::optional<domain::Risk> risk_of(std::uint16_t slot, std::size_t at) {
        auto const& word = words_[operands_[at]];
        auto context = context_;
        context.glob = word.glob;
        auto const fit = check_slot(in_, in_.slots[slot], word.text, context);
        if (fit) return fit.risk;
        fail(at, fit.reason);
        return std::nullopt;
    }

    // What went wrong furthest to the right is what a person wants to hear.
    bool fail(std::size_t at, std::string reason) {
        if (at > best_ || (at == best_ && best_reason_.empty())) {
            best_ = at;
            best_reason_ = std::move(reason);
        }
        return false;
    }

    Catalogue const& in_;
    std::span<Step const> steps_;
    std::span<Word const> words_;
    std::span<std::size_t const> operands_;
    Context const& context_;
    std::vector<bool> tried_;
    Fitted found_;
    std::size_t best_ = 0;
    std::string best_reason_;
};

}  // namespace

Fit check_slot(Catalogue const& in, table::Slot const& slot, std::string_view text,
               Context const& context) {
    auto const prefix = in[slot.prefix];
    if (!text.starts_with(prefix))
        return Fit{domain::Risk::forbidden, {}, "'" + std::string{text} + "' has no place here"};
    text.remove_prefix(prefix.size());
    if (!slot.list) return check_one(in, slot, text, context);
    Fit worst;
    while (true) {
        auto const end = std::min(text.find(','), text.size());
        auto fit = check_one(in, slot, text.substr(0, end), context);
        if (!fit) return fit;
        if (fit.risk > worst.risk) worst = std::move(fit);
        if (end == text.size()) return worst;
        text.remove_prefix(end + 1);
    }
}

OrRefusal<Fitted> fit_operands(Catalogue const& in, std::span<Step const> steps,
                               std::span<Word const> words, std::span<std::size_t const> operands,
                               Context const& context) {
    return Matcher{in, steps, words, operands, context}.match();
}

}  // namespace command
