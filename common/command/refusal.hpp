// Why a line is forbidden: the rule's id, for tests and statistics, and one sentence for a person.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace command {

struct Refusal {
    std::string rule;
    std::string reason;
};

template <class T>
using OrRefusal = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(std::string rule, std::string reason) {
    return tl::make_unexpected(Refusal{std::move(rule), std::move(reason)});
}

}  // namespace command
