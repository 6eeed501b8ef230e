// All that is read at start, checked as a whole before anything is opened or started.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/settings.hpp"
#include "common/remedy/catalog.hpp"
#include "common/remedy/routing.hpp"
#include "common/trust/keys.hpp"
#include "coordinator/app/authority.hpp"
#include "coordinator/app/registry.hpp"

namespace coordinator {

struct Setup {
    base::Settings settings;
    Registry registry;
    remedy::Catalog catalog;
    remedy::Routing routing;
    trust::PrivateKey command_key;
    std::vector<trust::PublicKey> approvers;
    std::vector<trust::PublicKey> web_approvers;
    std::optional<Authority> authority{};  // none: nobody can be invited
};

// Errors name file, line and key of the first thing that is wrong.
base::Result<Setup> read_setup(std::string const& config_file);

// The signed document every host should hold. `rev` must rise with every start: the epoch does.
std::string remedies_document(remedy::Catalog const& catalog, std::int64_t rev);

}  // namespace coordinator
