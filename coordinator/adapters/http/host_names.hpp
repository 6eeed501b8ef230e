// The names under which this service may be asked for. A page of another site, whose name was made
// to point here (DNS rebinding), sends that site's name and is refused.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace coordinator::http {

class HostNames {
  public:
    // Loopback's names, the address listened on, the public URL's host and `more`. Error: invalid
    // (not a URL, not a name). "*" in `more` lets any name in.
    static base::Result<HostNames> make(std::string_view listen_address,
                                        std::string_view public_url,
                                        std::vector<std::string> const& more);

    // `host` is the header's value: name or address, maybe with a port.
    bool allows(std::string_view host) const;

  private:
    std::set<std::string, std::less<>> names_;
    bool any_ = false;
};

// "127.0.0.0/8", "::1": nobody else can ask.
bool is_loopback(std::string_view address);

}  // namespace coordinator::http
