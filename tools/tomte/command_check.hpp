// tomte command check: what the command language says about each line of standard input. Asks no
// coordinator; the same code as the hand's.
#pragma once

#include <iosfwd>
#include <string>

#include "common/base/result.hpp"

namespace tomte {

struct CommandCheckOptions {
    std::string members_file;  // what may be changed; empty: every well-formed, unprotected name
    std::string policy_file;   // empty: the shipped policy in mode auto
};

// One line of JSON for each line of `in`. Errors: a file that cannot be read or is wrong.
base::Status check_commands(CommandCheckOptions const& options, std::istream& in,
                            std::ostream& out);

}  // namespace tomte
