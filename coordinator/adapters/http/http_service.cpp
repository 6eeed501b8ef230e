#include "coordinator/adapters/http/http_service.hpp"

#include <charconv>
#include <optional>

#include "coordinator/adapters/http/api_routes.hpp"
#include "coordinator/adapters/http/approver_routes.hpp"
#include "coordinator/adapters/http/enrol_routes.hpp"
#include "coordinator/adapters/http/host_names.hpp"
#include "coordinator/adapters/http/http_server.hpp"
#include "coordinator/adapters/http/lease_routes.hpp"
#include "coordinator/adapters/http/router.hpp"
#include "coordinator/adapters/http/token_file.hpp"
#include "coordinator/adapters/http/webhook_routes.hpp"
#include "coordinator/adapters/http/worker.hpp"

namespace coordinator {
namespace {

constexpr std::size_t kReadsWaitingMax = 256;

// "127.0.0.1:8400", "[::1]:8400"
std::optional<http::ServerSettings> parse_listen(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    auto address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    auto const port = text.substr(colon + 1);
    http::ServerSettings settings;
    auto const [end, wrong] =
        std::from_chars(port.data(), port.data() + port.size(), settings.port);
    if (wrong != std::errc{} || end != port.data() + port.size() || address.empty())
        return std::nullopt;
    settings.address = address;
    return settings;
}

class Service final : public HttpService {
  public:
    Service(std::unique_ptr<http::TokenFile> tokens, http::HostNames names,
            std::string const& version, Api& api, Enrolment* enrolment)
        : tokens_(std::move(tokens)),
          router_(*tokens_, std::move(names)),
          reader_(kReadsWaitingMax) {
        http::add_open_routes(router_, api, version);
        http::add_webhook_routes(router_, api);
        http::add_api_routes(router_, api, reader_);
        http::add_approver_routes(router_, api);
        http::add_lease_routes(router_, api);
        if (enrolment != nullptr) http::add_enrol_routes(router_, *enrolment, reader_);
    }

    ~Service() override { stop(); }

    base::Status open(http::ServerSettings const& settings) {
        auto server = http::start_restinio_server(
            settings, [this](http::Request request, http::Reply const& reply) {
                router_.serve(std::move(request), reply);
            });
        if (!server) return tl::make_unexpected(server.error());
        server_ = std::move(*server);
        return {};
    }

    std::uint16_t port() const override { return server_->port(); }

    void stop() override {
        // The server first: afterwards no route runs, so nothing can be posted to the reader.
        if (server_) server_->stop();
        reader_.stop();
    }

  private:
    std::unique_ptr<http::TokenFile> tokens_;
    http::Router router_;
    http::Worker reader_;
    std::unique_ptr<http::HttpServer> server_;
};

}  // namespace

base::Result<std::unique_ptr<HttpService>> HttpService::start(HttpServiceSettings settings,
                                                              Api& api, Enrolment* enrolment) {
    auto where = parse_listen(settings.listen);
    if (!where)
        return base::fail(base::Code::invalid,
                          "http.listen: '" + settings.listen + "' is not address:port");
    if (settings.certificate.empty() != settings.key.empty())
        return base::fail(base::Code::invalid,
                          "http.certificate and http.key: TLS needs both of them");
    where->certificate = settings.certificate;
    where->key = settings.key;
    auto names = http::HostNames::make(where->address, settings.public_url, settings.hosts);
    if (!names) return tl::make_unexpected(names.error());
    auto tokens = http::TokenFile::open(settings.tokens);
    if (!tokens) return tl::make_unexpected(tokens.error());
    auto service = std::make_unique<Service>(std::move(*tokens), std::move(*names),
                                             settings.version, api, enrolment);
    if (auto opened = service->open(*where); !opened) return tl::make_unexpected(opened.error());
    return service;
}

}  // namespace coordinator
