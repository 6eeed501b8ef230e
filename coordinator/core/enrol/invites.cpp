#include "coordinator/core/enrol/invites.hpp"

#include <utility>

namespace coordinator {

using base::Code;
using base::fail;

std::string_view to_string(InviteState state) {
    switch (state) {
        case InviteState::open: return "open";
        case InviteState::claimed: return "claimed";
        case InviteState::issued: return "issued";
        case InviteState::refused: return "refused";
    }
    return "";
}

base::Status Invites::add(Invite invite, base::BootTime now) {
    expire(now);
    if (invites_.size() >= kOpenMax)
        return fail(Code::busy, "too many invitations are open: wait until some have run out");
    auto id = invite.id;
    invites_.insert_or_assign(std::move(id), std::move(invite));
    return {};
}

Invite* Invites::live(std::string const& id, base::BootTime now) {
    auto const found = invites_.find(id);
    return found == invites_.end() || now >= found->second.until ? nullptr : &found->second;
}

base::Result<Invite*> Invites::claim(std::string const& id, domain::HostId const& host,
                                     std::string const& request, std::string const& words,
                                     base::BootTime now) {
    auto* invite = live(id, now);
    if (invite == nullptr)
        return fail(Code::not_found, "this invitation is unknown or has run out: invite again");
    if (invite->host != host)
        return fail(Code::denied, "this invitation is for another host");
    if (invite->state == InviteState::open) {
        invite->state = InviteState::claimed;
        invite->request = request;
        invite->words = words;
    } else if (invite->request != request) {
        return fail(Code::denied,
                    "somebody else used this invitation before: if that was not you, refuse it "
                    "and invite again");
    }
    return invite;
}

base::Result<Invite*> Invites::decide(std::string const& id, std::string const& words, bool accept,
                                      base::BootTime now) {
    auto* invite = live(id, now);
    if (invite == nullptr)
        return fail(Code::not_found, "this invitation is unknown or has run out");
    if (invite->state == InviteState::open && accept)
        return fail(Code::invalid, "nobody has used this invitation yet");
    if (invite->state == InviteState::issued || invite->state == InviteState::refused)
        return fail(Code::denied, "this invitation was decided before");
    if (accept && words != invite->words)
        return fail(Code::invalid, "these are not the words of the one who came");
    if (!accept) {
        invite->state = InviteState::refused;
        invite->reason = "the operator refused";
    }
    return invite;
}

Invite const* Invites::find(std::string const& id, base::BootTime now) { return live(id, now); }

std::vector<Invite const*> Invites::list(base::BootTime now) {
    std::vector<Invite const*> all;
    for (auto const& [id, invite] : invites_)
        if (now < invite.until) all.push_back(&invite);
    return all;
}

bool Invites::expire(base::BootTime now) {
    return std::erase_if(invites_, [&](auto const& one) { return now >= one.second.until; }) > 0;
}

}  // namespace coordinator
