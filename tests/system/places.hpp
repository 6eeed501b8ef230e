// Where the programs under test are.
#pragma once

#include <string>

#include "tools/farm/farm.hpp"

namespace system_test {

inline farm::FarmSettings here() {
    return {TOMTE_BIN_DIR, std::string(TOMTE_SOURCE_DIR) + "/tools/demo/patient", {}};
}

inline std::vector<std::pair<std::string, std::string>> patient_down() {
    return {{"alertname", "ServiceDown"},
            {"host", "nexus"},
            {"service", "patient"},
            {"severity", "critical"}};
}

}  // namespace system_test
