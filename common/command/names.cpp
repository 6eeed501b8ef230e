#include "common/command/names.hpp"

#include <algorithm>
#include <array>

namespace command {
namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool all_of(std::string_view text, std::string_view besides_alphanumeric) {
    return std::ranges::all_of(text, [&](char c) {
        return is_alphanumeric(c) || besides_alphanumeric.find(c) != std::string_view::npos;
    });
}

constexpr std::array<std::string_view, 11> kUnitTypes{
    ".service", ".socket", ".timer", ".path",  ".target", ".mount",
    ".swap",    ".slice",  ".scope", ".device", ".automount"};

}  // namespace

bool has_unit_type(std::string_view text) {
    return std::ranges::any_of(kUnitTypes, [&](std::string_view type) {
        return text.size() > type.size() && text.ends_with(type);
    });
}

bool is_unit_name(std::string_view text) {
    // systemd's own set is ":-_.\" and '@'; its limit is 255.
    return text.size() <= 255 && has_unit_type(text) && is_alphanumeric(text.front()) &&
           all_of(text, ":-_.\\@");
}

bool is_container_name(std::string_view text) {
    return text.size() >= 2 && text.size() <= 128 && is_alphanumeric(text.front()) &&
           all_of(text, "_.-");
}

}  // namespace command
