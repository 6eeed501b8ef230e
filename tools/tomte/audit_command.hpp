// `tomte verify` and `tomte export`: is a journal what it was? On the files themselves, without the
// programs that wrote them.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace tomte {

struct VerifyOptions {
    std::string store;    // a coordinator's store …
    std::string spool;    // … or an agent's, or both: each is held against the other's heads
    std::string exported; // or a file of `tomte export`
    std::string signature;      // of the export; default: its name with ".sig"
    std::string coordinator_key;  // public, PEM; default: command.pub or coordinator.pub beside it
    std::string host_key;         // public, PEM; default: as hosts.toml beside the store says
    std::string host;             // whose spool it is; default: as its head says
};

struct ExportOptions {
    std::string store;
    std::string out;
    std::string key;  // the coordinator's private key; default: command.key beside the store
};

// What was found, as lines for people. Errors: corrupt names the first row that does not fit.
base::Result<std::vector<std::string>> verify(VerifyOptions const& options);
base::Result<std::vector<std::string>> export_journal(ExportOptions const& options);

// Print, and give the exit status: 0 all well, 1 not.
int verify_command(VerifyOptions const& options, bool json);
int export_command(ExportOptions const& options, bool json);

}  // namespace tomte
