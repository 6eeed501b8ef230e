#include "common/audit/export.hpp"

#include <charconv>

#include "common/base/json.hpp"
#include "common/trust/jws.hpp"

namespace audit {
namespace {

using base::Code;
using base::json::Document;
using base::json::Writer;

std::string first_line(Position const& begin) {
    Writer w;
    w.begin_object().member("v", 1).member("export", "tomte-journal");
    w.member("after_seq", begin.seq).member("after_hash", begin.hash).end_object();
    return w.take() + "\n";
}

std::string line_of(StoreRow const& row, std::string_view hash) {
    Writer w;
    w.begin_object().member("v", 1).member("seq", row.seq).member("wall", row.wall_ms);
    w.member("boot", row.boot_ms).member("synced", row.synced).member("hash", hash);
    w.member("kind", row.kind);
    // The two lengths let a reader take event and records as the very bytes that were hashed.
    w.member("event_bytes", std::uint64_t{row.event.size()});
    w.member("records_bytes", std::uint64_t{row.records.size()});
    w.key("event").raw(row.event).key("records").raw(row.records).end_object();
    return w.take() + "\n";
}

// Takes a line of line_of apart, in that very order.
class LineReader {
  public:
    explicit LineReader(std::string_view line) : rest_(line) {}

    void word(std::string_view text) {
        if (!rest_.starts_with(text)) good_ = false;
        if (good_) rest_.remove_prefix(text.size());
    }
    std::int64_t number(std::string_view before) {
        word(before);
        std::int64_t value = 0;
        auto const [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error != std::errc{}) good_ = false;
        if (good_) rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }
    bool truth(std::string_view before) {
        word(before);
        bool const yes = rest_.starts_with("true");
        word(yes ? "true" : "false");
        return yes;
    }
    // Neither kinds nor hashes hold anything that JSON escapes.
    std::string_view text(std::string_view before) {
        word(before);
        word("\"");
        auto const end = rest_.find('"');
        if (end == std::string_view::npos) good_ = false;
        auto const found = good_ ? rest_.substr(0, end) : std::string_view{};
        if (good_) rest_.remove_prefix(end);
        word("\"");
        return found;
    }
    std::string_view raw(std::string_view before, std::int64_t bytes) {
        word(before);
        if (bytes < 0 || static_cast<std::size_t>(bytes) > rest_.size()) good_ = false;
        if (!good_) return {};
        auto const found = rest_.substr(0, static_cast<std::size_t>(bytes));
        rest_.remove_prefix(found.size());
        return found;
    }
    bool ended() const { return good_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool good_ = true;
};

struct Line {
    StoreRow row;
    std::string_view hash;
};

std::optional<Line> read_line(std::string_view text) {
    LineReader r{text};
    Line line;
    line.row.seq = r.number(R"({"v":1,"seq":)");
    line.row.wall_ms = r.number(R"(,"wall":)");
    line.row.boot_ms = r.number(R"(,"boot":)");
    line.row.synced = r.truth(R"(,"synced":)");
    line.hash = r.text(R"(,"hash":)");
    line.row.kind = r.text(R"(,"kind":)");
    auto const event_bytes = r.number(R"(,"event_bytes":)");
    auto const records_bytes = r.number(R"(,"records_bytes":)");
    line.row.event = r.raw(R"(,"event":)", event_bytes);
    line.row.records = r.raw(R"(,"records":)", records_bytes);
    r.word("}");
    if (!r.ended()) return std::nullopt;
    return line;
}

base::Result<ExportFacts> open_facts(std::string_view signature, trust::PublicKey const& key) {
    auto const payload = trust::verify(trust::Purpose::journal_export, key, signature);
    if (!payload) return tl::make_unexpected(payload.error());
    auto const document = Document::parse(*payload);
    if (!document) return tl::make_unexpected(document.error());
    auto const root = document->root();
    auto const word = [&](char const* name) {
        return std::string{root[name].string().value_or("")};
    };
    auto const number = [&](char const* name) { return root[name].integer().value_or(-1); };
    return ExportFacts{{number("after_seq"), word("after_hash")},
                       {number("seq"), word("hash")},
                       number("rows"),
                       word("sha256")};
}

// Cuts the next line off `text`; nothing if there is no line feed.
std::optional<std::string_view> next_line(std::string_view& text) {
    auto const end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    auto const line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

base::Status walk(std::string_view text, ExportFacts const& facts) {
    auto const first = next_line(text);
    if (!first || std::string{*first} + "\n" != first_line(facts.begin))
        return base::fail(Code::corrupt, "the file's first line is not what was signed");
    auto end = facts.begin;
    while (!text.empty()) {
        auto const line = next_line(text);
        auto const read = line ? read_line(*line) : std::nullopt;
        if (!read) return bad_row(end.seq + 1, "is not a row of an export");
        if (read->row.seq != end.seq + 1) return bad_row(end.seq + 1, "is missing");
        if (trust::chain_next(end.hash, bound(read->row)) != read->hash)
            return bad_row(read->row.seq, "breaks the chain");
        end = {read->row.seq, std::string{read->hash}};
    }
    if (end.seq < facts.end.seq) return bad_row(end.seq + 1, "is missing: the file was cut");
    if (end.seq > facts.end.seq) return bad_row(facts.end.seq + 1, "was added after the signing");
    if (end != facts.end) return bad_row(end.seq, "or one before it is not what was signed");
    return {};
}

}  // namespace

base::Result<ExportFacts> export_journal(
    adapters::Database& database, std::function<base::Status(std::string_view)> const& write) {
    auto const begin = journal_base(database);
    if (!begin) return tl::make_unexpected(begin.error());
    ExportFacts facts{*begin, *begin, 0, {}};
    trust::Sha256 digest;
    auto const put = [&](std::string const& line) {
        digest.add(line);
        return write(line);
    };
    if (auto done = put(first_line(*begin)); !done) return tl::make_unexpected(done.error());
    auto& end = facts.end;
    auto const done = each_store_row(
        database, 0, [&](StoreRow const& row, std::string_view hash) -> base::Status {
            if (row.seq != end.seq + 1) return bad_row(end.seq + 1, "is missing");
            if (trust::chain_next(end.hash, bound(row)) != hash)
                return bad_row(row.seq, "breaks the chain");
            end = {row.seq, std::string{hash}};
            ++facts.rows;
            return put(line_of(row, hash));
        });
    if (!done) return tl::make_unexpected(done.error());
    facts.digest = digest.hex();
    return facts;
}

std::string sign_export(trust::PrivateKey const& key, ExportFacts const& facts) {
    Writer w;
    w.begin_object().member("v", 1);
    w.member("after_seq", facts.begin.seq).member("after_hash", facts.begin.hash);
    w.member("seq", facts.end.seq).member("hash", facts.end.hash);
    w.member("rows", facts.rows).member("sha256", facts.digest).end_object();
    return trust::sign(trust::Purpose::journal_export, key, w.text());
}

base::Result<ExportFacts> verify_export(std::string_view text, std::string_view signature,
                                        trust::PublicKey const& key) {
    auto facts = open_facts(signature, key);
    if (!facts) return tl::make_unexpected(facts.error());
    // The chain first: it can say which row.
    if (auto done = walk(text, *facts); !done) return tl::make_unexpected(done.error());
    if (trust::sha256_hex(text) != facts->digest)
        return base::fail(Code::corrupt, "the file is not, byte for byte, what was signed");
    return facts;
}

}  // namespace audit
