// Orders and what became of them: Command, Cancel, Ack, CommandResult, Press.
#include <numeric>

#include "common/wire/codec.hpp"
#include "common/wire/codec_parts.hpp"

namespace wire {
namespace {

using base::json::Writer;

constexpr std::size_t kActorMax = 128;
constexpr std::size_t kLineMax = 4 * 1024;
constexpr std::size_t kApprovalMax = 8 * 1024;
constexpr std::size_t kPressBytesMax = 4 * 1024;

void write_order(Writer& w, domain::RemedyOrder const& order) {
    w.member("remedy", order.remedy).member("remedy_hash", order.hash);
    put_params(w, "params", order.params);
}
void write_order(Writer& w, domain::LineOrder const& order) { w.member("command", order.line); }

std::variant<domain::RemedyOrder, domain::LineOrder> order_from(Reader& r) {
    if (r.has("command")) {
        auto line = r.text("command", kLineMax);
        if (line.empty()) r.refuse("command", "must not be empty");
        return domain::LineOrder{std::move(line)};  // a remedy beside it is an unknown key
    }
    domain::RemedyOrder order;
    order.remedy = r.text("remedy", kName);
    order.hash = r.text("remedy_hash", kDigest);
    order.params = params_from(r, "params");
    return order;
}

domain::Limits limits_from(Reader limits) {
    domain::Limits out;
    out.timeout = limits.seconds("timeout_s", std::chrono::hours{24});
    out.output_bytes = static_cast<std::uint64_t>(
        limits.integer("output_bytes", 0, static_cast<std::int64_t>(kOutputMax)));
    limits.finish(Keys::closed);
    return out;
}

domain::Command command_from(Reader& r) {
    r.version();
    domain::Command command{.id = r.text("id", kUlid),
                            .host = r.host("host"),
                            .incarnation = r.integer("incarnation", 1, kInt64Max),
                            .epoch = r.integer("epoch", 0, kInt64Max),
                            .session = r.text("session", kNonce),
                            .counter = r.integer("counter", 0, kInt64Max),
                            .issued_at = r.time("issued_at"),
                            .expires_at = r.time("expires_at"),
                            .incident = r.text("incident", kUlidOrNone),
                            .attempt = static_cast<int>(r.integer("attempt", 0, 1000)),
                            .actor = r.text("actor", kActorMax),
                            .reason = r.text("reason", kDetailMax),
                            .order = order_from(r),
                            .limits = limits_from(r.object("limits"))};
    if (r.has("approval")) command.approval = r.text("approval", kApprovalMax);
    return command;
}

Cancel cancel_from(Reader& r) {
    r.version();
    return {.id = r.text("id", kUlid),
            .host = r.host("host"),
            .epoch = r.integer("epoch", 0, kInt64Max),
            .session = r.text("session", kNonce),
            .counter = r.integer("counter", 0, kInt64Max),
            .reason = r.text("reason", kDetailMax)};
}

Ack ack_from(Reader& r) {
    r.version();
    return {.host = r.host("host"),
            .id = r.text("id", kResultId),
            .session = r.text("session", kNonce),
            .state = r.choice("state", domain::parse_command_state),
            .code = r.choice("code", domain::parse_result_code),
            .detail = r.text("detail", kDetailMax)};
}

domain::StepResult step_result_from(Reader& r) {
    domain::StepResult step;
    step.verb = r.text("verb", 128);
    step.exit_code = static_cast<int>(r.integer("exit_code", INT32_MIN, INT32_MAX));
    step.output = r.text("output", kOutputMax);
    step.output_total = static_cast<std::uint64_t>(r.integer("output_total", 0, kInt64Max));
    step.took = r.seconds("took_s", kLongest);
    r.finish(Keys::closed);
    return step;
}

// How much JSON each step's output may take, so that all of them fit: the short ones stay whole.
std::size_t output_share(std::vector<domain::StepResult> const& steps) {
    std::size_t share = kOutputMax;
    auto const total = [&] {
        return std::accumulate(steps.begin(), steps.end(), std::size_t{0},
                               [&](std::size_t sum, domain::StepResult const& step) {
                                   return sum + std::min(escaped_size(step.output), share);
                               });
    };
    while (total() > kOutputTotalMax) share = share * 3 / 4;
    return share;
}

}  // namespace

domain::Params params_from(Reader& reader, std::string_view key) {
    auto params = reader.entries(key, kParamCaps);
    for (auto const& [name, value] : params)
        if (!kName.matches(name)) reader.refuse(key, "has a name that is none");
    return params;
}

void put_params(Writer& writer, std::string_view key, domain::Params const& params) {
    writer.key(key).begin_object();
    for (auto const& [name, value] : params) writer.member(name, value);
    writer.end_object();
}

domain::CommandResult result_from(Reader& r) {
    domain::CommandResult result;
    result.id = r.text("id", kResultId);
    result.state = r.choice("state", domain::parse_command_state);
    result.code = r.choice("code", domain::parse_result_code);
    result.detail = r.text("detail", kDetailMax);
    r.each("steps", kStepsMax,
           [&](Reader& step) { result.steps.push_back(step_result_from(step)); });
    result.started_at = r.optional_time("started_at");
    result.finished_at = r.optional_time("finished_at");
    return result;
}

void result_members(Writer& w, domain::CommandResult const& result) {
    w.member("id", result.id).member("state", to_string(result.state));
    w.member("code", to_string(result.code));
    put_text(w, "detail", result.detail, kDetailMax);
    auto const share = output_share(result.steps);
    w.key("steps").begin_array();
    for (auto const& step : result.steps) {
        w.begin_object().member("verb", step.verb).member("exit_code", step.exit_code);
        put_text(w, "output", step.output, share);
        put_integer(w, "output_total", static_cast<std::int64_t>(step.output_total));
        put_seconds(w, "took_s", step.took);
        w.end_object();
    }
    w.end_array();
    if (result.started_at) put_time(w, "started_at", *result.started_at);
    if (result.finished_at) put_time(w, "finished_at", *result.finished_at);
}

void write(Writer& writer, domain::CommandResult const& result) {
    writer.begin_object();
    result_members(writer, result);
    writer.end_object();
}

base::Result<domain::CommandResult> read_result(base::json::Value value) {
    return read_value(value, result_from);
}

std::string encode(domain::CommandResult const& result) {
    Writer w;
    w.begin_object().member("v", kWireVersion);
    result_members(w, result);
    return w.end_object().take();
}

template <>
base::Result<domain::CommandResult> decode<domain::CommandResult>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, [](Reader& r) {
        r.version();
        return result_from(r);
    });
}

std::string encode(domain::Command const& command) {
    Writer w;
    w.begin_object().member("v", kWireVersion);
    w.member("id", command.id).member("host", command.host.text());
    put_integer(w, "incarnation", command.incarnation);
    put_integer(w, "epoch", command.epoch);
    w.member("session", command.session);
    put_integer(w, "counter", command.counter);
    put_time(w, "issued_at", command.issued_at);
    put_time(w, "expires_at", command.expires_at);
    w.member("incident", command.incident).member("attempt", command.attempt);
    put_text(w, "actor", command.actor, kActorMax);
    put_text(w, "reason", command.reason, kDetailMax);
    std::visit([&](auto const& order) { write_order(w, order); }, command.order);
    w.key("limits").begin_object();
    put_seconds(w, "timeout_s", command.limits.timeout);
    w.member("output_bytes", command.limits.output_bytes).end_object();
    if (!command.approval.empty()) w.member("approval", command.approval);
    return w.end_object().take();
}

template <>
base::Result<domain::Command> decode<domain::Command>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, command_from);
}

std::string encode(Cancel const& message) {
    Writer w;
    w.begin_object().member("v", kWireVersion);
    w.member("id", message.id).member("host", message.host.text());
    put_integer(w, "epoch", message.epoch);
    w.member("session", message.session);
    put_integer(w, "counter", message.counter);
    put_text(w, "reason", message.reason, kDetailMax);
    return w.end_object().take();
}

template <>
base::Result<Cancel> decode<Cancel>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, cancel_from);
}

std::string encode(Ack const& message) {
    Writer w;
    w.begin_object().member("v", kWireVersion);
    w.member("host", message.host.text()).member("id", message.id);
    w.member("session", message.session).member("state", to_string(message.state));
    w.member("code", to_string(message.code));
    put_text(w, "detail", message.detail, kDetailMax);
    return w.end_object().take();
}

template <>
base::Result<Ack> decode<Ack>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, ack_from);
}

std::string encode(Approval const& message) {
    Writer w;
    w.begin_object().member("v", kWireVersion);
    w.member("id", message.id).member("host", message.host.text());
    w.member("plan_hash", message.plan_hash);
    put_time(w, "expires_at", message.expires_at);
    w.member("approved", message.approved);
    put_text(w, "actor", message.actor, kActorMax);
    put_text(w, "reason", message.reason, kDetailMax);
    return w.end_object().take();
}

template <>
base::Result<Approval> decode<Approval>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {.bytes_max = kApprovalMax}, [](Reader& r) {
        r.version();
        return Approval{.id = r.text("id", kUlid),
                        .host = r.host("host"),
                        .plan_hash = r.text("plan_hash", kDigest),
                        .expires_at = r.time("expires_at"),
                        .approved = r.boolean("approved"),
                        .actor = r.text("actor", kActorMax),
                        .reason = r.text("reason", kDetailMax)};
    });
}

base::Result<Press> decode_press(std::string_view offer, std::string_view payload,
                                 std::string_view fallback_id) {
    if (!kName.matches(offer)) return base::fail(base::Code::invalid, "the offer's name is none");
    if (payload == "PRESS") return Press{std::string{fallback_id}, std::string{offer}, {}};
    base::json::Limits const limits{.bytes_max = kPressBytesMax};
    return read_payload(payload, Keys::open, limits, [&](Reader& r) {
        r.optional_version();
        Press press;
        press.id = r.has("id") ? r.text("id", kPressId) : std::string{fallback_id};
        press.offer = offer;
        if (r.has("params")) press.params = params_from(r, "params");
        return press;
    });
}

}  // namespace wire
