// The one error type of the project. Every function that can fail for a reason outside the program
// returns Result<T>; a broken invariant is not an error but a CHECK (see check.hpp).
// No exception crosses a folder border: adapters catch what their library throws at the call.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace base {

// What the caller does next, not what went wrong (the message says that).
enum class Code {
    invalid,      // tell the sender; the same input will fail again
    not_found,    // the named thing does not exist
    denied,       // a rule or a missing right said no
    busy,         // somebody else holds it: try again by policy
    timeout,      // it took too long: try again by policy
    unavailable,  // the outside thing is away: try again by policy
    corrupt,      // stop and keep the evidence
    internal,     // our own fault; the message is for developers
};

std::string_view to_string(Code code);

struct [[nodiscard]] Error {
    Code code = Code::internal;
    std::string message;

    bool operator==(Error const&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(Code code, std::string message) {
    return tl::make_unexpected(Error{code, std::move(message)});
}

// For Result::map_error: prefixes the message with what was being done, so that the sentence reads
// outside in ("policy /etc/tomte/policy.toml: line 3: unknown key …").
inline auto with_context(std::string context) {
    return [context = std::move(context)](Error error) {
        error.message = context + ": " + error.message;
        return error;
    };
}

}  // namespace base
