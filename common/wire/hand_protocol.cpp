#include "common/wire/hand_protocol.hpp"

#include "common/wire/codec.hpp"
#include "common/wire/codec_parts.hpp"

namespace wire {
namespace {

using base::json::Writer;

constexpr base::json::Limits kLimits{.bytes_max = kHandPacketMax};
constexpr std::size_t kListMax = 64;

Writer begin(std::string_view type) {
    Writer w;
    w.begin_object().member("type", type);
    return w;
}

std::string envelope_packet(std::string_view type, std::string const& jws) {
    return begin(type).member("jws", jws).end_object().take();
}

struct RequestEncoder {
    std::string operator()(HandWelcome const& request) const {
        auto w = begin("welcome");
        w.member("jws", request.jws);
        put_integer(w, "received_ms", request.received.time_since_epoch().count());
        return w.end_object().take();
    }
    std::string operator()(HandDocument const& request) const {
        auto w = begin("document");
        return w.member("name", request.name).member("jws", request.jws).end_object().take();
    }
    std::string operator()(HandOrder const& request) const {
        return envelope_packet("order", request.jws);
    }
    std::string operator()(HandPress const& request) const {
        auto w = begin("press");
        w.member("id", request.id).member("offer", request.offer);
        put_params(w, "params", request.params);
        return w.end_object().take();
    }
    std::string operator()(HandLease const& request) const {
        auto w = begin("lease");
        w.member("id", request.id).member("remedy", request.remedy);
        put_params(w, "params", request.params);
        return w.end_object().take();
    }
    std::string operator()(HandCancel const& request) const {
        return envelope_packet("cancel", request.jws);
    }
    std::string operator()(HandFreeze const& request) const {
        return envelope_packet("freeze", request.jws);
    }
    std::string operator()(HandQuery const& request) const {
        return begin("query").member("id", request.id).end_object().take();
    }
    std::string operator()(HandAsk const& /*request*/) const {
        return begin("ask").end_object().take();
    }
};

struct ReplyEncoder {
    std::string operator()(HandReport const& reply) const {
        auto w = begin("report");
        write(w.key("result"), reply.result);
        return w.end_object().take();
    }
    std::string operator()(HandUnknown const& reply) const {
        return begin("unknown").member("id", reply.id).end_object().take();
    }
    std::string operator()(HandTaken const& reply) const {
        auto w = begin("taken");
        w.member("what", reply.what).member("applied", reply.applied);
        put_integer(w, "rev", reply.rev);
        w.member("digest", reply.digest);
        put_text(w, "reason", reply.reason, kDetailMax);
        return w.end_object().take();
    }
    std::string operator()(HandHello const& reply) const {
        auto w = begin("hello");
        w.member("lane", reply.lane).member("mode", reply.mode);
        w.member("policy_digest", reply.policy_digest);
        put_text(w, "policy_error", reply.policy_error, kDetailMax);
        w.member("remedies_digest", reply.remedies_digest);
        put_texts(w, "offers", reply.offers);
        put_texts(w, "managers", reply.managers);
        return w.member("frozen", reply.frozen).end_object().take();
    }
};

std::string jws_from(Reader& r) { return r.text("jws", kHandPacketMax); }

HandRequest request_from(Reader& r) {
    auto const type = r.text("type", 16);
    if (type == "welcome") {
        HandWelcome welcome;
        welcome.jws = jws_from(r);
        welcome.received =
            base::BootTime{base::Duration{r.integer("received_ms", 0, kInt64Max)}};
        return welcome;
    }
    if (type == "document") {
        HandDocument document;
        document.name = r.text("name", kName);
        document.jws = jws_from(r);
        return document;
    }
    if (type == "order") return HandOrder{jws_from(r)};
    if (type == "press") {
        HandPress press;
        press.id = r.text("id", kResultId);
        press.offer = r.text("offer", kName);
        press.params = params_from(r, "params");
        return press;
    }
    if (type == "lease") {
        HandLease lease;
        lease.id = r.text("id", kResultId);
        lease.remedy = r.text("remedy", kName);
        lease.params = params_from(r, "params");
        return lease;
    }
    if (type == "cancel") return HandCancel{jws_from(r)};
    if (type == "freeze") return HandFreeze{jws_from(r)};
    if (type == "query") return HandQuery{r.text("id", kResultId)};
    if (type != "ask") r.refuse("type", "must be a request to the hand");
    return HandAsk{};
}

HandTaken taken_from(Reader& r) {
    HandTaken taken;
    taken.what = r.text("what", kName);
    taken.applied = r.boolean("applied");
    taken.rev = r.integer("rev", 0, kInt64Max);
    taken.digest = r.text("digest", kDigestOrNone);
    taken.reason = r.text("reason", kDetailMax);
    return taken;
}

HandHello hello_from(Reader& r) {
    HandHello hello;
    hello.lane = r.text("lane", kName);
    hello.mode = r.text("mode", kModeOrNone);
    hello.policy_digest = r.text("policy_digest", kDigestOrNone);
    hello.policy_error = r.text("policy_error", kDetailMax);
    hello.remedies_digest = r.text("remedies_digest", kDigestOrNone);
    hello.offers = r.texts("offers", kListMax, 64);
    hello.managers = r.texts("managers", kListMax, 64);
    hello.frozen = r.boolean("frozen");
    return hello;
}

HandReply reply_from(Reader& r) {
    auto const type = r.text("type", 16);
    if (type == "report") {
        auto body = r.object("result");
        HandReport report{result_from(body)};
        body.finish(Keys::closed);
        return report;
    }
    if (type == "unknown") return HandUnknown{r.text("id", kResultId)};
    if (type == "taken") return taken_from(r);
    if (type != "hello") r.refuse("type", "must be a reply of the hand");
    return hello_from(r);
}

}  // namespace

std::string encode_hand(HandRequest const& request) {
    return std::visit(RequestEncoder{}, request);
}

std::string encode_hand(HandReply const& reply) { return std::visit(ReplyEncoder{}, reply); }

base::Result<HandRequest> decode_hand_request(std::string_view packet) {
    return read_payload(packet, Keys::closed, kLimits, request_from);
}

base::Result<HandReply> decode_hand_reply(std::string_view packet) {
    return read_payload(packet, Keys::closed, kLimits, reply_from);
}

}  // namespace wire
