#include "common/redact/line.hpp"

#include <algorithm>

#include "common/redact/names.hpp"
#include "common/redact/redact.hpp"
#include "common/redact/shapes.hpp"

namespace redact {
namespace {

constexpr std::size_t kUrlMax = 4096;  // what is longer is looked at as words

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool equals_any(std::string_view word, std::initializer_list<std::string_view> others) {
    return std::ranges::any_of(others, [&](std::string_view other) {
        return word.size() == other.size() &&
               std::ranges::equal(word, other, [](char a, char b) {
                   return (is_upper(a) ? static_cast<char>(a - 'A' + 'a') : a) == b;
               });
    });
}

bool is_url_end(char c) { return is_blank(c) || c == '"' || c == '\'' || c == '<' || c == '>'; }

// Whose paths are themselves the key.
bool is_secret_place(std::string_view address) {
    for (std::string_view const place :
         {"hooks.slack.com/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/",
          "api.telegram.org/", "webhook.office.com/", "hc-ping.com/", "ntfy.sh/"})
        if (address.find(place) != address.npos) return true;
    return false;
}

}  // namespace

void LineScan::pass(std::size_t end) {
    out_.append(in_.substr(at_, end - at_));
    at_ = end;
}

void LineScan::hide(std::size_t begin, std::size_t end) {
    pass(begin);
    out_ += kRedacted;
    at_ = end;
}

// A quoted value keeps its quotes, so that JSON stays JSON. False: there is nothing to hide.
bool LineScan::hide_value(std::size_t begin, std::size_t end) {
    if (begin >= end) return false;
    auto value = in_.substr(begin, end - begin);
    std::size_t const escaped = value.starts_with("\\\"") || value.starts_with("\\'") ? 2 : 0;
    auto const quote = escaped != 0                                  ? escaped
                       : value.front() == '"' || value.front() == '\'' ? std::size_t{1}
                                                                       : std::size_t{0};
    bool const closed = quote != 0 && value.size() >= 2 * quote &&
                        value.substr(value.size() - quote) == value.substr(0, quote);
    if (quote != 0) {
        begin += quote;
        if (closed) end -= quote;
        value = in_.substr(begin, end - begin);
    }
    if (is_harmless_value(value)) {
        pass(end);
        return true;
    }
    hide(begin, end);
    return true;
}

// Where the value that begins here ends: at its closing quote, else at the next separator. After a
// colon it may hold blanks ("password: two words").
std::size_t LineScan::value_end(std::size_t at, bool after_colon) const {
    auto const rest = in_.substr(at);
    if (rest.starts_with("\\\"")) {
        auto const end = in_.find("\\\"", at + 2);
        return end == in_.npos ? in_.size() : end + 2;
    }
    if (in_[at] == '"' || in_[at] == '\'') {
        auto end = at + 1;
        while (end < in_.size() && in_[end] != in_[at]) end += in_[end] == '\\' ? 2 : 1;
        return std::min(end + 1, in_.size());
    }
    if (after_colon)
        return skip(at, [](char c) { return c != ',' && c != '}' && c != ';' && c != '"'; });
    return skip(at, [](char c) {
        return !is_blank(c) && std::string_view{"&,;\"')"}.find(c) == std::string_view::npos;
    });
}

// name=value, name: value, "name": "value", name => value.
bool LineScan::value_after(std::string_view name, std::size_t end) {
    auto sign = skip(end, [](char c) { return c == '"' || c == '\'' || c == ']' || c == '\\'; });
    sign = skip(sign, is_blank);
    if (sign >= in_.size()) return false;
    bool const colon = in_[sign] == ':';
    if (!colon && in_[sign] != '=') return false;
    if (in_.substr(sign).starts_with("://")) return false;
    if (colon && is_secret_header(name)) {
        auto const begin = skip(sign + 1, is_blank);
        // In quotes (a command line's header) the secret ends with them.
        auto const quote = at_ > 0 && (in_[at_ - 1] == '\'' || in_[at_ - 1] == '"') && sign == end
                               ? in_.find(in_[at_ - 1], begin)
                               : in_.npos;
        auto const until = quote != in_.npos ? quote
                           : sign == end     ? in_.size()
                                             : value_end(begin, true);
        return begin < in_.size() && hide_value(begin, until);
    }
    if (!announces_secret(name)) return false;
    auto begin = skip(sign + 1, [](char c) { return is_blank(c) || c == '=' || c == '>'; });
    if (in_.substr(begin).starts_with(kRedacted)) {
        pass(begin + kRedacted.size());
        return true;
    }
    begin = skip(begin, [](char c) { return c == '['; });
    if (begin >= in_.size()) return false;
    return hide_value(begin, value_end(begin, colon));
}

// --password value
bool LineScan::option_value(std::string_view name, std::size_t end) {
    if (!name.starts_with("--") || end >= in_.size() || !is_blank(in_[end])) return false;
    auto const begin = skip(end, is_blank);
    if (begin >= in_.size() || in_[begin] == '-' || !announces_secret(name)) return false;
    return hide_value(begin, value_end(begin, false));
}

// mysql -pSECRET, curl -u user:SECRET
bool LineScan::program_option(std::string_view name, std::size_t end) {
    if (program_.empty() || name.size() < 2 || name[0] != '-') return false;
    auto const option = name.substr(0, 2);
    if (!takes_secret(program_, option)) return false;
    if (name.size() > 2)
        return hide_value(at_ + 2, std::max(end, value_end(at_ + 2, false)));
    auto const begin = skip(end, is_blank);
    if (begin == end || begin >= in_.size() || in_[begin] == '-') return false;
    return hide_value(begin, value_end(begin, false));
}

// Bearer x, Basic x, wherever they stand.
bool LineScan::scheme(std::string_view name, std::size_t end) {
    if (!is_auth_scheme(name) || end >= in_.size() || !is_blank(in_[end])) return false;
    auto const begin = skip(end, is_blank);
    auto const until = skip(begin, is_token);
    if (until - begin < 8) return false;
    auto const token = in_.substr(begin, until - begin);
    bool const mixed = std::ranges::any_of(token, [](char c) { return !is_lower(c); });
    if (!mixed) return false;  // "basic authentication failed"
    hide(begin, until);
    return true;
}

// 123456789:AA… (Telegram), SHA256:… (a fingerprint, which may be seen)
bool LineScan::numbered_token(std::string_view name, std::size_t end) {
    if (end >= in_.size() || in_[end] != ':') return false;
    auto const until = skip(end + 1, is_token);
    auto const length = until - end - 1;
    if (name == "SHA256" && length == 43) {
        pass(until);
        judged_ = until;
        return true;
    }
    if (!is_number(name) || name.size() < 8 || name.size() > 12 || length < 30) return false;
    hide(at_, until);
    return true;
}

bool LineScan::url(std::string_view name, std::size_t end) {
    if (!in_.substr(end).starts_with("://") || name.empty()) return false;
    auto const begin = end + 3;
    auto const most = std::min(in_.size(), begin + kUrlMax);
    auto all = begin;
    while (all < most && !is_url_end(in_[all])) ++all;
    auto const whole = in_.substr(begin, all - begin);
    auto const host_end = begin + std::min(whole.find_first_of("/?#"), whole.size());
    // A password may hold any character but a blank: the last '@' before one counts, if what is
    // before it has the form user:password.
    auto const sign = whole.rfind('@');
    auto const near = in_.substr(begin, host_end - begin).rfind('@');
    if (near != in_.npos) {
        hide(begin, begin + near);
    } else if (sign != whole.npos && whole.substr(0, sign).find(':') < whole.find('/')) {
        hide(begin, begin + sign);
    } else {
        pass(begin);
    }
    if (is_secret_place(whole)) {
        auto const path = in_.find('/', at_);
        if (path != in_.npos && path < all) hide(path + 1, all);
    }
    judged_ = std::max(judged_, at_);
    return true;
}

bool LineScan::hidden_by_base64(std::string_view word) const {
    if (depth_ <= 0 || word.size() < 16) return false;
    auto const text = readable_base64(word);
    if (text.empty()) return false;
    std::string clean;
    LineScan{text, clean, depth_ - 1}.run();
    return clean != text;
}

bool LineScan::secret_shape(std::size_t begin) {
    if (begin < judged_) return false;
    // name=secret: what is after the sign is looked at when the scan comes there.
    auto end = skip(begin, [](char c) { return is_token(c) && c != '='; });
    auto const padded = skip(end, [](char c) { return c == '='; });
    if (padded >= in_.size() || !is_token(in_[padded])) end = padded;
    judged_ = end;
    auto const word = in_.substr(begin, end - begin);
    if (word.size() < 12 || is_public_blob(word)) return false;
    if (!is_known_token(word) && !looks_random(word) && !hidden_by_base64(word)) return false;
    hide(begin, end);
    return true;
}

// machine x login y password z; IDENTIFIED BY 'x'; password 'x'
bool LineScan::login_word(std::string_view name, std::size_t end) {
    bool const netrc = login_seen_ && equals_any(name, {"password", "passwd"});
    bool const sql = (equals_any(name, {"by"}) && equals_any(last_, {"identified"})) ||
                     (equals_any(name, {"password"}) && end + 1 < in_.size() &&
                      in_.substr(end + 1).starts_with('\''));
    if (!netrc && !sql) return false;
    auto const begin = skip(end, is_blank);
    if (begin == end || begin >= in_.size()) return false;
    return hide_value(begin, value_end(begin, false));
}

void LineScan::word() {
    auto const begin = at_;
    auto const end = skip(begin, is_name);
    auto const name = in_.substr(begin, end - begin);
    bool const done = (is_known_token(name) && secret_shape(begin)) || value_after(name, end) ||
                      option_value(name, end) || program_option(name, end) ||
                      scheme(name, end) || url(name, end) || numbered_token(name, end) ||
                      login_word(name, end) || secret_shape(begin);
    if (!done) pass(end);
    if (name == "login" || name == "machine") login_seen_ = true;
    if (is_such_program(name)) program_ = name;
    last_ = name;
}

void LineScan::run() {
    while (at_ < in_.size()) {
        char const c = in_[at_];
        if (is_name(c)) {
            word();
        } else if (is_token(c)) {
            if (!secret_shape(at_)) pass(at_ + 1);
        } else if (auto const hash = c == '$' ? crypt_hash_length(in_.substr(at_)) : 0; hash > 0) {
            hide(at_, at_ + hash);
        } else {
            pass(at_ + 1);
        }
    }
}

}  // namespace redact
