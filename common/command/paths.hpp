// Which paths a command may name: pure rules over the text. What a path really leads to (a symbolic
// link) is the hand's to look at; it asks here again about what it found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace command {

enum class PathUse : std::uint8_t {
    meta,  // names, sizes and times of what is there
    read,  // the content: only what holds no secret
};

// Absolute, without "//", "/./" and "/../"; "/" itself and a '/' at the end are allowed.
bool is_canonical(std::string_view path);

// Does its name say that it may hold a secret?
bool may_hold_secret(std::string_view path);

// Empty: allowed; else why not. With `glob` the path may hold *, ? and [], and each match must be
// asked about again.
std::string why_not(std::string_view path, PathUse use, bool glob = false);

}  // namespace command
