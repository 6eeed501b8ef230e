// Stands for signed envelopes: a text that names a message kept here. Nobody can forge one.
#pragma once

#include <string>
#include <vector>

#include "common/domain/command.hpp"
#include "common/wire/messages.hpp"

namespace simulate {

class Envelopes {
  public:
    std::string seal(domain::Command command);
    std::string seal(wire::Welcome welcome);
    domain::Command const& command(std::string const& envelope) const;
    wire::Welcome const& welcome(std::string const& envelope) const;

  private:
    std::vector<domain::Command> commands_;
    std::vector<wire::Welcome> welcomes_;
};

// What a resend does not change.
std::string body_of(domain::Command const& command);

}  // namespace simulate
