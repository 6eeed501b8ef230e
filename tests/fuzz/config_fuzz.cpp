// Every file a person may write.
#include "common/base/settings.hpp"
#include "common/base/toml.hpp"
#include "common/policy/policy.hpp"
#include "common/remedy/parse.hpp"
#include "coordinator/adapters/http/authenticator.hpp"
#include "coordinator/app/registry.hpp"
#include "coordinator/app/settings.hpp"
#include "tests/fuzz/target.hpp"

TOMTE_FUZZ_TARGET(config) {
    auto const document = base::toml::Document::parse(data, "fuzz.toml");
    if (document) (void)remedy::parse_remedy(document->root());
    (void)base::Settings::parse(coordinator::settings_table(), data, "/etc/fuzz.toml");
    (void)policy::parse(data, "policy.toml");
    (void)coordinator::http::Authenticator::parse(data, "tokens.toml");
    (void)coordinator::Registry::parse(data, "hosts.toml");
}
