// The only file that knows RESTinio: it takes 25 seconds to compile.
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <restinio/all.hpp>
#include <restinio/tls.hpp>

#include "coordinator/adapters/http/host_names.hpp"
#include "coordinator/adapters/http/http_server.hpp"

namespace coordinator::http {
namespace {

// Counts connections by address: one peer must not take all that there are.
class PeerCounter {
  public:
    explicit PeerCounter(std::size_t most) : most_(most) {}

    // RESTinio's ip_blocker.
    restinio::ip_blocker::inspection_result_t inspect(
        restinio::ip_blocker::incoming_info_t const& info) noexcept {
        auto const address = info.remote_endpoint().address();
        if (address.is_loopback()) return restinio::ip_blocker::allow();
        std::lock_guard const lock{mutex_};
        auto const found = counts_.find(address.to_string());
        return found != counts_.end() && found->second >= most_ ? restinio::ip_blocker::deny()
                                                                : restinio::ip_blocker::allow();
    }

    // RESTinio's connection state listener.
    void state_changed(restinio::connection_state::notice_t const& notice) noexcept {
        auto const address = notice.remote_endpoint().address();
        if (address.is_loopback()) return;
        bool const came = restinio::holds_alternative<restinio::connection_state::accepted_t>(
            notice.cause());
        bool const left =
            restinio::holds_alternative<restinio::connection_state::closed_t>(notice.cause());
        std::lock_guard const lock{mutex_};
        if (came) ++counts_[address.to_string()];
        if (!left) return;
        auto const found = counts_.find(address.to_string());
        if (found != counts_.end() && --found->second == 0) counts_.erase(found);
    }

  private:
    std::size_t const most_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> counts_;  // guarded by mutex_
};

struct PlainTraits : restinio::default_traits_t {
    static constexpr bool use_connection_count_limiter = true;
    using connection_state_listener_t = PeerCounter;
    using ip_blocker_t = PeerCounter;
};
struct TlsTraits : restinio::default_tls_traits_t {
    static constexpr bool use_connection_count_limiter = true;
    using connection_state_listener_t = PeerCounter;
    using ip_blocker_t = PeerCounter;
};

std::string_view phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 202: return "Accepted";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 413: return "Content Too Large";
        case 421: return "Misdirected Request";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        default: return status < 500 ? "Unknown" : "Internal Server Error";
    }
}

// Requests that wait for their answer. Answers come from other threads and perhaps after the server
// was stopped; they hold only an id and a weak pointer to this, never the request itself, because a
// request must not outlive the io_context its socket belongs to.
class Waiting {
  public:
    std::uint64_t keep(restinio::request_handle_t request) {
        std::lock_guard const lock{mutex_};
        auto const id = ++last_;
        requests_.emplace(id, std::move(request));
        return id;
    }

    void answer(std::uint64_t id, Response const& response) {
        restinio::request_handle_t request;
        {
            std::lock_guard const lock{mutex_};
            auto const found = requests_.find(id);
            if (found == requests_.end()) return;
            request = std::move(found->second);
            requests_.erase(found);
            ++answering_;
        }
        send(request, response);
        request.reset();
        std::lock_guard const lock{mutex_};
        --answering_;
        idle_.notify_all();
    }

    void answer_all(Response const& response) {
        std::vector<std::uint64_t> ids;
        {
            std::lock_guard const lock{mutex_};
            for (auto const& [id, request] : requests_) ids.push_back(id);
        }
        for (auto const id : ids) answer(id, response);
    }

    // After the network threads ended: nothing may touch a request once this returns.
    void drop_all() {
        std::unique_lock lock{mutex_};
        requests_.clear();
        idle_.wait(lock, [this] { return answering_ == 0; });
    }

  private:
    static void send(restinio::request_handle_t const& request, Response const& response) {
        try {
            auto out = request->create_response(restinio::http_status_line_t{
                restinio::http_status_code_t{static_cast<std::uint16_t>(response.status)},
                std::string{phrase(response.status)}});
            out.append_header(restinio::http_field::content_type, response.content_type);
            out.append_header("Cache-Control", "no-store");
            out.append_header("X-Content-Type-Options", "nosniff");
            for (auto const& [name, value] : response.headers) out.append_header(name, value);
            out.set_body(response.body);
            out.done();
        } catch (std::exception const&) {
            // The client went away while we wrote: there is nobody left to tell.
        }
    }

    std::mutex mutex_;
    // guarded by mutex_
    std::unordered_map<std::uint64_t, restinio::request_handle_t> requests_;
    std::uint64_t last_ = 0;
    int answering_ = 0;
    std::condition_variable idle_;
};

Request read(restinio::request_handle_t const& handle) {
    auto const& header = handle->header();
    Request request;
    request.method = header.method().c_str();
    request.path = std::string{header.path()};
    request.query = parse_query(header.query());
    request.host = header.get_field_or(restinio::http_field::host, "");
    request.remote = handle->remote_endpoint().address().to_string();
    request.authorization = header.get_field_or(restinio::http_field::authorization, "");
    request.content_type = header.get_field_or(restinio::http_field::content_type, "");
    request.body = handle->body();
    return request;
}

// A connection that is destroyed tells the server's connection counter, and connections live in the
// context's queues; the server's own sockets, in turn, need the context. So between "threads ended"
// and "server destroyed" the queues must be emptied, which asio lets only a derived class do.
class Context : public asio::io_context {
  public:
    void drop_everything_queued() { asio::execution_context::shutdown(); }
};

// Throws what the library throws: a file that is not there, or a key of another certificate.
asio::ssl::context tls_context(ServerSettings const& settings) {
    asio::ssl::context context{asio::ssl::context::tls_server};
    context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                        asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                        asio::ssl::context::no_tlsv1_1);
    context.use_certificate_chain_file(settings.certificate);
    context.use_private_key_file(settings.key, asio::ssl::context::pem);
    return context;
}

template <class Traits>
class RestinioServer final : public HttpServer {
  public:
    RestinioServer(ServerSettings const& settings, Handler handler)
        : waiting_(std::make_shared<Waiting>()) {
        auto on_request = [waiting = waiting_,
                           handler = std::move(handler)](restinio::request_handle_t handle) {
            auto request = read(handle);
            auto const id = waiting->keep(std::move(handle));
            std::weak_ptr<Waiting> const weak = waiting;
            handler(std::move(request), [weak, id](Response const& response) {
                if (auto const alive = weak.lock()) alive->answer(id, response);
            });
            return restinio::request_accepted();
        };
        server_ = std::make_unique<restinio::http_server_t<Traits>>(
            restinio::external_io_context(context_),
            [&](restinio::server_settings_t<Traits>& server) {
                configure(server, settings);
                server.request_handler(std::move(on_request));
            });
        open(settings.threads);
    }

    ~RestinioServer() override { stop(); }

    std::uint16_t port() const override { return port_; }

    void stop() override {
        if (!server_) return;
        waiting_->answer_all(
            {503, "application/problem+json",
             R"({"type":"about:blank","title":"Service Unavailable","status":503,)"
             R"("detail":"the coordinator is stopping"})",
             {{"Retry-After", "5"}}});
        close();
    }

  private:
    void configure(restinio::server_settings_t<Traits>& server, ServerSettings const& settings) {
        auto const peers = std::make_shared<PeerCounter>(settings.connections_per_peer);
        server.connection_state_listener(peers).ip_blocker(peers);
        if constexpr (std::is_same_v<Traits, TlsTraits>) server.tls_context(tls_context(settings));
        server.address(settings.address)
            .port(settings.port)
            .acceptor_post_bind_hook([this](asio::ip::tcp::acceptor& acceptor) {
                port_ = acceptor.local_endpoint().port();
            })
            .max_parallel_connections(settings.connections_max)
            .read_next_http_message_timelimit(settings.read_within)
            .write_http_response_timelimit(settings.write_within)
            .handle_request_timeout(settings.answer_within)
            .socket_options_setter(
                [](auto& options) { options.set_option(asio::ip::tcp::no_delay{true}); })
            .incoming_http_msg_limits(restinio::incoming_http_msg_limits_t{}
                                          .max_url_size(8 * 1024)
                                          .max_field_name_size(256)
                                          .max_field_value_size(8 * 1024)
                                          .max_field_count(64)
                                          .max_body_size(settings.body_bytes_max));
    }

    // Throws what the library throws when it cannot listen; nothing runs by then. (RESTinio's own
    // pool opens on a pool thread and races with its start when that fails.)
    void open(unsigned threads) {
        server_->open_sync();
        for (unsigned i = 0; i < threads; ++i)
            threads_.emplace_back([this] {
                auto const stay = asio::make_work_guard(context_);
                context_.run();
            });
    }

    void close() {
        // Posted, so that the answers given just now are written before it.
        asio::post(context_, [this] { context_.stop(); });
        threads_.clear();
        waiting_->drop_all();
        server_->close_sync();
        context_.drop_everything_queued();
        server_.reset();
    }

    std::shared_ptr<Waiting> waiting_;  // shared with the server's handler; replies hold it weakly
    std::uint16_t port_ = 0;
    // in this order: each uses the one before
    Context context_;
    std::unique_ptr<restinio::http_server_t<Traits>> server_;
    std::vector<std::jthread> threads_;
};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> start_restinio_server(ServerSettings const& settings,
                                                                Handler handler) {
    asio::error_code wrong;
    asio::ip::make_address(settings.address, wrong);
    if (wrong)
        return base::fail(base::Code::invalid,
                          fmt::format("'{}' is not an IP address to listen on", settings.address));
    if (settings.certificate.empty() && !is_loopback(settings.address))
        return base::fail(base::Code::invalid,
                          fmt::format("'{}' is not this machine alone: listening there needs TLS "
                                      "(http.certificate and http.key)",
                                      settings.address));
    try {
        if (settings.certificate.empty())
            return std::make_unique<RestinioServer<PlainTraits>>(settings, std::move(handler));
        return std::make_unique<RestinioServer<TlsTraits>>(settings, std::move(handler));
    } catch (std::exception const& error) {
        return base::fail(base::Code::unavailable,
                          fmt::format("cannot listen on {}:{}: {}", settings.address,
                                      settings.port, error.what()));
    }
}

}  // namespace coordinator::http
