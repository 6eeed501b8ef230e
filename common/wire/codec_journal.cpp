// What a host noticed and keeps until it is told to forget: signals, records, batches.
#include "common/wire/codec.hpp"
#include "common/wire/codec_parts.hpp"

namespace wire {
namespace {

using base::json::Writer;

constexpr std::size_t kNameMax = 256;
constexpr std::size_t kRecordsMax = 1024;

NoteRecord note_from(Reader r) {
    NoteRecord note;
    note.kind = r.text("kind", kName);
    note.text = r.text("text", kDetailMax);
    r.finish(Keys::closed);
    return note;
}

JournalRecord record_from(Reader& r) {
    r.version();
    JournalRecord record;
    record.seq = r.integer("seq", 1, kInt64Max);
    record.time = r.time("time");
    record.synced = r.boolean("synced");
    if (r.has("signal")) {
        auto body = r.object("signal");
        record.body = signal_from(body);
        body.finish(Keys::closed);
    } else if (r.has("result")) {
        auto body = r.object("result");
        record.body = result_from(body);
        body.finish(Keys::closed);
    } else if (r.has("local_fix")) {
        auto body = r.object("local_fix");
        record.body = local_fix_from(body);
        body.finish(Keys::closed);
    } else {
        record.body = note_from(r.object("note"));
    }
    r.finish(Keys::closed);  // a second body is an unknown key
    return record;
}

struct BodyWriter {
    Writer& w;

    void operator()(domain::Signal const& signal) const { write(w.key("signal"), signal); }
    void operator()(domain::CommandResult const& result) const { write(w.key("result"), result); }
    void operator()(domain::LocalFix const& fix) const { write(w.key("local_fix"), fix); }
    void operator()(NoteRecord const& note) const {
        w.key("note").begin_object().member("kind", note.kind);
        put_text(w, "text", note.text, kDetailMax);
        w.end_object();
    }
};

JournalBatch batch_from(Reader& r) {
    r.version();
    JournalBatch batch{.host = r.host("host"), .records = {}};
    r.each("records", kRecordsMax, [&](Reader& element) {
        auto record = record_from(element);
        if (!batch.records.empty() && record.seq <= batch.records.back().seq)
            element.refuse("seq", "must rise from record to record");
        batch.records.push_back(std::move(record));
    });
    return batch;
}

}  // namespace

domain::Signal signal_from(Reader& r) {
    domain::Signal signal;
    signal.fingerprint = r.text("fingerprint", kNameMax);
    signal.source = r.choice("source", domain::parse_signal_source);
    signal.firing = r.boolean("firing");
    signal.name = r.text("name", kNameMax);
    signal.severity = r.text("severity", kNameMax);
    signal.labels = r.entries("labels", kLabelCaps);
    signal.annotations = r.entries("annotations", kLabelCaps);
    if (r.has("subject")) {
        signal.subject = domain::parse_subject(r.text("subject", 4 * 1024));
        if (!signal.subject) r.refuse("subject", "must be host/kind/name");
    }
    signal.starts_at = r.time("starts_at");
    signal.ends_at = r.optional_time("ends_at");
    if (signal.fingerprint.empty()) r.refuse("fingerprint", "must not be empty");
    if (signal.name.empty()) r.refuse("name", "must not be empty");
    return signal;
}

void signal_members(Writer& w, domain::Signal const& signal) {
    put_text(w, "fingerprint", signal.fingerprint, kNameMax);
    w.member("source", to_string(signal.source)).member("firing", signal.firing);
    put_text(w, "name", signal.name, kNameMax);
    put_text(w, "severity", signal.severity, kNameMax);
    write_object(w.key("labels"), signal.labels);
    write_object(w.key("annotations"), signal.annotations);
    if (signal.subject) w.member("subject", to_text(*signal.subject));
    put_time(w, "starts_at", signal.starts_at);
    if (signal.ends_at) put_time(w, "ends_at", *signal.ends_at);
}

void write(Writer& writer, domain::Signal const& signal) {
    writer.begin_object();
    signal_members(writer, signal);
    writer.end_object();
}

void write_object(Writer& writer, std::map<std::string, std::string> const& entries) {
    writer.begin_object();
    for (auto const& [key, value] : entries) put_text(writer, key, value, kLabelCaps.value_bytes);
    writer.end_object();
}

base::Result<domain::Signal> read_signal(base::json::Value value) {
    return read_value(value, signal_from);
}

base::Result<std::map<std::string, std::string>> read_object(base::json::Value value) {
    std::map<std::string, std::string> entries;
    if (!value.is_object())
        return base::fail(base::Code::invalid, "must be an object of strings");
    for (auto const& member : value.children()) {
        auto const text = member.string();
        if (!text)
            return base::fail(base::Code::invalid,
                              "'" + std::string{member.key().substr(0, 40)} + "' must be a string");
        entries.emplace(member.key(), *text);
    }
    return entries;
}

std::string encode(domain::Signal const& signal) {
    Writer w;
    w.begin_object().member("v", kWireVersion);
    signal_members(w, signal);
    return w.end_object().take();
}

template <>
base::Result<domain::Signal> decode<domain::Signal>(std::string_view payload) {
    return read_payload(payload, Keys::open, {}, [](Reader& r) {
        r.version();
        return signal_from(r);
    });
}

void record_members(Writer& w, JournalRecord const& record) {
    w.member("v", record.v);
    put_integer(w, "seq", record.seq);
    put_time(w, "time", record.time);
    w.member("synced", record.synced);
    std::visit(BodyWriter{w}, record.body);
}

std::string encode(JournalRecord const& record) {
    Writer w;
    w.begin_object();
    record_members(w, record);
    return w.end_object().take();
}

template <>
base::Result<JournalRecord> decode<JournalRecord>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, record_from);
}

std::string encode(JournalBatch const& message) {
    Writer w;
    w.begin_object().member("v", kWireVersion).member("host", message.host.text());
    w.key("records").begin_array();
    for (auto const& record : message.records) {
        w.begin_object();
        record_members(w, record);
        w.end_object();
    }
    return w.end_array().end_object().take();
}

template <>
base::Result<JournalBatch> decode<JournalBatch>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, batch_from);
}

std::string encode(JournalAck const& message) {
    Writer w;
    w.begin_object().member("v", kWireVersion).member("host", message.host.text());
    put_integer(w, "through_seq", message.through_seq);
    return w.end_object().take();
}

template <>
base::Result<JournalAck> decode<JournalAck>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, [](Reader& r) {
        r.version();
        return JournalAck{r.host("host"), r.integer("through_seq", 0, kInt64Max)};
    });
}

}  // namespace wire
