#pragma once

#include <string_view>

namespace coordinator {

inline constexpr std::string_view kVersion = TOMTE_VERSION;

}  // namespace coordinator
