// A host's lease, and what it did under it.
#include "common/wire/codec.hpp"
#include "common/wire/codec_parts.hpp"

namespace wire {
namespace {

using base::json::Writer;

constexpr std::size_t kRemediesMax = 256;
constexpr std::size_t kNameMax = 64;
constexpr int kPerHourMax = 1'000;

domain::Lease lease_from(Reader& r) {
    r.version();
    // Other documents are signed for the same purpose: this one says what it is.
    if (r.text("document", kNameMax) != "lease") r.refuse("document", "must be 'lease'");
    domain::Lease lease{.host = r.host("host")};
    lease.rev = r.integer("rev", 1, kInt64Max);
    lease.incarnation = r.integer("incarnation", 1, kInt64Max);
    lease.remedies = r.texts("remedies", kRemediesMax, kNameMax);
    lease.per_hour = static_cast<int>(r.integer("per_hour", 0, kPerHourMax));
    lease.lasts = r.seconds("lasts_s", kLongest);
    lease.expires_at = r.time("expires_at");
    return lease;
}

}  // namespace

void write(Writer& w, domain::Lease const& lease) {
    w.begin_object().member("v", kWireVersion).member("document", "lease");
    w.member("host", lease.host.text());
    put_integer(w, "rev", lease.rev);
    put_integer(w, "incarnation", lease.incarnation);
    put_texts(w, "remedies", lease.remedies);
    put_integer(w, "per_hour", lease.per_hour);
    put_seconds(w, "lasts_s", lease.lasts);
    put_time(w, "expires_at", lease.expires_at);
    w.end_object();
}

std::string encode(domain::Lease const& message) {
    Writer w;
    write(w, message);
    return w.take();
}

template <>
base::Result<domain::Lease> decode<domain::Lease>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, lease_from);
}

base::Result<domain::Lease> read_lease(base::json::Value value) {
    return read_value(value, lease_from);
}

domain::LocalFix local_fix_from(Reader& r) {
    domain::LocalFix fix;
    auto result = r.object("result");
    fix.result = result_from(result);
    result.finish(Keys::closed);
    fix.fingerprint = r.text("fingerprint", 256);
    fix.order.remedy = r.text("remedy", kName);
    fix.order.hash = r.text("remedy_hash", kDigest);
    fix.order.params = params_from(r, "params");
    if (!fix.result.id.starts_with(domain::kLeaseIdPrefix))
        r.refuse("result", "must have an id that begins with lease-");
    return fix;
}

void write(Writer& w, domain::LocalFix const& fix) {
    write(w.begin_object().key("result"), fix.result);
    put_text(w, "fingerprint", fix.fingerprint, 256);
    w.member("remedy", fix.order.remedy).member("remedy_hash", fix.order.hash);
    put_params(w, "params", fix.order.params);
    w.end_object();
}

base::Result<domain::LocalFix> read_local_fix(base::json::Value value) {
    return read_value(value, local_fix_from);
}

}  // namespace wire
