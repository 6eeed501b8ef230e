// One remedy from its TOML file. Used by the catalogue only.
#pragma once

#include "common/base/result.hpp"
#include "common/base/toml.hpp"
#include "common/domain/remedy.hpp"

namespace remedy {

// Errors name file and line. The hash is not computed here.
base::Result<domain::Remedy> parse_remedy(base::toml::Value const& file);

}  // namespace remedy
