// All remedies one program knows, read from TOML (docs/formats/remedies.md). Immutable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/domain/remedy.hpp"

namespace remedy {

struct Source {
    std::string file;  // for messages
    std::string text;
};

class Catalog {
  public:
    Catalog() = default;
    explicit Catalog(std::vector<domain::Remedy> remedies) : remedies_(std::move(remedies)) {}

    // Errors name file, line and the nearest known key; verbs, parameter types, placeholders, risks
    // and names (unique) are all checked. Hashes are computed.
    static base::Result<Catalog> parse(std::vector<Source> const& files);
    // Every *.toml of the folder, by name.
    static base::Result<Catalog> load(std::string const& folder);

    domain::Remedy const* find(std::string_view name) const;
    // The remedies that answer this signal, the most specific (most labels) first, then by order of
    // the files: the second is tried when the first failed.
    std::vector<domain::Remedy const*> answering(std::string_view signal,
                                                 domain::Labels const& labels) const;
    std::vector<domain::Remedy> const& all() const { return remedies_; }

  private:
    std::vector<domain::Remedy> remedies_;
};

}  // namespace remedy
