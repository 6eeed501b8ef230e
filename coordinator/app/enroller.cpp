#include "coordinator/app/enroller.hpp"

#include <charconv>

#include "common/adapters/log.hpp"
#include "common/trust/certificates.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/join_secrets.hpp"
#include "common/trust/requests.hpp"

namespace coordinator {

using adapters::log;
using adapters::LogLevel;
using base::Code;
using base::fail;

namespace {

// A host renews once in twenty days; whoever asks more often is not made to wait but ignored.
constexpr base::Duration kRenewalPause{60'000};

// What a person compares: who joins, by which key, at which fleet.
std::string words_of(std::string const& invite, std::string const& ca_fingerprint,
                     std::string const& request) {
    return trust::six_words(invite + "|" + ca_fingerprint + "|" + request);
}

std::string sealed(std::string const& key, wire::JoinAnswer const& answer) {
    auto body = wire::encode(answer);
    auto mac = trust::join_mac(key, "answer|" + body);
    return wire::encode(wire::Sealed{std::move(body), std::move(mac)});
}

wire::JoinAnswer refusal(std::string reason) {
    wire::JoinAnswer answer;
    answer.state = wire::JoinState::refused;
    answer.reason = std::move(reason);
    return answer;
}

base::Result<std::pair<std::string, int>> parse_listener(std::string const& text) {
    auto const colon = text.rfind(':');
    int port = 0;
    if (colon != std::string::npos)
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    if (colon == std::string::npos || colon == 0 || port < 1 || port > 65535)
        return fail(Code::unavailable,
                    "enroll.listener is '" + text + "', not the address:port where hosts join");
    return std::pair{text.substr(0, colon), port};
}

}  // namespace

Enroller::Enroller(EnrollerSettings settings, Authority authority, RegistryBook& registry,
                   EnrollerSinks sinks)
    : settings_(std::move(settings)),
      registry_(registry),
      sinks_(std::move(sinks)),
      authority_(std::move(authority)),
      renewal_hash_(trust::mosquitto_password_hash(
          trust::renewal_password(authority_.fingerprint_hex()))) {}

base::Status Enroller::start() {
    std::lock_guard const lock{mutex_};
    return write_broker_files(true);
}

void Enroller::tidy() {
    std::lock_guard const lock{mutex_};
    if (!invites_.expire(sinks_.now().boot)) return;
    if (auto written = write_broker_files(false); !written)
        log(LogLevel::warning, "enroll.broker_files", {{"reason", written.error().message}});
}

base::Status Enroller::write_broker_files(bool with_revocations) {
    if (settings_.broker_files.empty()) return {};
    auto const now = sinks_.now();
    BrokerRights rights;
    rights.site = settings_.site;
    auto const registry = registry_.current();
    for (auto const& host : registry.hosts()) rights.hosts.push_back(host.host);
    std::map<std::string, std::string> open;
    for (auto const* invite : invites_.list(now.boot))
        if (auto const hash = passwords_.find(invite->id); hash != passwords_.end())
            open.insert(*hash);
    passwords_ = std::move(open);
    for (auto const& [id, hash] : passwords_) rights.invites.push_back({id, hash});
    rights.renewal_hash = renewal_hash_;
    if (with_revocations) {
        auto list = authority_.revocation_list(now.wall);
        if (!list) return tl::make_unexpected(list.error());
        rights.revocation_list = *std::move(list);
    }
    return BrokerFiles{settings_.broker_files}.write(rights);
}

base::Result<InviteMade> Enroller::invite(InviteOrder const& order) {
    auto const host = domain::HostId::parse(order.host);
    if (!host)
        return fail(Code::invalid, "'" + order.host +
                                       "' is no name for a host: small letters, digits and '-', "
                                       "at most 63, and none that services carry");
    auto const listener = parse_listener(settings_.listener);
    if (!listener) return tl::make_unexpected(listener.error());
    if (settings_.broker_files.empty())
        return fail(Code::unavailable,
                    "the broker's files are not ours to write (enroll.broker_files): nobody can "
                    "be let in by invitation");
    if (!order.replace && registry_.current().find(*host) != nullptr)
        return fail(Code::denied, "host " + order.host +
                                      " belongs to the fleet already; to take it in anew, and "
                                      "revoke what it has, say --replace");
    auto const token = trust::random_token();
    auto const now = sinks_.now();
    Invite fresh{.id = trust::random_token().substr(0, 16),
                 .host = *host,
                 .key = trust::join_key(token),
                 .token_only = order.token_only,
                 .replace = order.replace,
                 .until = now.boot + Invites::kLife};
    std::lock_guard const lock{mutex_};
    if (auto added = invites_.add(fresh, now.boot); !added)
        return tl::make_unexpected(added.error());
    passwords_[fresh.id] = trust::mosquitto_password_hash(trust::join_password(token));
    if (auto written = write_broker_files(false); !written)
        return tl::make_unexpected(written.error());
    log(LogLevel::info, "enroll.invited",
        {{"host", order.host}, {"invite", fresh.id}, {"replace", order.replace}});
    wire::JoinLink const link{listener->first, listener->second, *host,
                              fresh.id,        token,            authority_.fingerprint_hex()};
    return InviteMade{fresh.id, wire::to_text(link), now.wall + Invites::kLife};
}

std::vector<InviteReport> Enroller::invites() {
    std::lock_guard const lock{mutex_};
    std::vector<InviteReport> all;
    for (auto const* invite : invites_.list(sinks_.now().boot))
        all.push_back({invite->id, invite->host.text(), std::string{to_string(invite->state)},
                       invite->words, invite->reason, invite->token_only});
    return all;
}

base::Status Enroller::decide(std::string const& id, std::string const& words, bool accept) {
    std::lock_guard const lock{mutex_};
    auto decided = invites_.decide(id, words, accept, sinks_.now().boot);
    if (!decided) return tl::make_unexpected(decided.error());
    auto& invite = **decided;
    if (accept) {
        if (auto issued = issue(invite); !issued) return issued;
    }
    auto const answer =
        accept ? invite.answer : sealed(invite.key, refusal("the operator refused"));
    sinks_.tell(wire::enroll_topic(id, wire::EnrollLeaf::answer), answer);
    return {};
}

// In this order: what can be revoked is known, then the host, then the broker. A crash in between
// leaves a certificate that nobody holds, or a host that cannot connect; never one that is trusted
// by half.
base::Status Enroller::issue(Invite& invite) {
    auto const request = trust::read_request(invite.request);
    if (!request) return tl::make_unexpected(request.error());
    auto const now = sinks_.now();
    auto const registry = registry_.current();
    auto const* before = registry.find(invite.host);
    if (before != nullptr && !invite.replace)
        return fail(Code::denied, "host " + invite.host.text() + " belongs to the fleet already");
    RegisteredHost host{invite.host, {}, 1, request->key};
    if (before != nullptr) {
        host.aliases = before->aliases;
        host.incarnation = before->incarnation + 1;
    }
    // Also of a host that was revoked and comes back: nothing of before holds.
    if (auto ok = authority_.revoke(invite.host.text(), now.wall); !ok) return ok;
    auto certificate = authority_.issue(invite.host.text(), request->key, now.wall);
    if (!certificate) return tl::make_unexpected(certificate.error());
    if (auto ok = registry_.put(host); !ok) return ok;
    if (auto ok = write_broker_files(true); !ok) return ok;
    sinks_.know(invite.host, request->key);
    sinks_.post(HostEnrolled{invite.host, host.incarnation, host.aliases});

    wire::JoinAnswer answer;
    answer.state = wire::JoinState::issued;
    answer.certificate_pem = *std::move(certificate);
    answer.command_key_pem = settings_.command_key_pem;
    answer.approver_keys_pem = settings_.approver_keys_pem;
    answer.site = settings_.site;
    answer.broker_host = settings_.broker_host;
    answer.broker_port = settings_.broker_port;
    answer.incarnation = host.incarnation;
    answer.remedies = settings_.remedies;
    invite.answer = sealed(invite.key, answer);
    invite.state = InviteState::issued;
    log(LogLevel::info, "enroll.joined",
        {{"host", invite.host.text()}, {"incarnation", host.incarnation}});
    return {};
}

base::Status Enroller::revoke(std::string const& name) {
    auto const host = domain::HostId::parse(name);
    std::lock_guard const lock{mutex_};
    if (!host || registry_.current().find(*host) == nullptr)
        return fail(Code::not_found, "there is no host '" + name + "' in the fleet");
    // Deaf first, then at the broker: whatever fails below, it is heard no more.
    sinks_.forget(*host);
    if (auto ok = authority_.revoke(name, sinks_.now().wall); !ok) return ok;
    if (auto ok = registry_.remove(*host); !ok) return ok;
    sinks_.post(HostRevoked{*host});
    log(LogLevel::info, "enroll.revoked", {{"host", name}});
    return write_broker_files(true);
}

Enroller::Reply Enroller::heard(std::string_view topic, std::string_view payload) {
    auto const where = wire::parse_enroll_topic(topic);
    if (!where) return std::nullopt;
    std::lock_guard const lock{mutex_};
    if (where->leaf == wire::EnrollLeaf::request) return request(where->id, payload);
    if (where->leaf == wire::EnrollLeaf::renewal) return renewal(where->id, payload);
    return std::nullopt;
}

Enroller::Reply Enroller::request(std::string const& id, std::string_view payload) {
    auto const now = sinks_.now().boot;
    auto const* invite = invites_.find(id, now);
    auto const message = wire::decode_sealed(payload);
    if (invite == nullptr || !message) return std::nullopt;
    auto const key = invite->key;
    auto const topic = wire::enroll_topic(id, wire::EnrollLeaf::answer);
    // Whoever cannot make it does not hold the token, and is answered nothing.
    if (!trust::equal_in_constant_time(trust::join_mac(key, "request|" + message->body),
                                       message->mac)) {
        log(LogLevel::warning, "enroll.wrong_token", {{"invite", id}});
        return std::nullopt;
    }
    auto const answer = claim(id, *message);
    if (answer && answer->state == wire::JoinState::issued)
        return std::pair{topic, invites_.find(id, now)->answer};
    if (!answer)
        log(LogLevel::warning, "enroll.refused",
            {{"invite", id}, {"reason", answer.error().message}});
    return std::pair{topic, sealed(key, answer ? *answer : refusal(answer.error().message))};
}

base::Result<wire::JoinAnswer> Enroller::claim(std::string const& id,
                                               wire::Sealed const& message) {
    auto const request = wire::decode_join_request(message.body);
    if (!request) return tl::make_unexpected(request.error());
    auto const facts = trust::read_request(request->request_pem);
    if (!facts) return tl::make_unexpected(facts.error());
    if (facts->common_name != request->host.text())
        return fail(Code::denied, "the request is for another host");
    auto claimed = invites_.claim(id, request->host, request->request_pem,
                                  words_of(id, authority_.fingerprint_hex(), request->request_pem),
                                  sinks_.now().boot);
    if (!claimed) return tl::make_unexpected(claimed.error());
    auto& invite = **claimed;
    if (invite.state == InviteState::claimed && invite.token_only)
        if (auto issued = issue(invite); !issued) return tl::make_unexpected(issued.error());
    wire::JoinAnswer answer;
    if (invite.state == InviteState::issued) answer.state = wire::JoinState::issued;
    if (invite.state == InviteState::refused) return refusal(invite.reason);
    return answer;
}

Enroller::Reply Enroller::renewal(std::string const& id, std::string_view payload) {
    auto const now = sinks_.now().boot;
    if (auto const last = renewed_.find(id);
        last != renewed_.end() && now < last->second + kRenewalPause)
        return std::nullopt;
    auto const certificate = renew(id, payload);
    if (certificate) {
        renewed_[id] = now;
        log(LogLevel::info, "enroll.renewed", {{"host", id}});
    } else {
        log(LogLevel::warning, "enroll.not_renewed",
            {{"host", id}, {"reason", certificate.error().message}});
    }
    return std::pair{wire::enroll_topic(id, wire::EnrollLeaf::renewed),
                     wire::encode(certificate
                                      ? wire::Renewed{*certificate, ""}
                                      : wire::Renewed{"", certificate.error().message})};
}

base::Result<std::string> Enroller::renew(std::string const& id, std::string_view payload) {
    auto const host = domain::HostId::parse(id);
    auto const registry = registry_.current();
    auto const* known = host ? registry.find(*host) : nullptr;
    if (known == nullptr) return fail(Code::denied, "not a host of this fleet");
    auto const request = trust::read_request(payload);
    if (!request) return tl::make_unexpected(request.error());
    // The request is signed by the key in it; that this is the host's is all the proof there is.
    if (request->common_name != id || request->key.id() != known->key.id())
        return fail(Code::denied, "not signed by the key of this host");
    auto const now = sinks_.now().wall;
    auto const until = authority_.valid_until(id);
    if (!until || now > *until + kRenewableAfterEnd)
        return fail(Code::denied, "revoked, or expired too long ago: the host must join anew");
    return authority_.issue(id, known->key, now);
}

}  // namespace coordinator
