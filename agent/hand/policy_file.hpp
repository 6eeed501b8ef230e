// The host's policy and the keys it trusts, as files: they decide everything, so nobody but their
// owner may be able to write them.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "common/policy/policy.hpp"

namespace hand {

// A regular file (no link) that belongs to root or to us and that neither group nor others may
// write, in a folder of which the same is true. Errors: not_found, denied (with what to do),
// invalid.
base::Result<std::string> read_trusted_file(std::string const& path);

// The policy; with an error the reason, and the caller observes only.
base::Result<policy::Policy> load_policy(std::string const& path);

}  // namespace hand
