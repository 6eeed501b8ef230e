#include <algorithm>
#include <array>

#include "common/command/operand_types.hpp"

namespace command {
namespace {

struct Entry {
    std::string_view name;
    std::string_view what;
};

constexpr std::array kEntries{
#define TOMTE_OPERAND(name, what) Entry{#name, what},
#include "common/command/operand_types.def"
#undef TOMTE_OPERAND
};

Entry const& entry(OperandType type) { return kEntries[static_cast<std::size_t>(type)]; }

}  // namespace

std::string_view name_of(OperandType type) { return entry(type).name; }
std::string_view what_is(OperandType type) { return entry(type).what; }

std::optional<OperandType> parse_operand_type(std::string_view name) {
    auto const found = std::ranges::find(kEntries, name, &Entry::name);
    if (found == kEntries.end()) return std::nullopt;
    return static_cast<OperandType>(found - kEntries.begin());
}

bool reads_content(OperandType type) {
    return type == OperandType::path_read_ || type == OperandType::tree_read_;
}

bool is_path(OperandType type) {
    switch (type) {
        case OperandType::path_read_:
        case OperandType::tree_read_:
        case OperandType::device_:
        case OperandType::disk_:
        case OperandType::path_sum_:
        case OperandType::path_meta_:
        case OperandType::dir_meta_:
        case OperandType::glob_meta_: return true;
        default: return false;
    }
}

bool takes_globs(OperandType type) { return is_path(type); }

std::optional<domain::SubjectKind> subject_kind_of(OperandType type) {
    switch (type) {
        case OperandType::unit_:
        case OperandType::pm2_process_:
        case OperandType::service_: return domain::SubjectKind::service;
        case OperandType::container_: return domain::SubjectKind::container;
        case OperandType::addon_: return domain::SubjectKind::addon;
        case OperandType::mountpoint_: return domain::SubjectKind::mount;
        case OperandType::iface_: return domain::SubjectKind::tunnel;
        default: return std::nullopt;
    }
}

}  // namespace command
