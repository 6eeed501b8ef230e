// `tomte init`: makes a fleet's folder with the certificate authority, keys, certificates, broker
// set-up and settings of the coordinator and of each host. Nothing is sent anywhere: the folder
// hosts/NAME is carried to its host by whoever runs this.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "tools/tomte/init_texts.hpp"

namespace tomte {

struct InitOptions {
    std::string folder;
    std::vector<std::string> hosts;
    std::vector<std::string> aliases;  // "nexus=nexus.local"; plain with a single host
    FleetFacts facts;                  // folder is filled in by init()
    bool add_host = false;             // to an existing fleet
    std::string routing_file;          // copied to the coordinator's folder
};

struct InitReport {
    std::string folder;
    std::vector<std::string> hosts;  // made by this call
};

// All or nothing: what a failed call had made is removed again.
base::Result<InitReport> init(InitOptions options);

}  // namespace tomte
