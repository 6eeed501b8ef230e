#include "common/audit/heads.hpp"

#include <algorithm>

#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace audit {

std::string host_owner(std::string_view host) { return "host/" + std::string{host}; }
std::string site_owner(std::string_view site) { return "site/" + std::string{site}; }

std::string sign_head(trust::PrivateKey const& key, wire::ChainHead const& head) {
    return trust::sign(trust::Purpose::chain_head, key, wire::encode(head));
}

base::Result<wire::ChainHead> open_head(trust::PublicKey const& key, std::string_view proof) {
    if (auto const payload = trust::verify(trust::Purpose::chain_head, key, proof))
        return wire::decode<wire::ChainHead>(*payload);
    auto const payload = trust::verify(trust::Purpose::heartbeat, key, proof);
    if (!payload) return tl::make_unexpected(payload.error());
    auto const beat = wire::decode<wire::CoordinatorHeartbeat>(*payload);
    if (!beat) return tl::make_unexpected(beat.error());
    if (!beat->journal) return base::fail(base::Code::invalid, "a heartbeat without a head");
    return wire::ChainHead{site_owner(beat->site), *beat->journal, beat->time};
}

AnchorCheck::AnchorCheck(std::vector<Anchor> anchors) : anchors_(std::move(anchors)) {
    std::ranges::stable_sort(anchors_, {}, [](Anchor const& one) { return one.head.head.seq; });
}

base::Status AnchorCheck::at(Position const& at) {
    // Rows before the walk's beginning are pruned; what was said of them cannot be looked up.
    while (next_ < anchors_.size() && anchors_[next_].head.head.seq < at.seq) ++next_;
    while (next_ < anchors_.size() && anchors_[next_].head.head.seq == at.seq) {
        auto const& anchor = anchors_[next_++];
        if (anchor.head.head.hash != at.hash)
            return bad_row(at.seq, "or one before it, but after row " +
                                       std::to_string(good_through_) +
                                       ", is not what it was: the head signed at " +
                                       base::to_rfc3339(anchor.head.time) + " (kept by " +
                                       anchor.kept_by + ") says otherwise");
        good_through_ = at.seq;
        ++held_;
    }
    return {};
}

base::Status AnchorCheck::finish(Position const& end) const {
    if (next_ == anchors_.size()) return {};
    auto const& last = anchors_.back();
    return bad_row(end.seq + 1, "is missing: the head signed at " +
                                    base::to_rfc3339(last.head.time) + " (kept by " +
                                    last.kept_by + ") knows rows up to " +
                                    std::to_string(last.head.head.seq));
}

}  // namespace audit
