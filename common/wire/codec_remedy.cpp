// Documents: the remedies a host may be ordered to run, and what it says of the document.
#include "common/wire/codec.hpp"
#include "common/wire/codec_parts.hpp"

namespace wire {
namespace {

using base::json::Writer;

constexpr std::size_t kRemediesMax = 256;
constexpr std::size_t kListMax = 64;
constexpr base::Duration kStepMax = std::chrono::hours{24};

void put_step(Writer& w, domain::Step const& step) {
    w.begin_object().member("verb", step.verb);
    put_params(w, "args", step.args);
    put_seconds(w, "timeout_s", step.timeout);
    w.end_object();
}

void put_steps(Writer& w, std::string_view key, std::vector<domain::Step> const& steps) {
    w.key(key).begin_array();
    for (auto const& step : steps) put_step(w, step);
    w.end_array();
}

domain::Step step_from(Reader r) {
    domain::Step step;
    step.verb = r.text("verb", kName);
    step.args = params_from(r, "args");
    step.timeout = r.seconds("timeout_s", kStepMax);
    r.finish(Keys::closed);
    return step;
}

std::vector<domain::Step> steps_from(Reader& r, std::string_view key) {
    std::vector<domain::Step> steps;
    r.each(key, kStepsMax, [&](Reader& step) { steps.push_back(step_from(step)); });
    return steps;
}

domain::Check check_from(Reader r) {
    domain::Check check;
    check.step = step_from(r.object("step"));
    check.within = r.seconds("within_s", kStepMax);
    check.every = r.seconds("every_s", kStepMax);
    r.finish(Keys::closed);
    return check;
}

domain::ParamSpec param_from(Reader& r) {
    domain::ParamSpec param;
    param.name = r.text("name", kName);
    param.type = r.choice("type", domain::parse_param_type);
    param.from = r.texts("from", kListMax, 256);
    if (r.has("default")) param.otherwise = r.text("default", kParamCaps.value_bytes);
    r.finish(Keys::closed);
    return param;
}

domain::Answer answer_from(Reader& r) {
    domain::Answer answer;
    answer.signal = r.text("signal", 256);
    answer.labels = r.entries("labels", kLabelCaps);
    r.finish(Keys::closed);
    return answer;
}

}  // namespace

domain::Remedy remedy_from(Reader& r) {
    domain::Remedy remedy;
    r.version();
    remedy.name = r.text("name", kName);
    remedy.title = r.text("title", kDetailMax);
    remedy.risk = r.choice("risk", domain::parse_risk);
    r.each("answers", kListMax,
           [&](Reader& answer) { remedy.answers.push_back(answer_from(answer)); });
    remedy.subject_kind = r.choice("subject_kind", domain::parse_subject_kind);
    remedy.subject_param = r.text("subject_param", 64);
    r.each("params", kParamCaps.count,
           [&](Reader& param) { remedy.params.push_back(param_from(param)); });
    remedy.preconditions = steps_from(r, "preconditions");
    remedy.steps = steps_from(r, "steps");
    if (r.has("check")) remedy.check = check_from(r.object("check"));
    remedy.undo = steps_from(r, "undo");
    remedy.timeout = r.seconds("timeout_s", kStepMax);
    remedy.hash = r.text("hash", kDigestOrNone);
    return remedy;
}

void write(Writer& w, domain::Remedy const& remedy) {
    w.begin_object().member("v", remedy.v).member("name", remedy.name);
    w.member("title", remedy.title).member("risk", to_string(remedy.risk));
    w.key("answers").begin_array();
    for (auto const& answer : remedy.answers) {
        w.begin_object().member("signal", answer.signal);
        put_params(w, "labels", answer.labels);
        w.end_object();
    }
    w.end_array().member("subject_kind", to_string(remedy.subject_kind));
    w.member("subject_param", remedy.subject_param).key("params").begin_array();
    for (auto const& param : remedy.params) {
        w.begin_object().member("name", param.name).member("type", to_string(param.type));
        put_texts(w, "from", param.from);
        w.member("default", param.otherwise).end_object();
    }
    w.end_array();
    put_steps(w, "preconditions", remedy.preconditions);
    put_steps(w, "steps", remedy.steps);
    if (remedy.check) {
        put_step(w.key("check").begin_object().key("step"), remedy.check->step);
        put_seconds(w, "within_s", remedy.check->within);
        put_seconds(w, "every_s", remedy.check->every);
        w.end_object();
    }
    put_steps(w, "undo", remedy.undo);
    put_seconds(w, "timeout_s", remedy.timeout);
    w.member("hash", remedy.hash).end_object();
}

base::Result<domain::Remedy> read_remedy(base::json::Value value) {
    return read_value(value, remedy_from);
}

std::string encode(RemediesDocument const& message) {
    Writer w;
    w.begin_object().member("v", kWireVersion);
    put_integer(w, "rev", message.rev);
    w.key("remedies").begin_array();
    for (auto const& remedy : message.remedies) write(w, remedy);
    return w.end_array().end_object().take();
}

template <>
base::Result<RemediesDocument> decode<RemediesDocument>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, [](Reader& r) {
        r.version();
        RemediesDocument document;
        document.rev = r.integer("rev", 0, kInt64Max);
        r.each("remedies", kRemediesMax, [&](Reader& element) {
            document.remedies.push_back(remedy_from(element));
            element.finish(Keys::closed);
        });
        return document;
    });
}

std::string encode(Reported const& message) {
    Writer w;
    w.begin_object().member("v", kWireVersion).member("document", message.document);
    put_integer(w, "rev", message.rev);
    w.member("digest", message.digest).member("applied", message.applied);
    put_text(w, "reason", message.reason, kDetailMax);
    return w.end_object().take();
}

template <>
base::Result<Reported> decode<Reported>(std::string_view payload) {
    return read_payload(payload, Keys::open, {}, [](Reader& r) {
        r.version();
        Reported reported;
        reported.document = r.text("document", kName);
        reported.rev = r.integer("rev", 0, kInt64Max);
        reported.digest = r.text("digest", kDigestOrNone);
        reported.applied = r.boolean("applied");
        reported.reason = r.text("reason", kDetailMax);
        return reported;
    });
}

}  // namespace wire
