#include "common/redact/redact.hpp"

#include <algorithm>
#include <optional>

#include "common/base/json.hpp"
#include "common/redact/line.hpp"
#include "common/redact/names.hpp"
#include "common/redact/shapes.hpp"

namespace redact {
namespace {

// Private things between BEGIN and END lines; certificates and public keys may be seen.
bool names_private_block(std::string_view line, std::string_view mark) {
    auto const at = line.find(mark);
    return at != line.npos && line.find("CERTIFICATE", at) == line.npos &&
           line.find("PUBLIC KEY", at) == line.npos;
}

bool is_block_line(std::string_view line) {
    while (!line.empty() && (is_blank(line.back()) || line.back() == '\r')) line.remove_suffix(1);
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    return !line.empty() && std::ranges::all_of(line, [](char c) {
        return is_alnum(c) || c == '+' || c == '/' || c == '=';
    });
}

constexpr std::size_t kBlockLine = 60;  // PEM has 64 a line, OpenSSH 70

std::size_t indent_of(std::string_view line) {
    auto const at = line.find_first_not_of(" \t");
    return at == line.npos ? line.size() : at;
}

// "password: |" and "key: >-": YAML whose value is the deeper lines that follow.
bool opens_secret_block(std::string_view line) {
    auto end = line.find_last_not_of(" \t\r");
    if (end == line.npos) return false;
    if (line[end] == '-' || line[end] == '+') {
        if (end == 0) return false;
        --end;
    }
    if (line[end] != '|' && line[end] != '>') return false;
    auto const colon = line.rfind(':', end);
    if (colon == line.npos || line.find_first_not_of(" \t", colon + 1) != end) return false;
    auto name = line.substr(0, colon);
    while (!name.empty() && !is_name(name.back())) name.remove_suffix(1);
    auto begin = name.size();
    while (begin > 0 && is_name(name[begin - 1])) --begin;
    return announces_secret(name.substr(begin));
}

// host:port:database:user:password, alone on its line (.pgpass).
std::optional<std::size_t> pgpass_secret(std::string_view line) {
    if (line.find_first_of(" \t\"'/") != line.npos) return std::nullopt;
    std::size_t from = 0;
    for (int field = 0; field < 4; ++field) {
        auto const colon = line.find(':', from);
        if (colon == line.npos || colon == from) return std::nullopt;
        auto const text = line.substr(from, colon - from);
        if (field == 1 && text != "*" && !std::ranges::all_of(text, is_digit)) return std::nullopt;
        if (field != 1 && std::ranges::all_of(text, is_digit)) return std::nullopt;
        from = colon + 1;
    }
    if (from >= line.size() || line.find(':', from) != line.npos) return std::nullopt;
    return from;
}

class TextScan {
  public:
    void line(std::string_view line, bool ended) {
        auto const begin = out_.size();
        if (in_pem_ || in_yaml(line))
            held_ = true;
        else
            open_line(line, begin);
        if (held_) {
            if (!told_) {
                out_ += kRedacted;
                if (ended) out_ += '\n';
            }
            told_ = true;
            held_ = false;
        } else if (ended) {
            out_ += '\n';
        }
        if (in_pem_ && line.find("-----END ") != line.npos) in_pem_ = false;
    }
    std::string take() { return std::move(out_); }

  private:
    // Inside a YAML block whose name announced a secret.
    bool in_yaml(std::string_view line) {
        if (!yaml_indent_) return false;
        if (indent_of(line) > *yaml_indent_ || indent_of(line) == line.size()) return true;
        yaml_indent_.reset();
        return false;
    }

    void open_line(std::string_view line, std::size_t begin) {
        if (names_private_block(line, "-----BEGIN ")) {
            in_pem_ = held_ = true;
            told_ = false;
            return;
        }
        // The block's beginning was cut off: what came right before its end was in it.
        if (names_private_block(line, "-----END ")) {
            if (block_begin_) out_.resize(*block_begin_);
            block_begin_.reset();
            held_ = true;
            told_ = false;
            return;
        }
        bool const block = is_block_line(line);
        if (!block)
            block_begin_.reset();
        else if (!block_begin_)
            block_begin_ = begin;
        if (block && after_block_) {
            out_ += kRedacted;
            return;
        }
        if (opens_secret_block(line)) {
            yaml_indent_ = indent_of(line);
            told_ = false;
            out_ += line;
            return;
        }
        if (auto const secret = pgpass_secret(line)) {
            out_.append(line.substr(0, *secret)).append(kRedacted);
            return;
        }
        LineScan{line, out_, 2}.run();
        // A full line of a block whose ends were both cut off: its last, short one belongs to it.
        after_block_ = block && line.size() >= kBlockLine &&
                       std::string_view{out_}.substr(begin).starts_with(kRedacted);
    }

    std::string out_;
    bool in_pem_ = false;
    bool after_block_ = false;
    bool held_ = false;  // this line is not shown …
    bool told_ = false;  // … and that was said once
    std::optional<std::size_t> yaml_indent_;
    std::optional<std::size_t> block_begin_;  // in out_, of lines that may be inside a key block
};

}  // namespace

base::Result<std::string> redact(std::string_view text) {
    if (text.size() > kTextMax) return base::fail(base::Code::invalid, "too long to be checked");
    if (!base::json::is_utf8(text)) return base::fail(base::Code::invalid, "not UTF-8");
    TextScan scan;
    while (!text.empty()) {
        auto const end = text.find('\n');
        scan.line(text.substr(0, end), end != text.npos);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return scan.take();
}

std::string redacted(std::string_view text) {
    auto result = redact(text);
    return result ? *std::move(result) : std::string{kWithheld};
}

}  // namespace redact
