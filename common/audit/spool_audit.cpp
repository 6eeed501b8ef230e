#include "common/audit/spool_audit.hpp"

namespace audit {
namespace {

using adapters::Database;
using adapters::Statement;

// The row fits onto `end`, which it moves.
base::Status take(Statement const& row, Position& end, Report& report) {
    auto const seq = row.integer(0);
    auto const kind = row.integer(1);
    if (kind == kGapKind) {
        if (seq <= end.seq) return bad_row(seq, "is out of order");
        Position const at{seq, std::string{row.text(3)}};
        if (gap_seal(at, row.text(2)) != row.text(4)) return bad_row(seq, "does not fit its seal");
        end = at;
        ++report.gaps;
        return {};
    }
    if (seq != end.seq + 1) return bad_row(end.seq + 1, "is missing");
    if (trust::chain_next(end.hash, bound(SpoolRow{seq, kind, row.text(2)})) != row.text(3) ||
        !row.text(4).empty())
        return bad_row(seq, "breaks the chain");
    end = {seq, std::string{row.text(3)}};
    ++report.rows;
    return {};
}

}  // namespace

base::Result<Position> spool_base(Database& database) {
    auto query = database.prepare("SELECT base_seq, base_hash FROM meta");
    if (!query) return tl::make_unexpected(query.error());
    auto const row = query->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) return base::fail(base::Code::corrupt, "the journal's beginning is not known");
    return Position{query->integer(0), std::string{query->text(1)}};
}

base::Result<Report> audit_spool(Database& database, std::vector<Anchor> anchors) {
    auto const begin = spool_base(database);
    if (!begin) return tl::make_unexpected(begin.error());
    Report report{*begin, *begin, 0, 0, 0};
    AnchorCheck check{std::move(anchors)};
    if (auto done = check.at(*begin); !done) return tl::make_unexpected(done.error());
    auto rows = database.prepare("SELECT seq, kind, body, hash, seal FROM journal ORDER BY seq");
    if (!rows) return tl::make_unexpected(rows.error());
    while (true) {
        auto const more = rows->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) break;
        if (auto done = take(*rows, report.end, report); !done)
            return tl::make_unexpected(done.error());
        if (auto done = check.at(report.end); !done) return tl::make_unexpected(done.error());
    }
    if (auto done = check.finish(report.end); !done) return tl::make_unexpected(done.error());
    auto const last = database.integer("SELECT last_seq FROM meta");
    if (!last) return tl::make_unexpected(last.error());
    if (*last != report.end.seq) return bad_row(report.end.seq + 1, "is missing");
    report.anchors_held = check.held();
    return report;
}

base::Result<std::vector<Anchor>> anchors_in_spool(Database& database, trust::PublicKey const& key,
                                                   std::string const& kept_by) {
    auto query = database.prepare("SELECT seq, hash, proof FROM anchor ORDER BY id");
    if (!query) return tl::make_unexpected(query.error());
    std::vector<Anchor> anchors;
    while (true) {
        auto const more = query->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return anchors;
        auto head = open_head(key, query->text(2));
        if (!head || head->head.seq != query->integer(0) || head->head.hash != query->text(1))
            return base::fail(base::Code::corrupt, "the head of row " +
                                                       std::to_string(query->integer(0)) +
                                                       " kept by " + kept_by + " is not genuine");
        anchors.push_back({*std::move(head), kept_by});
    }
}

}  // namespace audit
