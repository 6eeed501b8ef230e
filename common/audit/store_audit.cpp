#include "common/audit/store_audit.hpp"

#include <array>

#include "common/base/json.hpp"

namespace audit {
namespace {

using adapters::Database;
using base::Code;

base::Result<std::vector<Anchor>> own_heads(Database& database, trust::PublicKey const& key) {
    auto query = database.prepare("SELECT seq, hash, at, signed FROM heads ORDER BY seq");
    if (!query) return tl::make_unexpected(query.error());
    std::vector<Anchor> anchors;
    while (true) {
        auto const more = query->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return anchors;
        auto head = open_head(key, query->text(3));
        bool const fits = head && head->head.seq == query->integer(0) &&
                          head->head.hash == query->text(1) &&
                          base::unix_ms(head->time) == query->integer(2);
        if (!fits)
            return base::fail(Code::corrupt,
                              "the signed head of journal row " +
                                  std::to_string(query->integer(0)) + " is not genuine" +
                                  (head ? "" : ": " + head.error().message));
        anchors.push_back({*std::move(head), "the store itself"});
    }
}

base::Status check_tables(Database& database) {
    constexpr std::array<std::string_view, 6> kTables{"incidents", "attempts", "commands",
                                                      "signals", "hosts", "site"};
    for (auto const table : kTables) {
        auto rows = database.prepare("SELECT row, sum FROM " + std::string{table});
        if (!rows) return tl::make_unexpected(rows.error());
        while (true) {
            auto const more = rows->step();
            if (!more) return tl::make_unexpected(more.error());
            if (!*more) break;
            if (row_sum(rows->text(0)) == rows->integer(1)) continue;
            return base::fail(Code::corrupt, "a row of '" + std::string{table} +
                                                 "' does not fit its check value: " +
                                                 std::string{rows->text(0).substr(0, 120)});
        }
    }
    return {};
}

}  // namespace

std::int64_t row_sum(std::string_view row) {
    std::uint64_t sum = 0xcbf29ce484222325ULL;
    for (char const c : row) {
        sum ^= static_cast<unsigned char>(c);
        sum *= 0x100000001b3ULL;
    }
    return static_cast<std::int64_t>(sum);
}

base::Result<Position> journal_base(Database& database) {
    auto query = database.prepare("SELECT seq, hash FROM journal_base");
    if (!query) return tl::make_unexpected(query.error());
    auto const row = query->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) return base::fail(Code::corrupt, "the journal's beginning is not known");
    return Position{query->integer(0), std::string{query->text(1)}};
}

base::Result<Report> audit_store(Database& database, std::optional<trust::PublicKey> const& key,
                                 std::vector<Anchor> anchors) {
    if (key) {
        auto own = own_heads(database, *key);
        if (!own) return tl::make_unexpected(own.error());
        anchors.insert(anchors.end(), own->begin(), own->end());
    }
    auto const begin = journal_base(database);
    if (!begin) return tl::make_unexpected(begin.error());
    Report report{*begin, *begin, 0, 0, 0};
    AnchorCheck check{std::move(anchors)};
    if (auto done = check.at(*begin); !done) return tl::make_unexpected(done.error());
    auto& end = report.end;
    auto const walked = each_store_row(
        database, 0, [&](StoreRow const& row, std::string_view hash) -> base::Status {
            if (row.seq != end.seq + 1) return bad_row(end.seq + 1, "is missing");
            if (trust::chain_next(end.hash, bound(row)) != hash)
                return bad_row(row.seq, "breaks the chain");
            end = {row.seq, std::string{hash}};
            ++report.rows;
            return check.at(end);
        });
    if (!walked) return tl::make_unexpected(walked.error());
    if (auto done = check.finish(end); !done) return tl::make_unexpected(done.error());
    if (auto done = check_tables(database); !done) return tl::make_unexpected(done.error());
    report.anchors_held = check.held();
    return report;
}

base::Result<std::vector<Anchor>> anchors_of_host(Database& database, std::string const& host,
                                                  trust::PublicKey const& key) {
    auto query = database.prepare("SELECT row FROM hosts WHERE host = ?1");
    if (!query) return tl::make_unexpected(query.error());
    auto const found = query->bind(1, host).step();
    if (!found) return tl::make_unexpected(found.error());
    std::vector<Anchor> anchors;
    if (!*found) return anchors;
    auto const row = base::json::Document::parse(query->text(0), {.bytes_max = 1024 * 1024});
    if (!row) return tl::make_unexpected(row.error());
    auto const proof = row->root()["head_proof"].string().value_or("");
    if (proof.empty()) return anchors;
    auto head = open_head(key, proof);
    if (!head) return tl::make_unexpected(head.error());
    if (head->of != host_owner(host))
        return base::fail(Code::corrupt, "the store keeps a head of another journal for " + host);
    anchors.push_back({*std::move(head), "the coordinator"});
    return anchors;
}

}  // namespace audit
