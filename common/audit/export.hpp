// The coordinator's journal as JSON Lines with a signature in a file of its own, and back: whoever
// holds the public key can prove each row without the store. docs/formats/store.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/audit/store_audit.hpp"

namespace audit {

// What is signed (purpose journal-export): the file's digest and where its chain begins and ends.
struct ExportFacts {
    Position begin;
    Position end;
    std::int64_t rows = 0;
    std::string digest;  // SHA-256 of the file, 64 hex digits
    bool operator==(ExportFacts const&) const = default;
};

// Writes line by line through `write` (each with its line feed) and tells what was written. The
// chain is checked on the way: a journal that does not hold is not exported (corrupt).
base::Result<ExportFacts> export_journal(
    adapters::Database& database, std::function<base::Status(std::string_view)> const& write);

std::string sign_export(trust::PrivateKey const& key, ExportFacts const& facts);

// Errors: corrupt, naming the first bad row or saying that the file is not what was signed;
// denied, a signature by another key.
base::Result<ExportFacts> verify_export(std::string_view text, std::string_view signature,
                                        trust::PublicKey const& key);

}  // namespace audit
