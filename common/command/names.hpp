// The grammars of names that stand in argv and in calls to a service manager. Closed sets: whatever
// is not listed is refused, so no name can be an option, a path or a second word.
#pragma once

#include <string_view>

namespace command {

// A systemd unit with its type ("nginx.service", "wg-quick@wg0.service", "a\x2db.timer").
bool is_unit_name(std::string_view text);
// Does the name end with one of systemd's unit types?
bool has_unit_type(std::string_view text);

// A container's name as docker and podman accept it.
bool is_container_name(std::string_view text);

}  // namespace command
