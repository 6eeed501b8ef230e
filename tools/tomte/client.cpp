#include "tools/tomte/client.hpp"

#include <fmt/format.h>

namespace tomte {
namespace {

constexpr base::json::Limits kAnswerLimits{.bytes_max = 64 * 1024 * 1024, .depth_max = 16};

base::Code code_of(int status) {
    if (status == 401 || status == 403) return base::Code::denied;
    if (status == 404) return base::Code::not_found;
    if (status == 503) return base::Code::busy;
    return status >= 500 ? base::Code::internal : base::Code::invalid;
}

// The detail of a problem+json answer; the bare status if it is something else.
std::string detail_of(Answer const& answer) {
    auto const problem = base::json::Document::parse(answer.body);
    auto const detail = problem ? problem->root()["detail"].string() : std::nullopt;
    return detail ? std::string{*detail} : fmt::format("HTTP status {}", answer.status);
}

}  // namespace

base::Result<Page> get_page(Client& client, Question const& question) {
    auto answer = client.ask(question);
    if (!answer) return tl::make_unexpected(answer.error());
    if (answer->status < 200 || answer->status > 299) {
        auto message = detail_of(*answer);
        if (answer->status == 401)
            message = fmt::format("the coordinator at {} wants credentials ({}): give --secrets "
                                  "DIR/coordinator/secrets.toml, or --token (TOMTE_TOKEN)",
                                  client.url(), message);
        return base::fail(code_of(answer->status), message);
    }
    auto document = base::json::Document::parse(answer->body, kAnswerLimits);
    if (!document)
        return base::fail(base::Code::invalid,
                          fmt::format("what answers at {} is no coordinator: {}", client.url(),
                                      document.error().message));
    return Page{std::move(answer->body), std::move(*document)};
}

std::string path_segment(std::string_view text) {
    std::string out;
    for (char const c : text) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace tomte
