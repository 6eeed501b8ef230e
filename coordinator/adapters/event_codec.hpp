// Events as they lie in the journal: a kind and a JSON body. What is written today must be readable
// by every later version, so kinds and keys are never renamed.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "coordinator/core/event.hpp"

namespace coordinator {

inline constexpr int kEventVersion = 1;

std::string_view event_kind(Event const& event);  // "signals_arrived", …
std::string encode_event(Event const& event);     // without its kind
// Code::corrupt for an unknown kind or version, or a body that does not fit.
base::Result<Event> decode_event(std::string_view kind, std::string_view body);

}  // namespace coordinator
