// Rows of the store as JSON text and back. Each field is named once, in row_fields.hpp, for both
// directions. Writing never fails. Reading takes an absent key as the default, so that a row of an
// older version is still a row; a wrong type or an unknown enum value is Code::corrupt.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "coordinator/core/effect.hpp"
#include "coordinator/core/event.hpp"
#include "coordinator/core/tables.hpp"

namespace coordinator {

inline constexpr int kRowVersion = 1;

std::string encode_row(SignalRow const& row);
std::string encode_row(domain::Incident const& row);
std::string encode_row(domain::Attempt const& row);
std::string encode_row(CommandRow const& row);
std::string encode_row(HostRow const& row);
std::string encode_row(FreezeRow const& row);
// The facts of one step, as an array.
std::string encode_records(std::vector<Record> const& records);

base::Result<SignalRow> decode_signal_row(std::string_view text);
base::Result<domain::Incident> decode_incident(std::string_view text);
base::Result<domain::Attempt> decode_attempt(std::string_view text);
base::Result<CommandRow> decode_command_row(std::string_view text);
base::Result<HostRow> decode_host_row(std::string_view text);
base::Result<FreezeRow> decode_freeze_row(std::string_view text);
base::Result<std::vector<Record>> decode_records(std::string_view text);

}  // namespace coordinator
