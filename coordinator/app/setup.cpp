#include "coordinator/app/setup.hpp"

#include <utility>

#include "common/adapters/log.hpp"
#include "common/base/files.hpp"
#include "common/wire/codec.hpp"
#include "coordinator/app/settings.hpp"

namespace coordinator {

namespace {

base::Status read_enrolment(Setup& setup) {
    auto const& settings = setup.settings;
    auto const& ca_key = settings.text("enroll.ca_key");
    if (ca_key.empty()) return {};
    auto authority = Authority::load(ca_key, settings.text("broker.ca"),
                                     settings.text("enroll.certificates"));
    if (!authority) return tl::make_unexpected(authority.error());
    setup.authority = *std::move(authority);
    return {};
}

// None of an empty path.
base::Result<std::vector<trust::PublicKey>> load_keys(std::string const& path) {
    if (path.empty()) return std::vector<trust::PublicKey>{};
    return base::read_file(path)
        .and_then([](std::string const& pem) { return trust::PublicKey::all_from_pem(pem); })
        .map_error(base::with_context(path));
}

}  // namespace

base::Result<Setup> read_setup(std::string const& config_file) {
    auto settings = base::Settings::load(settings_table(), config_file);
    if (!settings) return tl::make_unexpected(settings.error());
    if (!adapters::parse_log_level(settings->text("log.level")))
        return base::fail(base::Code::invalid, config_file + ": 'log.level' is '" +
                                                   settings->text("log.level") +
                                                   "'; it is debug, info, warning or error");
    auto registry = Registry::load(settings->text("fleet.hosts"));
    if (!registry) return tl::make_unexpected(registry.error());
    auto catalog = remedy::Catalog::load(settings->text("catalog.remedies"));
    if (!catalog) return tl::make_unexpected(catalog.error());
    auto const& routing_file = settings->text("catalog.routing");
    auto const routing_text = base::read_file(routing_file);
    if (!routing_text) return tl::make_unexpected(routing_text.error());
    auto routing = remedy::Routing::parse({routing_file, *routing_text});
    if (!routing) return tl::make_unexpected(routing.error());
    auto const& key_file = settings->text("trust.command_key");
    auto key = trust::PrivateKey::load(key_file);
    if (!key) return tl::make_unexpected(base::with_context(key_file)(key.error()));
    auto approvers = load_keys(settings->text("trust.approver_keys"));
    if (!approvers) return tl::make_unexpected(approvers.error());
    auto web = load_keys(settings->text("trust.web_approver_keys"));
    if (!web) return tl::make_unexpected(web.error());
    for (auto const* name : {"broker.ca", "broker.cert", "broker.key"})
        if (auto const file = base::read_file(settings->text(name)); !file)
            return tl::make_unexpected(base::with_context(name)(file.error()));
    Setup setup{std::move(*settings), std::move(*registry), std::move(*catalog),
                std::move(*routing), std::move(*key), std::move(*approvers),
                std::move(*web)};
    if (auto enrolling = read_enrolment(setup); !enrolling)
        return tl::make_unexpected(enrolling.error());
    return setup;
}

std::string remedies_document(remedy::Catalog const& catalog, std::int64_t rev) {
    return wire::encode(wire::RemediesDocument{rev, catalog.all()});
}

}  // namespace coordinator
