// Alertmanager's webhook body, version 4, to signals. Pure; the only place that knows the format.
// Nothing that was sent is lost because its neighbour is broken: each alert is read by itself.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/result.hpp"
#include "common/domain/signal.hpp"

namespace coordinator::http {

inline constexpr std::size_t kWebhookBytesMax = 256 * 1024;
inline constexpr std::size_t kAlertsMax = 1000;
inline constexpr std::size_t kLabelsMax = 64;
inline constexpr std::size_t kLabelNameBytesMax = 256;
inline constexpr std::size_t kLabelBytesMax = 4 * 1024;
inline constexpr std::size_t kAnnotationBytesMax = 8 * 1024;  // longer ones are cut, they only tell

// An alert that could not be read, with its place in the request.
struct RefusedAlert {
    std::string fingerprint;  // as sent; may be empty
    std::string reason;
};
using ReadAlert = std::variant<domain::Signal, RefusedAlert>;

// One entry per alert, in order. Errors (invalid): not JSON, not this format, too many alerts.
// The message starts with "malformed JSON" if it is not JSON at all.
base::Result<std::vector<ReadAlert>> parse_alertmanager(std::string_view body);

// As Alertmanager and Prometheus compute it: FNV-1a over name, 0xff, value, 0xff of the labels
// sorted by name; 16 hex digits. So a sender that leaves it out names the same series.
std::string fingerprint_of(domain::Labels const& labels);

}  // namespace coordinator::http
