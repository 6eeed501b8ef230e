#include "agent/app/join.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include "agent/adapters/join_channel.hpp"
#include "agent/app/join_files.hpp"
#include "common/base/file_writing.hpp"
#include "common/trust/certificates.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/join_secrets.hpp"
#include "common/trust/requests.hpp"

namespace agent {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using base::Status;

constexpr base::Duration kReachWithin{10'000};

// libmosquitto reads the authority from a file.
class TemporaryFile {
  public:
    explicit TemporaryFile(std::string_view text) {
        std::string path = (fs::temp_directory_path() / "tomte-join-XXXXXX").string();
        int const fd = ::mkostemp(path.data(), O_CLOEXEC);
        if (fd < 0) return;
        path_ = path;
        good_ = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        ::close(fd);
    }
    ~TemporaryFile() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    TemporaryFile(TemporaryFile const&) = delete;
    TemporaryFile& operator=(TemporaryFile const&) = delete;
    std::string const& path() const { return path_; }
    bool good() const { return good_; }

  private:
    std::string path_;
    bool good_ = false;
};

// What is asked, by whom it must be answered, and the answer.
class Asking {
  public:
    Asking(wire::JoinLink const& link, std::string request_pem)
        : key_(trust::join_key(link.token)) {
        auto body =
            wire::encode(wire::JoinRequest{link.host, std::move(request_pem), TOMTE_VERSION});
        auto mac = trust::join_mac(key_, "request|" + body);
        text_ = wire::encode(wire::Sealed{std::move(body), std::move(mac)});
    }

    std::string const& text() const { return text_; }
    // Whoever cannot make the MAC does not hold the token: not the coordinator, so not heard.
    bool heard(std::string_view message) {
        auto const sealed = wire::decode_sealed(message);
        if (!sealed || !trust::equal_in_constant_time(
                           trust::join_mac(key_, "answer|" + sealed->body), sealed->mac))
            return false;
        auto answer = wire::decode_join_answer(sealed->body);
        if (!answer || answer->state == wire::JoinState::waiting) return false;
        answer_ = *std::move(answer);
        return true;
    }
    wire::JoinAnswer const& answer() const { return answer_; }

  private:
    std::string key_;
    std::string text_;
    wire::JoinAnswer answer_;
};

// The certificate is ours, for our key, and of the authority that was pinned.
Status check_answer(wire::JoinLink const& link, trust::PrivateKey const& key,
                    std::string const& ca_pem, wire::JoinAnswer const& answer) {
    auto const facts = trust::read_certificate(answer.certificate_pem);
    if (!facts) return tl::make_unexpected(facts.error());
    auto const certified = trust::certificate_key(answer.certificate_pem);
    if (!certified) return tl::make_unexpected(certified.error());
    if (facts->common_name != link.host.text() || certified->id() != key.public_key().id())
        return fail(Code::denied, "the certificate that came is for somebody else");
    if (auto chain = trust::verify_chain(answer.certificate_pem, ca_pem, facts->not_before);
        !chain)
        return chain.map_error(base::with_context("the certificate that came"));
    if (auto const command = trust::PublicKey::from_pem(answer.command_key_pem); !command)
        return tl::make_unexpected(base::with_context("the coordinator's key")(command.error()));
    if (answer.approver_keys_pem.empty()) return {};
    auto const approvers = trust::PublicKey::all_from_pem(answer.approver_keys_pem);
    if (approvers) return {};
    return tl::make_unexpected(base::with_context("the approvers' keys")(approvers.error()));
}

Result<wire::JoinAnswer> ask(wire::JoinLink const& link, JoinOptions const& options,
                             std::string const& ca_pem, std::string const& request) {
    TemporaryFile const ca_file{ca_pem};
    if (!ca_file.good()) return fail(Code::unavailable, "no temporary file can be written");
    Asking asking{link, request};
    Talk const talk{.say_on = wire::enroll_topic(link.invite, wire::EnrollLeaf::request),
                    .say = asking.text(),
                    .listen_on = wire::enroll_topic(link.invite, wire::EnrollLeaf::answer),
                    .heard = [&](std::string_view text) { return asking.heard(text); },
                    .within = options.patience};
    JoinDoor const door{link.broker_host, link.broker_port, wire::invite_user(link.invite),
                        trust::join_password(link.token), ca_file.path()};
    if (auto talked = converse(door, talk); !talked) return tl::make_unexpected(talked.error());
    if (asking.answer().state == wire::JoinState::refused)
        return fail(Code::denied, "the fleet refused: " + asking.answer().reason);
    return asking.answer();
}

std::vector<std::string> names_known(std::vector<std::string> const& wanted,
                                     std::vector<wire::ShippedRemedy> const& shipped,
                                     JoinTalk const& talk) {
    std::vector<std::string> known;
    for (auto const& name : wanted) {
        bool found = false;
        for (auto const& remedy : shipped) found = found || remedy.name == name;
        if (found)
            known.push_back(name);
        else
            talk.say("There is no shipped remedy '" + name + "' that may run alone: left out");
    }
    return known;
}

}  // namespace

Status join(JoinOptions const& options, JoinTalk const& talk) {
    auto const link = wire::parse_join_link(options.link);
    if (!link) return tl::make_unexpected(link.error());
    if (auto is_free = check_free(options); !is_free) return is_free;
    auto ca = fetch_authority(link->broker_host, link->broker_port, link->ca_fingerprint,
                              kReachWithin);
    if (!ca) return tl::make_unexpected(ca.error());
    auto const key = trust::PrivateKey::generate();
    auto const request = trust::make_request(key, link->host.text());
    if (!request) return tl::make_unexpected(request.error());
    talk.say("This host shows these six words. The one who invited it sees the same, or somebody "
             "is in between:\n\n    " +
             trust::six_words(link->invite + "|" + link->ca_fingerprint + "|" + *request) + "\n");
    talk.step("ask");
    auto answer = ask(*link, options, *ca, *request);
    if (!answer) return tl::make_unexpected(answer.error());
    if (auto right = check_answer(*link, key, *ca, *answer); !right) return right;
    auto allowed = options.allow ? names_known(*options.allow, answer->remedies, talk)
                                 : talk.choose(answer->remedies);
    return keep_joined(options,
                       {*link, *std::move(answer), *std::move(ca), key.to_pem(),
                        std::move(allowed)},
                       talk);
}

}  // namespace agent
