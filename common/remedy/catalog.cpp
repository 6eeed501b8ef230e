#include "common/remedy/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "common/base/files.hpp"
#include "common/base/toml.hpp"
#include "common/remedy/hash.hpp"
#include "common/remedy/parse.hpp"

namespace remedy {
namespace {

constexpr std::size_t kFilesMax = 1000;

bool holds(domain::Labels const& wanted, domain::Labels const& labels) {
    return std::ranges::all_of(wanted, [&](auto const& entry) {
        auto const label = labels.find(entry.first);
        return label != labels.end() && label->second == entry.second;
    });
}

// How many labels the most specific fitting answer names; nothing if none fits.
std::optional<std::size_t> how_specific(domain::Remedy const& remedy, std::string_view signal,
                                        domain::Labels const& labels) {
    std::optional<std::size_t> most;
    for (auto const& answer : remedy.answers)
        if (answer.signal == signal && holds(answer.labels, labels))
            most = std::max(most.value_or(0), answer.labels.size());
    return most;
}

}  // namespace

base::Result<Catalog> Catalog::parse(std::vector<Source> const& files) {
    std::vector<domain::Remedy> remedies;
    for (auto const& file : files) {
        auto const document = base::toml::Document::parse(file.text, file.file);
        if (!document) return tl::make_unexpected(document.error());
        auto remedy = parse_remedy(document->root());
        if (!remedy) return tl::make_unexpected(remedy.error());
        if (std::ranges::find(remedies, remedy->name, &domain::Remedy::name) != remedies.end())
            return base::fail(base::Code::invalid,
                              fmt::format("{}: a remedy named '{}' was already read",
                                          document->root()["name"].where(), remedy->name));
        remedy->hash = content_hash(*remedy);
        remedies.push_back(std::move(*remedy));
    }
    return Catalog{std::move(remedies)};
}

base::Result<Catalog> Catalog::load(std::string const& folder) {
    namespace fs = std::filesystem;
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry{folder, error}, end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == ".toml") names.push_back(entry->path().string());
    if (error)
        return base::fail(base::Code::not_found,
                          fmt::format("cannot read folder {}: {}", folder, error.message()));
    if (names.empty() || names.size() > kFilesMax)
        return base::fail(base::Code::invalid,
                          fmt::format("{} has {} remedies (*.toml); it must have 1 to {}", folder,
                                      names.size(), kFilesMax));
    std::ranges::sort(names);
    std::vector<Source> files;
    for (auto const& name : names) {
        auto text = base::read_file(name);
        if (!text) return tl::make_unexpected(text.error());
        files.push_back({name, std::move(*text)});
    }
    return parse(files);
}

domain::Remedy const* Catalog::find(std::string_view name) const {
    auto const found = std::ranges::find(remedies_, name, &domain::Remedy::name);
    return found == remedies_.end() ? nullptr : &*found;
}

std::vector<domain::Remedy const*> Catalog::answering(std::string_view signal,
                                                      domain::Labels const& labels) const {
    std::vector<std::pair<std::size_t, domain::Remedy const*>> found;
    for (auto const& remedy : remedies_)
        if (auto const labels_named = how_specific(remedy, signal, labels))
            found.emplace_back(*labels_named, &remedy);
    std::ranges::stable_sort(found, std::greater{}, &decltype(found)::value_type::first);
    std::vector<domain::Remedy const*> remedies;
    for (auto const& [specific, remedy] : found) remedies.push_back(remedy);
    return remedies;
}

}  // namespace remedy
