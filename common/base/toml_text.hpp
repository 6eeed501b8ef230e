// TOML out: the little that programs write into files that people read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace base::toml {

std::string to_quoted(std::string_view text);  // as a basic string with its quotes
std::string quoted_list(std::vector<std::string> const& words);

}  // namespace base::toml
