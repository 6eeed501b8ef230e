// Readers and writers of the objects that several messages share. Inside common/wire only.
#pragma once

#include "common/base/json.hpp"
#include "common/domain/command.hpp"
#include "common/domain/remedy.hpp"
#include "common/domain/signal.hpp"
#include "common/wire/fields.hpp"
#include "common/wire/messages.hpp"

namespace wire {

inline constexpr std::size_t kDetailMax = 4 * 1024;      // sentences for people
inline constexpr std::size_t kOutputMax = 64 * 1024;     // of one step
inline constexpr std::size_t kOutputTotalMax = 96 * 1024;  // of one result, as JSON
inline constexpr std::size_t kStepsMax = 64;
inline constexpr EntryCaps kParamCaps{32, 64, 1024};
inline constexpr EntryCaps kLabelCaps{};

domain::Signal signal_from(Reader& reader);
domain::CommandResult result_from(Reader& reader);
domain::Remedy remedy_from(Reader& reader);
domain::LocalFix local_fix_from(Reader& reader);
domain::Params params_from(Reader& reader, std::string_view key);

// The members without the braces around them.
void signal_members(base::json::Writer& writer, domain::Signal const& signal);
void result_members(base::json::Writer& writer, domain::CommandResult const& result);
void record_members(base::json::Writer& writer, JournalRecord const& record);
void put_params(base::json::Writer& writer, std::string_view key, domain::Params const& params);

}  // namespace wire
