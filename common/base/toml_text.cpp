#include "common/base/toml_text.hpp"

#include <fmt/format.h>

namespace base::toml {

std::string to_quoted(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string quoted_list(std::vector<std::string> const& words) {
    std::string text = "[";
    for (auto const& word : words) {
        if (text.size() > 1) text += ", ";
        text += to_quoted(word);
    }
    return text + "]";
}

}  // namespace base::toml
