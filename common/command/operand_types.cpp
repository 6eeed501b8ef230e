#include "common/command/operand_types.hpp"

#include <array>

#include "common/command/operand_checks.hpp"

namespace command {
namespace {

using Check = Fit (*)(std::string_view, Context const&);

constexpr std::array<Check, kOperandTypes> kChecks{
#define TOMTE_OPERAND(name, what) operand::check_##name,
#include "common/command/operand_types.def"
#undef TOMTE_OPERAND
};

}  // namespace

Fit check_operand(OperandType type, std::string_view word, Context const& context) {
    auto fit = kChecks[static_cast<std::size_t>(type)](word, context);
    if (!fit && fit.reason.empty()) {
        fit.reason = "'" + std::string{word} + "' is not ";
        fit.reason += what_is(type);
    }
    return fit;
}

}  // namespace command
