// The journals' hash chains: h_i = SHA-256(h_{i-1} | row i). What of a row is bound, and where a
// chain stands. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/trust/hash.hpp"

namespace audit {

// After which row, and the chain's value there. The default is the beginning.
struct Position {
    std::int64_t seq = 0;
    std::string hash = trust::chain_start();
    bool operator==(Position const&) const = default;
};

// One row of the coordinator's journal, as stored. `event` and `records` are JSON without line
// feeds, so the parts cannot run into each other.
struct StoreRow {
    std::int64_t seq = 0;
    std::int64_t wall_ms = 0;
    std::int64_t boot_ms = 0;
    bool synced = true;
    std::string_view kind;
    std::string_view event;
    std::string_view records;
};
std::string bound(StoreRow const& row);

// One row of an agent's journal.
struct SpoolRow {
    std::int64_t seq = 0;
    std::int64_t kind = 0;
    std::string_view body;
};
std::string bound(SpoolRow const& row);

// Rows that an agent had to drop leave one row behind, which keeps the chain's value after them.
// Its own text (a note for people, or nothing) is bound by this seal instead.
std::string gap_seal(Position const& at, std::string_view body);

inline constexpr std::int64_t kGapKind = 3;  // of an agent's rows; 0 note, 1 signal, 2 result

// The error every audit gives for a row that does not fit: corrupt, with the row's number.
tl::unexpected<base::Error> bad_row(std::int64_t seq, std::string_view what);

}  // namespace audit
