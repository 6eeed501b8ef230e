// Which fields of an engine's objects may be shown. A closed list, because these objects hold
// environments, labels, arguments and mount options, where people keep their passwords.
#pragma once

#include <string_view>

namespace command {

// May this field be shown whole, with everything below it?
bool is_shown_field(std::string_view name);
// May the way to a shown field lead over this one?
bool is_way_field(std::string_view name);
// Fields that no listing may show either.
bool is_secret_field(std::string_view name);
// A label whose value is an engine's own bookkeeping.
bool is_plain_label(std::string_view key);

}  // namespace command
