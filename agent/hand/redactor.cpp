#include "agent/hand/redactor.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/hand/capture.hpp"
#include "common/base/json.hpp"

namespace hand {

namespace {

constexpr std::size_t kTextMax = 1024 * 1024;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alnum(char c) { return is_digit(c) || is_upper(c) || is_lower(c); }
constexpr bool is_name(char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string lower(std::string_view text) {
    std::string result{text};
    for (auto& c : result)
        if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    return result;
}

// Names whose whole line is secret after the colon.
constexpr std::array<std::string_view, 7> kHeaders = {
    "authorization", "proxy-authorization", "cookie",    "set-cookie",
    "x-api-key",     "x-auth-token",        "x-ha-access",
};
// What a secret's name contains …
constexpr std::array<std::string_view, 15> kSecretParts = {
    "password", "passwd",     "passphrase",  "secret",     "token",
    "apikey",   "credential", "accesskey",   "privatekey", "presharedkey",
    "authkey",  "signingkey", "encryptionkey", "sessionid", "webhookurl",
};
// … or ends with, after a separator.
constexpr std::array<std::string_view, 8> kSecretEnds = {"_key", "-key", "_pass", "-pass",
                                                         "_pwd", "_psk", "_auth", "_dsn"};
constexpr std::array<std::string_view, 6> kSecretNames = {"pass", "pwd",  "psk",
                                                          "pin",  "auth", "key"};
constexpr std::array<std::string_view, 25> kPrefixes = {
    "ghp_",   "gho_",     "ghu_",    "ghs_",   "ghr_",   "github_pat_", "glpat-",  "xoxb-", "xoxp-",
    "xoxa-",  "sk-ant-",  "sk-proj-", "sk_live_", "rk_live_", "AKIA",   "ASIA",    "AIza",  "hvs.",
    "npm_",   "dop_v1_",  "pypi-",   "SG.",    "tskey-", "whsec_",      "glc_",
};

bool is_secret_name(std::string_view name) {
    auto const low = lower(name);
    std::string joined;
    for (char const c : low)
        if (c != '_' && c != '-' && c != '.') joined += c;
    auto const contains = [&](std::string_view part) { return joined.find(part) != joined.npos; };
    auto const ends = [&](std::string_view end) { return low.ends_with(end); };
    std::string_view bare{low};
    while (bare.starts_with('-')) bare.remove_prefix(1);
    return std::any_of(kSecretParts.begin(), kSecretParts.end(), contains) ||
           std::any_of(kSecretEnds.begin(), kSecretEnds.end(), ends) ||
           std::find(kSecretNames.begin(), kSecretNames.end(), bare) != kSecretNames.end();
}

double entropy(std::string_view word) {
    std::array<int, 256> counts{};
    for (char const c : word) ++counts[static_cast<unsigned char>(c)];
    double bits = 0;
    auto const length = static_cast<double>(word.size());
    for (int const count : counts)
        if (count != 0) bits -= count / length * std::log2(count / length);
    return bits;
}

constexpr bool is_token(char c) {
    return is_alnum(c) || c == '_' || c == '-' || c == '+' || c == '=';
}

bool is_random(std::string_view word) {
    return word.size() >= 24 && std::any_of(word.begin(), word.end(), is_digit) &&
           std::any_of(word.begin(), word.end(), is_upper) &&
           std::any_of(word.begin(), word.end(), is_lower) && entropy(word) >= 4.0;
}

bool has_known_prefix(std::string_view word) {
    return std::any_of(kPrefixes.begin(), kPrefixes.end(), [&](std::string_view prefix) {
        return word.starts_with(prefix) && word.size() >= prefix.size() + 8;
    });
}

// One line, rule after rule; each takes the line and gives it back with its finds replaced.
class Line {
  public:
    explicit Line(std::string_view text) : text_(text) {}

    std::string clean() {
        headers();
        names();
        schemes();
        urls();
        words();
        return std::move(text_);
    }

  private:
    std::size_t skip(std::size_t at, auto&& test) const {
        while (at < text_.size() && test(text_[at])) ++at;
        return at;
    }

    // Replaces [begin, end) and says where to go on.
    std::size_t hide(std::size_t begin, std::size_t end) {
        text_.replace(begin, end - begin, kRedacted);
        return begin + kRedacted.size();
    }

    void headers() {
        auto const low = lower(text_);
        for (auto const name : kHeaders) {
            auto const at = low.find(name);
            if (at == low.npos || (at > 0 && is_name(low[at - 1]))) continue;
            auto after = skip(at + name.size(), [](char c) { return is_blank(c) || c == '"'; });
            if (after >= text_.size() || (text_[after] != ':' && text_[after] != '=')) continue;
            text_ = text_.substr(0, after + 1) + " " + std::string{kRedacted};
            return;
        }
    }

    // Where the value that begins here ends: at its closing quote, else at the next separator.
    // After a colon at the line's end it may hold blanks ("password: two words").
    std::size_t value_end(std::size_t at, bool after_colon) const {
        if (text_[at] == '"' || text_[at] == '\'') {
            auto end = at + 1;
            while (end < text_.size() && text_[end] != text_[at]) end += text_[end] == '\\' ? 2 : 1;
            return std::min(end + 1, text_.size());
        }
        if (after_colon) return skip(at, [](char c) { return c != ',' && c != '}' && c != ';'; });
        return skip(at, [](char c) { return !is_blank(c) && c != '&' && c != ',' && c != ';'; });
    }

    void names() {
        for (std::size_t at = 0; at < text_.size();) {
            if (!is_name(text_[at])) {
                ++at;
                continue;
            }
            auto const end = skip(at, is_name);
            auto const name = std::string_view{text_}.substr(at, end - at);
            at = is_secret_name(name) ? after_name(end, name.starts_with("-")) : end;
        }
    }

    std::size_t after_name(std::size_t end, bool is_option) {
        auto value = skip(end, [](char c) { return c == '"' || c == '\'' || c == ']'; });
        auto const separator = skip(value, is_blank);
        bool const sign = separator < text_.size() &&
                          (text_[separator] == '=' || text_[separator] == ':');
        if (!sign && !is_option) return end;
        bool const colon = sign && text_[separator] == ':';
        value = skip(sign ? separator + 1 : separator,
                     [](char c) { return is_blank(c) || c == '=' || c == '>'; });
        if (value >= text_.size() || (is_option && !sign && text_[value] == '-')) return end;
        if (std::string_view{text_}.substr(value).starts_with(kRedacted)) return text_.size();
        return hide(value, value_end(value, colon));
    }

    // "Bearer x", "Basic x" wherever they stand.
    void schemes() {
        for (std::string_view const scheme : {"bearer ", "basic "}) {
            auto at = lower(text_).find(scheme);
            while (at != std::string::npos) {
                auto const begin = at + scheme.size();
                auto const end =
                    skip(begin, [](char c) { return is_token(c) || c == '.' || c == '/'; });
                auto const next = end - begin >= 8 ? hide(begin, end) : begin;
                at = lower(text_).find(scheme, next);
            }
        }
    }

    void urls() {
        auto at = text_.find("://");
        while (at != std::string::npos) {
            auto const begin = at + 3;
            auto const end = skip(begin, [](char c) {
                return !is_blank(c) && c != '/' && c != '?' && c != '#' && c != '"' && c != '\'';
            });
            auto const sign = text_.substr(0, end).rfind('@');
            bool const userinfo = sign != std::string::npos && sign >= begin;
            at = text_.find("://", userinfo ? hide(begin, sign) : begin);
        }
    }

    void words() {
        for (std::size_t at = 0; at < text_.size();) {
            if (!is_token(text_[at])) {
                ++at;
                continue;
            }
            auto end = skip(at, is_token);
            auto const dotted = skip(at, [](char c) { return is_token(c) || c == '.'; });
            auto const word = std::string_view{text_}.substr(at, end - at);
            auto const whole = std::string_view{text_}.substr(at, dotted - at);
            bool const jwt = word.starts_with("eyJ") && whole.find('.') != whole.npos;
            if (jwt || has_known_prefix(whole))
                at = hide(at, dotted);
            else if (is_random(word))
                at = hide(at, end);
            else
                at = end;
        }
    }

    std::string text_;
};

// Private things between BEGIN and END lines; certificates and public keys may be seen.
bool begins_pem(std::string_view line) {
    auto const at = line.find("-----BEGIN ");
    return at != line.npos && line.find("CERTIFICATE", at) == line.npos &&
           line.find("PUBLIC KEY", at) == line.npos;
}

}  // namespace

base::Result<std::string> PatternRedactor::redact(std::string_view text) const {
    if (text.size() > kTextMax) return base::fail(base::Code::invalid, "too long to be checked");
    if (!base::json::is_utf8(text)) return base::fail(base::Code::invalid, "not UTF-8");
    std::string result;
    bool in_pem = false;
    while (!text.empty()) {
        auto const end = text.find('\n');
        auto const line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (!in_pem && begins_pem(line)) {
            in_pem = true;
            result += kRedacted;
            if (end != line.npos) result += '\n';
        } else if (!in_pem) {
            result += Line{line}.clean();
            if (end != line.npos) result += '\n';
        }
        if (in_pem && line.find("-----END ") != line.npos) in_pem = false;
    }
    return result;
}

std::string redacted(Redactor const& redactor, std::string_view text) {
    auto result = redactor.redact(printable(text));
    return result ? std::move(*result) : std::string{kWithheld};
}

}  // namespace hand
