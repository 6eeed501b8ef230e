#include "coordinator/adapters/row_codec.hpp"

#include "coordinator/adapters/row_fields.hpp"

namespace coordinator {

namespace {

// Own rows, of sizes we chose ourselves; deep enough for a journal batch of command results.
constexpr base::json::Limits kRowLimits{.bytes_max = 16 * 1024 * 1024, .depth_max = 16};

template <class Row>
std::string encode(Row const& row) {
    base::json::Writer writer;
    RowWriter archive{writer};
    writer.begin_object().member("v", kRowVersion);
    fields(archive, row);
    writer.end_object();
    return writer.take();
}

base::Result<base::json::Document> parse(std::string_view text) {
    auto document = base::json::Document::parse(text, kRowLimits);
    if (!document) return base::fail(base::Code::corrupt, document.error().message);
    return document;
}

template <class Row>
base::Result<Row> decode(std::string_view text) {
    auto const document = parse(text);
    if (!document) return tl::make_unexpected(document.error());
    auto const root = document->root();
    auto const version = root["v"].integer();
    if (!version || *version < 1 || *version > kRowVersion)
        return base::fail(base::Code::corrupt, "a row of a version this program does not know");
    RowReader archive{root};
    auto row = blank<Row>();
    fields(archive, row);
    if (!archive.good())
        return base::fail(base::Code::corrupt, "a row with a wrong '" + archive.wrong() + "'");
    return row;
}

}  // namespace

std::string encode_row(SignalRow const& row) { return encode(row); }
std::string encode_row(domain::Incident const& row) { return encode(row); }
std::string encode_row(domain::Attempt const& row) { return encode(row); }
std::string encode_row(CommandRow const& row) { return encode(row); }
std::string encode_row(HostRow const& row) { return encode(row); }
std::string encode_row(FreezeRow const& row) { return encode(row); }

std::string encode_records(std::vector<Record> const& records) {
    base::json::Writer writer;
    RowWriter archive{writer};
    archive.put(records);
    return writer.take();
}

base::Result<SignalRow> decode_signal_row(std::string_view text) { return decode<SignalRow>(text); }
base::Result<domain::Incident> decode_incident(std::string_view text) {
    return decode<domain::Incident>(text);
}
base::Result<domain::Attempt> decode_attempt(std::string_view text) {
    return decode<domain::Attempt>(text);
}
base::Result<CommandRow> decode_command_row(std::string_view text) {
    return decode<CommandRow>(text);
}
base::Result<HostRow> decode_host_row(std::string_view text) { return decode<HostRow>(text); }
base::Result<FreezeRow> decode_freeze_row(std::string_view text) {
    return decode<FreezeRow>(text);
}

base::Result<std::vector<Record>> decode_records(std::string_view text) {
    auto const document = parse(text);
    if (!document) return tl::make_unexpected(document.error());
    std::vector<Record> records;
    RowReader archive{document->root()};
    if (!archive.get(document->root(), records))
        return base::fail(base::Code::corrupt, "records that are no list of facts");
    return records;
}

}  // namespace coordinator
