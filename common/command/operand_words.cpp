// Numbers, words and names. Every name begins with a letter or digit, so none can be an option or
// a path; every text is one argument of one program, so it only must not be an option.
#include <algorithm>
#include <charconv>

#include "common/command/names.hpp"
#include "common/command/operand_checks.hpp"

namespace command::operand {
namespace {

// Digits with one unit behind; `units` with '|' between.
bool is_amount(std::string_view word, std::string_view units) {
    auto const digits = std::min(word.find_first_not_of("0123456789."), word.size());
    if (digits == 0 || digits > 12 || !is_digit(word[0])) return false;
    if (std::ranges::count(word.substr(0, digits), '.') > 1) return false;
    auto const unit = word.substr(digits);
    if (unit.empty()) return true;
    if (unit.find('|') != unit.npos) return false;
    for (std::size_t at = 0; at < units.size();) {
        auto const end = std::min(units.find('|', at), units.size());
        if (units.substr(at, end - at) == unit) return true;
        at = end + 1;
    }
    return false;
}

// Printable text that is no option. (The lexer let through printable ASCII only.)
bool is_text(std::string_view word) { return !word.empty() && word[0] != '-'; }

}  // namespace

Fit check_number(std::string_view word, Context const&) { return fits_if(all_digits(word)); }

Fit check_int(std::string_view word, Context const&) {
    if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
    return fits_if(all_digits(word));
}

Fit check_decimal(std::string_view word, Context const&) { return fits_if(is_amount(word, "")); }
Fit check_percent(std::string_view word, Context const&) { return fits_if(is_amount(word, "%")); }

Fit check_duration(std::string_view word, Context const&) {
    constexpr std::string_view kUnits{
        "us|ms|s|sec|m|min|h|hr|d|w|y|seconds|minutes|hours|days|weeks|months|years"};
    // "1h30m" is a row of amounts.
    while (!word.empty()) {
        auto const digits = std::min(word.find_first_not_of("0123456789."), word.size());
        auto const next = std::min(word.find_first_of("0123456789", digits), word.size());
        if (!is_amount(word.substr(0, next), kUnits)) return wrong();
        word.remove_prefix(next);
        if (word.empty()) return fits();
    }
    return wrong();
}

Fit check_size(std::string_view word, Context const&) {
    constexpr std::string_view kUnits{
        "B|b|c|w|k|K|M|G|T|P|E|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB|Ki|Mi|Gi|Ti|m|g|t"};
    return fits_if(is_amount(word, kUnits));
}

Fit check_signal(std::string_view word, Context const&) { return fits_if(word == "0"); }

Fit check_pid(std::string_view word, Context const&) {
    return fits_if(all_digits(word, 9) && word[0] != '0' && word != "1");
}

Fit check_port(std::string_view word, Context const&) {
    unsigned value = 0;
    if (!all_digits(word, 5)) return wrong();
    std::from_chars(word.data(), word.data() + word.size(), value);
    return fits_if(value >= 1 && value <= 65'535);
}

Fit check_word(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_.:@%+=,-"));
}

Fit check_words(std::string_view word, Context const&) {
    constexpr std::string_view kSigns{" _.:@%+=,-/"};
    if (word.empty() || (!is_alnum(word[0]) && word[0] != '@')) return wrong();
    return fits_if(std::ranges::all_of(
        word, [&](char c) { return is_alnum(c) || kSigns.find(c) != kSigns.npos; }));
}

Fit check_pattern(std::string_view, Context const&) {
    // As an operand it can only begin with '-' behind "--".
    return fits();
}
Fit check_format(std::string_view word, Context const&) { return fits_if(is_text(word)); }

// For programs that print what they are told. Text like this is harmless here, but who sends it
// meant something else than printing.
Fit check_said(std::string_view word, Context const&) {
    if (word.find_first_of("<>|;&") == 0) return wrong();
    for (std::string_view shell : {"$(", "${", "`", "<(", ">("})
        if (word.find(shell) != word.npos) return wrong();
    return fits();
}

// "yesterday 13:00", "2026-01-01 12:00:00", "-1h", "@1278999698", "1 hour ago"
Fit check_time(std::string_view word, Context const&) {
    constexpr std::string_view kSigns{" _.:@+,-/"};
    if (word.empty() || word.size() > 64 || word.starts_with("--") || word[0] == '/')
        return wrong();
    if (word[0] == '-' && (word.size() < 2 || !is_digit(word[1]))) return wrong();
    return fits_if(std::ranges::all_of(
        word, [&](char c) { return is_alnum(c) || kSigns.find(c) != kSigns.npos; }));
}

Fit check_unit(std::string_view word, Context const&) {
    if (has_unit_type(word)) return fits_if(is_unit_name(word));
    return fits_if(word.size() <= 240 && is_unit_name(std::string{word} + ".service"));
}

Fit check_unit_glob(std::string_view word, Context const&) {
    constexpr std::string_view kSigns{":-_.\\@*?[]"};
    if (word.empty() || word.size() > 255 || word[0] == '-' || word[0] == '.') return wrong();
    return fits_if(std::ranges::all_of(
        word, [&](char c) { return is_alnum(c) || kSigns.find(c) != kSigns.npos; }));
}

Fit check_service(std::string_view word, Context const&) {
    // "all" is what managers call every service.
    return fits_if(is_name(word, "_.@-", 64) && word != "all");
}
Fit check_container(std::string_view word, Context const&) {
    return fits_if(is_container_name(word));
}

Fit check_image(std::string_view word, Context const&) {
    return fits_if(is_name(word, "._/:@-") && word.find("..") == word.npos &&
                   word.find("//") == word.npos && !word.ends_with('/'));
}

Fit check_addon(std::string_view word, Context const&) { return fits_if(is_name(word, "_-", 64)); }
Fit check_package(std::string_view word, Context const&) {
    return fits_if(is_name(word, "+.:~_-@", 128));
}
Fit check_user(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_.-", 32) ||
                   (word.starts_with('_') && is_name(word.substr(1), "_.-", 32)));
}
Fit check_group(std::string_view word, Context const& context) { return check_user(word, context); }
Fit check_pool(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_.:-", 128) && !is_digit(word[0]));
}
Fit check_dataset(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_.:@%/-") && word.find("..") == word.npos &&
                   word.find("//") == word.npos);
}
Fit check_table(std::string_view word, Context const&) { return fits_if(is_name(word, "_.", 128)); }
Fit check_namespace(std::string_view word, Context const&) {
    return fits_if(is_name(word, "-", 63));
}
Fit check_release(std::string_view word, Context const&) {
    return fits_if(is_name(word, ".-", 63));
}
Fit check_vmid(std::string_view word, Context const&) {
    return fits_if(all_digits(word, 9) && word.size() >= 3 && word[0] != '0');
}
Fit check_topic_sys(std::string_view word, Context const&) {
    constexpr std::string_view kSigns{"$/_-#+. "};
    return fits_if(word.starts_with("$SYS/") && std::ranges::all_of(word, [&](char c) {
                       return is_alnum(c) || kSigns.find(c) != kSigns.npos;
                   }));
}

}  // namespace command::operand
