// A host's id: its name at the broker, in topics and in certificates. Only parse() makes one, so a
// HostId that exists is well-formed.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

class HostId {
  public:
    // [a-z0-9][a-z0-9-]{0,62}, and not one of the names that services carry at the broker
    // (coordinator, operator, homeassistant, addons).
    static std::optional<HostId> parse(std::string_view text);

    std::string const& text() const { return text_; }
    auto operator<=>(HostId const&) const = default;

  private:
    explicit HostId(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace domain
