// What "exactly this remedy" means: SHA-256 over a canonical text in which every field has its
// length in front, so that no two remedies share a text. Coordinator and hand compute it alike; the
// hand never trusts a hash it did not compute.
#pragma once

#include <string>

#include "common/domain/remedy.hpp"

namespace remedy {

std::string canonical(domain::Remedy const& remedy);  // without `hash`
std::string content_hash(domain::Remedy const& remedy);  // 64 hex digits

// SHA-256 (hex) of what a command would do: its id, host and enrolment, the order whole, and its
// limits. What an approver signs; it does not change from one sending to the next.
std::string plan_hash(domain::Command const& command);

}  // namespace remedy
