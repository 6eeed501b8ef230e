// Signed heads: "my journal's chain had this value after this row". Both sides sign theirs and keep
// the other's, so that who rewrites or cuts one journal is contradicted by the other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/audit/chain.hpp"
#include "common/base/result.hpp"
#include "common/trust/keys.hpp"
#include "common/wire/messages.hpp"

namespace audit {

std::string host_owner(std::string_view host);  // "host/nexus"
std::string site_owner(std::string_view site);  // "site/home"

std::string sign_head(trust::PrivateKey const& key, wire::ChainHead const& head);

// Takes a signed head, or a coordinator's signed heartbeat that carries one. Errors: denied (not
// signed by this key), invalid (no head in it).
base::Result<wire::ChainHead> open_head(trust::PublicKey const& key, std::string_view proof);

// A head somebody kept, verified; `kept_by` is for people.
struct Anchor {
    wire::ChainHead head;
    std::string kept_by;
};

// Collects what a chain says at the anchors' rows while it is walked, in order.
class AnchorCheck {
  public:
    explicit AnchorCheck(std::vector<Anchor> anchors);

    // The walk stands at `at`: its beginning, then after each row. Error: bad_row.
    base::Status at(Position const& at);
    // The walk is over: anchors beyond `end` tell of rows that are missing.
    base::Status finish(Position const& end) const;
    int held() const { return held_; }

  private:
    std::vector<Anchor> anchors_;  // by rising seq
    std::size_t next_ = 0;
    std::int64_t good_through_ = 0;
    int held_ = 0;
};

}  // namespace audit
