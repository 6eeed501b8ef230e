#include "common/domain/remedy.hpp"

#include "common/domain/names.hpp"

namespace domain {
namespace {

constexpr NameTable<Risk, 4> kRisks{{
    {Risk::readonly, "readonly"},
    {Risk::reversible, "reversible"},
    {Risk::risky, "risky"},
    {Risk::forbidden, "forbidden"},
}};

constexpr NameTable<ParamType, 10> kParamTypes{{
    {ParamType::unit, "unit"},
    {ParamType::container, "container"},
    {ParamType::mount, "mount"},
    {ParamType::tunnel, "tunnel"},
    {ParamType::job, "job"},
    {ParamType::host, "host"},
    {ParamType::word, "word"},
    {ParamType::number, "number"},
    {ParamType::duration, "duration"},
    {ParamType::size, "size"},
}};

}  // namespace

std::string_view to_string(Risk risk) { return name_of(kRisks, risk); }
std::optional<Risk> parse_risk(std::string_view text) { return value_of(kRisks, text); }
std::string_view to_string(ParamType type) { return name_of(kParamTypes, type); }
std::optional<ParamType> parse_param_type(std::string_view text) {
    return value_of(kParamTypes, text);
}

}  // namespace domain
