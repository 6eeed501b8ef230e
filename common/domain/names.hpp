// Enum <-> text from one table, for the closed lists that travel on the wire and lie in stores.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace domain {

template <class E, std::size_t N>
using NameTable = std::array<std::pair<E, std::string_view>, N>;

template <class E, std::size_t N>
constexpr std::string_view name_of(NameTable<E, N> const& table, E value) {
    for (auto const& [entry, name] : table)
        if (entry == value) return name;
    return "unknown";
}

template <class E, std::size_t N>
constexpr std::optional<E> value_of(NameTable<E, N> const& table, std::string_view text) {
    for (auto const& [entry, name] : table)
        if (name == text) return entry;
    return std::nullopt;
}

}  // namespace domain
