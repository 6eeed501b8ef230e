#include "common/base/result.hpp"

namespace base {

std::string_view to_string(Code code) {
    switch (code) {
        case Code::invalid: return "invalid";
        case Code::not_found: return "not_found";
        case Code::denied: return "denied";
        case Code::busy: return "busy";
        case Code::timeout: return "timeout";
        case Code::unavailable: return "unavailable";
        case Code::corrupt: return "corrupt";
        case Code::internal: return "internal";
    }
    return "internal";
}

}  // namespace base
