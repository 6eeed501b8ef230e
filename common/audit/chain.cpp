#include "common/audit/chain.hpp"

namespace audit {

std::string bound(StoreRow const& row) {
    std::string text = std::to_string(row.seq);
    text += '\n';
    text += std::to_string(row.wall_ms);
    text += '\n';
    text += std::to_string(row.boot_ms);
    text += row.synced ? "\n1\n" : "\n0\n";
    text.append(row.kind).append("\n").append(row.event).append("\n").append(row.records);
    return text;
}

std::string bound(SpoolRow const& row) {
    std::string text = std::to_string(row.seq);
    text += '\n';
    text += std::to_string(row.kind);
    text += '\n';
    text += row.body;
    return text;
}

std::string gap_seal(Position const& at, std::string_view body) {
    return trust::chain_next(at.hash, bound(SpoolRow{at.seq, kGapKind, body}));
}

tl::unexpected<base::Error> bad_row(std::int64_t seq, std::string_view what) {
    return base::fail(base::Code::corrupt,
                      "journal row " + std::to_string(seq) + ' ' + std::string{what});
}

}  // namespace audit
