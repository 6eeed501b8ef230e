// What a mini-language says about a program text or an argument list: its class, the rule that
// decided, one sentence of reason, and what it could not decide alone. Pure values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/domain/remedy.hpp"

namespace command {

// A word of the text that is an operand of the catalogue's type `type` ("path_meta",
// "url_registered", "number", …). The engine checks it like any other operand; if it does not fit,
// the whole is forbidden.
struct Claim {
    std::string type;
    std::string text;

    bool operator==(Claim const&) const = default;
};

// Every mini-language is an allow-grammar: what it does not understand is forbidden.
struct Verdict {
    domain::Risk risk = domain::Risk::forbidden;
    std::string rule;           // "find.exec", "sed.allowed"
    std::string reason;         // one sentence for a person
    std::vector<Claim> claims;  // empty if forbidden; all of them must hold
};

inline Verdict allow(std::string rule, std::string reason, std::vector<Claim> claims = {},
                     domain::Risk risk = domain::Risk::readonly) {
    return Verdict{risk, std::move(rule), std::move(reason), std::move(claims)};
}

inline Verdict forbid(std::string rule, std::string reason) {
    return Verdict{domain::Risk::forbidden, std::move(rule), std::move(reason), {}};
}

}  // namespace command
