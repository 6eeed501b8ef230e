// curl(1) and wget(1) as whole argument lists: one GET or HEAD of a URL, nothing sent, nothing
// kept.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// `args` without the program's name. Claims: every URL ("url_registered"). The command that runs is
// hardened by the engine: nothing of what is accepted here follows a redirect, reads a
// configuration, writes a file or talks to a proxy.
Verdict check_curl(std::span<std::string const> args);
Verdict check_wget(std::span<std::string const> args);

// A plain http(s) URL of this very host: localhost, 127.0.0.1 or [::1], no user, no fragment,
// nothing that a client expands.
bool is_loopback_url(std::string_view url);
// A loopback URL whose path is one of the well-known reads of a service's health (/health,
// /metrics, /api/v1/query?query=…), or its front page. Where nothing is known of the host this
// stands for its inventory; where the inventory is known, only that counts.
bool is_health_url(std::string_view url);

}  // namespace command
