#include "common/command/arguments.hpp"

#include <algorithm>

#include "common/base/nearest.hpp"
#include "common/command/operand_checks.hpp"

namespace command {
namespace {

using table::Option;

class Parser {
  public:
    Parser(Catalogue const& in, table::Form const& program, table::Form const* sub,
           std::size_t sub_words, std::span<Word const> words)
        : in_(in),
          program_(program),
          sub_(sub),
          sub_words_(sub_words),
          words_(words),
          before_sub_(sub_words > 0) {}

    OrRefusal<Arguments> parse() {
        auto const style = (sub_ != nullptr ? *sub_ : program_).style;
        bool ended = style == Style::words;
        take_letters();
        for (; at_ < words_.size(); ++at_) {
            std::string_view const text = words_[at_].text;
            bool const option = !ended && text.size() > 1 && text[0] == '-';
            if (!option) {
                found_.operands.push_back(at_);
                before_sub_ = false;
                if (style == Style::posix) ended = found_.operands.size() >= last_before_end();
                continue;
            }
            if (text == "--" && style != Style::single_dash) {
                if (sub_ != nullptr && before_sub_)
                    return refuse("option.dashes", "'--' may not stand before a subcommand");
                ended = true;
                continue;
            }
            auto const taken = style == Style::single_dash ? single(text)
                               : text.starts_with("--")    ? long_option(text)
                                                           : cluster(text);
            if (!taken) return tl::make_unexpected(taken.error());
        }
        if (auto good = check_rules(); !good) return tl::make_unexpected(good.error());
        return std::move(found_);
    }

  private:
    // The operand that ends the options where they may not stand behind one: the first, or with a
    // subcommand that has options of its own, the first behind its name.
    std::size_t last_before_end() const {
        if (sub_ == nullptr || sub_words_ == 0) return 1;
        return sub_->options.size == 0 ? sub_words_ : sub_words_ + 1;
    }

    // "ps aux": letters without a dash, in the first word only.
    void take_letters() {
        auto const letters = in_[(sub_ != nullptr ? *sub_ : program_).letters];
        if (letters.empty() || words_.size() < 2) return;
        std::string_view const text = words_[1].text;
        if (!text.empty() && text.find_first_not_of(letters) == text.npos) at_ = 2;
    }

    Option const* find_in(table::Range range, std::string_view name) const {
        for (auto const& option : Catalogue::part(in_.options, range))
            for (auto i = option.names.first; i < option.names.first + option.names.size; ++i)
                if (in_.text_at(i) == name) return &option;
        return nullptr;
    }

    Option const* find(std::string_view name) const {
        if (before_sub_ || sub_ == nullptr)
            if (auto const* option = find_in(program_.before, name)) return option;
        if (auto const* option = find_in(program_.options, name)) return option;
        if (sub_ == nullptr || (before_sub_ && !program_.permutes)) return nullptr;
        return find_in(sub_->options, name);
    }

    tl::unexpected<Refusal> unknown(std::string_view name) const {
        std::vector<std::string_view> known;
        auto const add = [&](table::Range range) {
            for (auto const& option : Catalogue::part(in_.options, range))
                for (auto i = option.names.first; i < option.names.first + option.names.size; ++i)
                    known.push_back(in_.text_at(i));
        };
        add(program_.options);
        if (sub_ != nullptr) add(sub_->options);
        std::string reason = "the option '" + std::string{name} + "' is not in the catalogue";
        if (auto const meant = base::nearest(name, known); !meant.empty())
            reason += "; did you mean '" + std::string{meant} + "'?";
        return refuse("option.unknown", std::move(reason));
    }

    OrRefusal<bool> use(Option const& option, std::string_view name) {
        bool const again = option.arity != Arity::none && !option.repeats &&
                           std::ranges::any_of(found_.options, [&](UsedOption const& used) {
                               return used.option == &option;
                           });
        if (again)
            return refuse("option.repeated", "'" + std::string{name} + "' may be given once only");
        found_.options.push_back({&option, name});
        return true;
    }

    void value_here(Option const& option, std::string_view text) {
        found_.values.push_back({option.slot, text, at_, false, {}});
    }

    // The next word is the value.
    OrRefusal<bool> value_next(Option const& option, std::string_view name) {
        if (at_ + 1 >= words_.size())
            return refuse("option.value", "'" + std::string{name} + "' needs a value");
        ++at_;
        found_.values.push_back({option.slot, words_[at_].text, at_, true, {}});
        return true;
    }

    bool next_fits(Option const& option) const {
        if (at_ + 1 >= words_.size()) return false;
        auto const& slot = in_.slots[option.slot];
        std::string_view const text = words_[at_ + 1].text;
        if (!slot.enumerated) return bool{check_operand(slot.type, text, {})};
        for (auto i = slot.words.first; i < slot.words.first + slot.words.size; ++i)
            if (in_.text_at(i) == text) return true;
        return false;
    }

    OrRefusal<bool> after_name(Option const& option, std::string_view name) {
        switch (option.arity) {
            case Arity::value: return value_next(option, name);
            case Arity::optional:
                if (next_fits(option)) return value_next(option, name);
                return true;
            case Arity::equals:
                return refuse("option.value", "'" + std::string{name} + "' needs '=' and a value");
            case Arity::none:
            case Arity::attached: break;
        }
        return true;
    }

    OrRefusal<bool> named(std::string_view text, std::string_view name, bool equals) {
        auto const* option = find(name);
        if (option == nullptr) return unknown(name);
        if (auto used = use(*option, name); !used) return used;
        if (!equals) return after_name(*option, name);
        if (option->arity == Arity::none && is_cobra() && is_truth(text.substr(name.size() + 1)))
            return true;
        if (option->arity == Arity::none)
            return refuse("option.value", "'" + std::string{name} + "' takes no value");
        value_here(*option, text.substr(name.size() + 1));
        return true;
    }

    OrRefusal<bool> long_option(std::string_view text) {
        auto const equals = text.find('=');
        return named(text, text.substr(0, equals), equals != text.npos);
    }

    OrRefusal<bool> single(std::string_view text) {
        if (find(text) != nullptr) return named(text, text, false);
        auto const equals = text.find('=');
        if (equals == text.npos) return unknown(text);
        auto const* option = find(text.substr(0, equals));
        if (option == nullptr) return unknown(text);
        return named(text, text.substr(0, equals), true);
    }

    // "-so/etc/x": s is a flag, o takes the rest as its value.
    OrRefusal<bool> cluster(std::string_view text) {
        if (operand::all_digits(text.substr(1)))
            if (auto const* option = find("-#")) return use(*option, "-#");
        auto const word = at_;
        for (std::size_t i = 1; i < text.size(); ++i) {
            auto const name = std::string{'-', text[i]};
            auto const* option = find(name);
            if (option == nullptr) return unknown(i == 1 && text.size() == 2 ? text : name);
            auto const shown = in_.text_at(index_of(*option, name));
            if (auto used = use(*option, shown); !used) return used;
            if (option->arity == Arity::none) continue;
            if (i + 1 == text.size()) return after_name(*option, shown);
            if (option->arity == Arity::equals)
                return refuse("option.value", "'" + name + "' needs '=' and a value");
            auto value = text.substr(i + 1);
            if (is_cobra() && value.starts_with('=')) value.remove_prefix(1);
            found_.values.push_back({option->slot, value, word, false, {}});
            return true;
        }
        return true;
    }

    bool is_cobra() const { return (sub_ != nullptr ? *sub_ : program_).style == Style::cobra; }
    static bool is_truth(std::string_view word) { return word == "true" || word == "false"; }

    std::size_t index_of(Option const& option, std::string_view name) const {
        std::size_t i = option.names.first;
        while (in_.text_at(i) != name) ++i;
        return i;
    }

    bool is_used(std::string_view name) const {
        return std::ranges::any_of(found_.options, [&](UsedOption const& used) {
            auto const& names = used.option->names;
            for (auto i = names.first; i < names.first + names.size; ++i)
                if (in_.text_at(i) == name) return true;
            return false;
        });
    }

    bool is_any_used(std::string_view choices) const {
        while (!choices.empty()) {
            auto const end = std::min(choices.find('|'), choices.size());
            if (is_used(choices.substr(0, end))) return true;
            choices.remove_prefix(std::min(end + 1, choices.size()));
        }
        return false;
    }

    OrRefusal<bool> check_rules() const {
        for (auto const* form : {&program_, sub_}) {
            if (form == nullptr || (form == &program_ && sub_ == &program_)) continue;
            auto const must = Catalogue::part(in_.texts, form->must);
            for (auto const& text : must)
                if (!is_any_used(in_[text]) && !found_.only_tells_itself())
                    return refuse("option.must", "it needs the option " + std::string{in_[text]});
            auto const never = Catalogue::part(in_.texts, form->never);
            for (std::size_t i = 0; i + 1 < never.size(); i += 2)
                if (is_any_used(in_[never[i]]) && is_any_used(in_[never[i + 1]]))
                    return refuse("option.never", "the options " + std::string{in_[never[i]]} +
                                                      " and " + std::string{in_[never[i + 1]]} +
                                                      " may not stand together");
        }
        return true;
    }

    Catalogue const& in_;
    table::Form const& program_;
    table::Form const* sub_;
    std::size_t sub_words_;
    std::span<Word const> words_;
    std::size_t at_ = 1;
    bool before_sub_;
    Arguments found_;
};

}  // namespace

bool Arguments::only_tells_itself() const {
    return std::ranges::any_of(options, [](UsedOption const& used) {
        // "--version 12" of an update is not a question.
        return (used.name == "--help" || used.name == "--version") &&
               used.option->arity == Arity::none;
    });
}

OrRefusal<Arguments> parse_arguments(Catalogue const& in, table::Form const& program,
                                     table::Form const* sub, std::size_t sub_words,
                                     std::span<Word const> words) {
    return Parser{in, program, sub, sub_words, words}.parse();
}

}  // namespace command
