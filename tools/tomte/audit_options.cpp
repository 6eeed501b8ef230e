#include "tools/tomte/audit_options.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "tools/tomte/audit_command.hpp"

namespace tomte {
namespace {

void add_verify(CLI::App& app, std::function<int(Screen&)>& chosen, bool& json) {
    auto const look = std::make_shared<VerifyOptions>();  // lives as long as the callback
    auto* command =
        app.add_subcommand("verify", "Is a journal what it was? Names the first bad row");
    command->add_option("--store", look->store, "A coordinator's store");
    command->add_option("--spool", look->spool,
                        "An agent's spool; with --store, each is held against the other");
    command->add_option("--export", look->exported, "A file written by tomte export");
    command->add_option("--signature", look->signature, "The export's; default: FILE.sig");
    command->add_option("--key", look->coordinator_key,
                        "The coordinator's public key; default: the one beside the file");
    command->add_option("--host", look->host, "Whose spool it is");
    command->add_option("--host-key", look->host_key,
                        "The host's public key; default: as hosts.toml beside the store says");
    command->add_flag("--json", json, "Print one line of JSON");
    command->callback([look, &chosen, &json] {
        chosen = [look, &json](Screen&) { return verify_command(*look, json); };
    });
}

void add_export(CLI::App& app, std::function<int(Screen&)>& chosen, bool& json) {
    auto const out = std::make_shared<ExportOptions>();
    auto* command = app.add_subcommand("export", "Write the coordinator's journal, signed");
    command->add_option("--store", out->store, "The coordinator's store")->required();
    command->add_option("--out", out->out, "The file to make; its signature is FILE.sig")
        ->required();
    command->add_option("--key", out->key,
                        "The coordinator's private key; default: command.key beside the store");
    command->add_flag("--json", json, "Print one line of JSON");
    command->callback([out, &chosen, &json] {
        chosen = [out, &json](Screen&) { return export_command(*out, json); };
    });
}

}  // namespace

void add_audit_commands(CLI::App& app, std::function<int(Screen&)>& command, bool& json) {
    add_verify(app, command, json);
    add_export(app, command, json);
}

}  // namespace tomte
