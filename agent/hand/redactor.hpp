// Takes secrets out of what programs print before anything leaves the hand (common/redact). Fails
// closed: who gets an Error withholds the text.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/redact/redact.hpp"

namespace hand {

// A port, so that a test can make it fail.
class Redactor {
  public:
    virtual ~Redactor() = default;
    // `text` is printable(). Errors: invalid (too long, not UTF-8).
    virtual base::Result<std::string> redact(std::string_view text) const = 0;
};

class PatternRedactor : public Redactor {
  public:
    base::Result<std::string> redact(std::string_view text) const override;
};

using redact::kRedacted;
using redact::kWithheld;

// The text, redacted, or kWithheld.
std::string redacted(Redactor const& redactor, std::string_view text);

}  // namespace hand
