// Takes secrets out of what programs print before anything leaves the hand. Fails closed: who gets
// an Error withholds the text. A first set of rules; the port lets them grow without moving
// anything.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace hand {

class Redactor {
  public:
    virtual ~Redactor() = default;
    // `text` is printable(). Errors: invalid (too long, not UTF-8).
    virtual base::Result<std::string> redact(std::string_view text) const = 0;
};

// By shape: PEM blocks, Authorization and cookie headers, values of names that sound secret
// (KEY=VALUE, key: value, --key value), user and password in URLs, tokens of known makers, JWTs,
// and long words too random to be words.
class PatternRedactor : public Redactor {
  public:
    base::Result<std::string> redact(std::string_view text) const override;
};

inline constexpr std::string_view kRedacted = "[redacted]";
inline constexpr std::string_view kWithheld = "[withheld: could not be checked for secrets]";

// The text, redacted, or kWithheld.
std::string redacted(Redactor const& redactor, std::string_view text);

}  // namespace hand
