// What "exactly this remedy" means: SHA-256 over a canonical text in which every field has its
// length in front, so that no two remedies share a text. Coordinator and hand compute it alike; the
// hand never trusts a hash it did not compute.
#pragma once

#include <string>

#include "common/domain/remedy.hpp"

namespace remedy {

std::string canonical(domain::Remedy const& remedy);  // without `hash`
std::string content_hash(domain::Remedy const& remedy);  // 64 hex digits

}  // namespace remedy
