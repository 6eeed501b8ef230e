#include "common/command/mini/web.hpp"

#include <array>
#include <cstddef>
#include <optional>

#include "common/command/mini/scanner.hpp"

namespace command {
namespace {

enum class Takes { nothing, number, seconds, nowhere, method, header, agent, format };

struct Option {
    char letter;  // NUL: only the long spelling
    std::string_view name;
    Takes takes;
};

// What only changes how one request is made, or what is said about it.
constexpr std::array kCurl{
    Option{'s', "silent", Takes::nothing},
    Option{'S', "show-error", Takes::nothing},
    Option{'f', "fail", Takes::nothing},
    Option{'\0', "fail-with-body", Takes::nothing},
    Option{'I', "head", Takes::nothing},
    Option{'i', "include", Takes::nothing},
    Option{'v', "verbose", Takes::nothing},
    Option{'k', "insecure", Takes::nothing},
    Option{'g', "globoff", Takes::nothing},
    Option{'q', "disable", Takes::nothing},
    Option{'N', "no-buffer", Takes::nothing},
    Option{'4', "ipv4", Takes::nothing},
    Option{'6', "ipv6", Takes::nothing},
    Option{'0', "http1.0", Takes::nothing},
    Option{'#', "progress-bar", Takes::nothing},
    Option{'\0', "http1.1", Takes::nothing},
    Option{'\0', "http2", Takes::nothing},
    Option{'\0', "compressed", Takes::nothing},
    Option{'\0', "no-progress-meter", Takes::nothing},
    Option{'G', "get", Takes::nothing},
    Option{'m', "max-time", Takes::seconds},
    Option{'\0', "connect-timeout", Takes::seconds},
    Option{'\0', "retry", Takes::number},
    Option{'\0', "retry-delay", Takes::number},
    Option{'\0', "retry-max-time", Takes::number},
    Option{'\0', "retry-connrefused", Takes::nothing},
    Option{'\0', "max-redirs", Takes::number},
    Option{'o', "output", Takes::nowhere},
    Option{'X', "request", Takes::method},
    Option{'H', "header", Takes::header},
    Option{'A', "user-agent", Takes::agent},
    Option{'w', "write-out", Takes::format},
};
constexpr std::array kWget{
    Option{'q', "quiet", Takes::nothing},
    Option{'S', "server-response", Takes::nothing},
    Option{'\0', "spider", Takes::nothing},
    Option{'\0', "no-verbose", Takes::nothing},
    Option{'\0', "no-check-certificate", Takes::nothing},
    Option{'\0', "no-proxy", Takes::nothing},
    Option{'\0', "no-config", Takes::nothing},
    Option{'\0', "no-hsts", Takes::nothing},
    Option{'4', "inet4-only", Takes::nothing},
    Option{'6', "inet6-only", Takes::nothing},
    Option{'T', "timeout", Takes::seconds},
    Option{'\0', "connect-timeout", Takes::seconds},
    Option{'\0', "read-timeout", Takes::seconds},
    Option{'t', "tries", Takes::number},
    Option{'\0', "max-redirect", Takes::number},
    Option{'O', "output-document", Takes::nowhere},
    Option{'\0', "header", Takes::header},
    Option{'U', "user-agent", Takes::agent},
    Option{'\0', "method", Takes::method},
};

bool is_seconds(std::string_view text) {
    Scanner at{text};
    if (at.take_digits().empty() || at.position() > 4) return false;
    if (at.take('.') && at.take_digits().empty()) return false;
    return at.at_end();
}

// Headers without a secret and without a file ('@').
bool is_harmless_header(std::string_view text) {
    constexpr std::array<std::string_view, 10> kNames{
        "accept", "accept-encoding", "accept-language", "cache-control", "connection",
        "host",   "origin",          "pragma",          "range",         "user-agent"};
    auto const colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    std::string name{text.substr(0, colon)};
    for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return is_one_of(name, kNames);
}

// -w: variables and headers, but neither "@file" nor %output{file}.
bool is_write_out(std::string_view text) {
    if (text.starts_with('@')) return false;
    Scanner at{text};
    while (!at.at_end()) {
        if (at.next() != '%' || at.take('%')) continue;
        auto const word = at.take_name();
        if (!at.take('{')) continue;
        if (!word.empty() && word != "header") return false;
        auto const name =
            at.take_while([](char c) { return is_name_part(c) || c == '.' || c == '-'; });
        if (name.empty() || !at.take('}')) return false;
    }
    return true;
}

// One command line of either program.
class Request {
  public:
    Request(std::span<Option const> options, std::span<std::string const> args, bool is_wget)
        : options_(options), args_(args), is_wget_(is_wget) {}

    Verdict check() {
        while (at_ < args_.size()) {
            auto const& word = args_[at_++];
            bool good = true;
            if (!word.starts_with('-') || word == "-")
                good = url(word);
            else if (word.starts_with("--"))
                good = long_option(std::string_view{word}.substr(2));
            else
                good = cluster(std::string_view{word}.substr(1));
            if (!good) return bad_ ? std::move(*bad_) : unknown(word);
        }
        if (claims_.empty()) return forbid("web.url", "no URL is given");
        if (is_wget_ && !spider_ && !nowhere_)
            return forbid("web.file", "without --spider or '-O -' wget keeps a file");
        if (posts_) return posting();
        return allow("web.get", "it asks a service of this host", std::move(claims_));
    }

  private:
    static Verdict unknown(std::string const& word) {
        return forbid("web.option", "'" + word + "' is not known here");
    }
    bool refuse(std::string rule, std::string reason) {
        bad_ = forbid(std::move(rule), std::move(reason));
        return false;
    }

    // The one thing people ask for with a POST and no data: "read your settings again".
    Verdict posting() const {
        for (auto const& claim : claims_)
            if (!claim.text.ends_with("/-/reload"))
                return forbid("web.method", "only GET and HEAD are allowed");
        return allow("web.reload", "it makes a service of this host read its settings again", {},
                     domain::Risk::risky);
    }

    bool url(std::string const& word) {
        if (!is_loopback_url(word))
            return refuse("web.url", "only http and https URLs of this host are allowed");
        if (claims_.size() == 4) return refuse("web.url", "more than four URLs");
        claims_.push_back(Claim{"url_registered", word});
        return true;
    }

    bool long_option(std::string_view text) {
        auto const equals = is_wget_ ? text.find('=') : std::string_view::npos;
        auto const name = text.substr(0, equals);
        for (auto const& option : options_) {
            if (option.name != name) continue;
            if (option.takes == Takes::nothing)
                return equals == std::string_view::npos && flag(option);
            if (equals != std::string_view::npos) return value(option, text.substr(equals + 1));
            return at_ < args_.size() && value(option, args_[at_++]);
        }
        return false;
    }

    bool cluster(std::string_view text) {
        if (is_wget_ && text == "nv") return true;
        while (!text.empty()) {
            Option const* found = nullptr;
            for (auto const& option : options_)
                if (option.letter == text[0]) found = &option;
            if (found == nullptr) return false;
            text.remove_prefix(1);
            if (found->takes == Takes::nothing) {
                if (!flag(*found)) return false;
                continue;
            }
            if (!text.empty()) return value(*found, text);
            return at_ < args_.size() && value(*found, args_[at_++]);
        }
        return true;
    }

    bool flag(Option const& option) {
        if (option.name == "spider") spider_ = true;
        return true;
    }

    bool value(Option const& option, std::string_view text) {
        switch (option.takes) {
            case Takes::number: return is_number(text) && text.size() <= 3;
            case Takes::seconds: return is_seconds(text);
            case Takes::nowhere:
                nowhere_ = text == "-" || text == "/dev/null";
                return nowhere_ || refuse("web.file", "it writes to a file");
            case Takes::method:
                if (text == "POST" && !is_wget_) posts_ = true;
                return text == "GET" || text == "HEAD" || posts_ ||
                       refuse("web.method", "only GET and HEAD are allowed");
            case Takes::header:
                return is_harmless_header(text) ||
                       refuse("web.header", "this header may carry a secret or a file");
            case Takes::agent: return is_printable(text) && !text.starts_with('@');
            case Takes::format:
                return is_write_out(text) || refuse("web.format", "it reads or writes a file");
            case Takes::nothing: break;
        }
        return false;
    }

    std::span<Option const> options_;
    std::span<std::string const> args_;
    bool is_wget_;
    std::size_t at_ = 0;
    bool spider_ = false;
    bool nowhere_ = false;
    bool posts_ = false;
    std::vector<Claim> claims_;
    std::optional<Verdict> bad_;
};

}  // namespace

Verdict check_curl(std::span<std::string const> args) {
    return Request{kCurl, args, false}.check();
}

Verdict check_wget(std::span<std::string const> args) { return Request{kWget, args, true}.check(); }

}  // namespace command
