#include "common/trust/jws.hpp"

#include <array>
#include <utility>

#include "common/base/check.hpp"
#include "common/trust/hash.hpp"

namespace trust {
namespace {

using base::Code;

std::string pinned_header(Purpose purpose, std::string_view key_id) {
    std::string header = R"({"alg":"ES256","kid":")";
    header += key_id;
    header += R"(","typ":"tomte-)";
    header += to_string(purpose);
    header += R"("})";
    return to_base64url(header);
}

struct Parts {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
};

base::Result<Parts> split(std::string_view envelope) {
    if (envelope.size() > kEnvelopeBytesMax)
        return base::fail(Code::invalid,
                          "envelope of " + std::to_string(envelope.size()) + " bytes, more than " +
                              std::to_string(kEnvelopeBytesMax));
    auto const first = envelope.find('.');
    auto const second =
        first == std::string_view::npos ? first : envelope.find('.', first + 1);
    if (second == std::string_view::npos ||
        envelope.find('.', second + 1) != std::string_view::npos)
        return base::fail(Code::invalid, "an envelope has three parts: header.payload.signature");
    return Parts{envelope.substr(0, first), envelope.substr(first + 1, second - first - 1),
                 envelope.substr(second + 1)};
}

base::Status check_signature(Purpose purpose, PublicKey const& key, Parts const& parts,
                             std::string_view encoded_payload) {
    auto const header = pinned_header(purpose, key.id());
    if (parts.header != header)
        return base::fail(Code::denied, "the header is not that of a " +
                                            std::string{to_string(purpose)} + " signed by key " +
                                            key.id());
    auto const signature = from_base64url(parts.signature);
    if (!signature || signature->size() != 64)
        return base::fail(Code::invalid, "the signature must be 64 bytes in base64url");
    std::string input = header;
    input += '.';
    input += encoded_payload;
    if (!key.verify(input, *signature))
        return base::fail(Code::denied, "the signature does not match");
    return {};
}

}  // namespace

std::string_view to_string(Purpose purpose) {
    switch (purpose) {
        case Purpose::command: return "command";
        case Purpose::cancel: return "cancel";
        case Purpose::welcome: return "welcome";
        case Purpose::heartbeat: return "heartbeat";
        case Purpose::document: return "document";
        case Purpose::journal_ack: return "journal-ack";
        case Purpose::freeze: return "freeze";
        case Purpose::chain_head: return "chain-head";
        case Purpose::journal_export: return "journal-export";
        case Purpose::birth: return "birth";
        case Purpose::ack: return "ack";
        case Purpose::result: return "result";
        case Purpose::journal: return "journal";
        case Purpose::approval: return "approval";
        case Purpose::thaw: return "thaw";
    }
    CHECK(false);
}

std::string sign(Purpose purpose, PrivateKey const& key, std::string_view payload) {
    auto envelope = pinned_header(purpose, key.public_key().id());
    envelope += '.';
    envelope += to_base64url(payload);
    auto const signature = key.sign(envelope);
    envelope += '.';
    envelope += to_base64url(signature);
    return envelope;
}

base::Result<std::string> verify(Purpose purpose, PublicKey const& key,
                                 std::string_view envelope) {
    auto const parts = split(envelope);
    if (!parts) return tl::make_unexpected(parts.error());
    if (auto const ok = check_signature(purpose, key, *parts, parts->payload); !ok)
        return tl::make_unexpected(ok.error());
    return from_base64url(parts->payload);
}

std::string sign_detached(Purpose purpose, PrivateKey const& key, std::string_view payload) {
    auto const header = pinned_header(purpose, key.public_key().id());
    auto const signature = key.sign(header + '.' + to_base64url(payload));
    return header + ".." + to_base64url(signature);
}

base::Status verify_detached(Purpose purpose, PublicKey const& key, std::string_view payload,
                             std::string_view signature) {
    if (payload.size() > kEnvelopeBytesMax)
        return base::fail(Code::invalid, "payload of " + std::to_string(payload.size()) +
                                             " bytes, more than " +
                                             std::to_string(kEnvelopeBytesMax));
    auto const parts = split(signature);
    if (!parts) return tl::make_unexpected(parts.error());
    if (!parts->payload.empty())
        return base::fail(Code::invalid, "a detached signature carries no payload");
    return check_signature(purpose, key, *parts, to_base64url(payload));
}

std::string attach(std::string_view payload, std::string_view detached) {
    auto const dots = detached.find("..");
    CHECK(dots != std::string_view::npos);
    std::string envelope{detached.substr(0, dots + 1)};
    envelope += to_base64url(payload);
    envelope += detached.substr(dots + 1);
    return envelope;
}

}  // namespace trust
