// Takes secrets out of text before it leaves: on the host before the first byte, at the coordinator
// before anybody outside reads it. By structure first (names, headers, URLs, options, key blocks,
// the shapes of known makers' tokens), then by randomness. Pure, one pass over the text.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace redact {

inline constexpr std::string_view kRedacted = "[redacted]";
inline constexpr std::string_view kWithheld = "[withheld: could not be checked for secrets]";
inline constexpr std::size_t kTextMax = 1024 * 1024;

// Lines are kept as they are but for what was found. Errors: invalid (longer than kTextMax, not
// UTF-8): then nothing is known about the text, and it must be withheld.
base::Result<std::string> redact(std::string_view text);

// The text, redacted, or kWithheld.
std::string redacted(std::string_view text);

}  // namespace redact
