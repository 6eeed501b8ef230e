// The restricted command language: bytes -> grammar -> words -> catalogue -> class, with a rule id
// and a reason. Here it is a small exact list of read-only lines; the interface is the whole
// language's, so that growing it moves nothing. Pure; the same answer on coordinator and hand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/domain/remedy.hpp"

namespace command {

enum class Lane { read, fix };
std::string_view to_string(Lane lane);

struct Classified {
    domain::Risk risk = domain::Risk::forbidden;
    Lane lane = Lane::read;
    std::string rule;    // "exact.uptime", "bytes.control", "unknown_program"
    std::string reason;  // one sentence
    std::vector<std::vector<std::string>> argv;  // one per simple command; empty if forbidden
};

Classified classify(std::string_view line);

}  // namespace command
