#include "common/command/catalog.hpp"

#include <algorithm>

namespace command {

std::string_view to_string(Lane lane) { return lane == Lane::read ? "read" : "fix"; }

table::Program const* find_program(Catalogue const& in, std::string_view name) {
    auto const found = std::ranges::lower_bound(
        in.programs, name, {}, [&](table::Program const& one) { return in[one.name]; });
    return found != in.programs.end() && in[found->name] == name ? &*found : nullptr;
}

}  // namespace command
