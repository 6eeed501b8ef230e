#include "agent/hand/redactor.hpp"

#include "agent/hand/capture.hpp"

namespace hand {

base::Result<std::string> PatternRedactor::redact(std::string_view text) const {
    return redact::redact(text);
}

std::string redacted(Redactor const& redactor, std::string_view text) {
    auto result = redactor.redact(printable(text));
    return result ? std::move(*result) : std::string{kWithheld};
}

}  // namespace hand
