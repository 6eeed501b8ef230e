// Which of the known names did a person probably mean?
#pragma once

#include <string_view>
#include <vector>

namespace base {

// The known name with the smallest edit distance, at most a third of the word's length (at least
// 1); empty if none is that close.
std::string_view nearest(std::string_view word, std::vector<std::string_view> const& known);

}  // namespace base
