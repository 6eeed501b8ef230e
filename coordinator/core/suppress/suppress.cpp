#include "coordinator/core/suppress/suppress.hpp"

namespace coordinator {

std::optional<std::string> suppressed(domain::Signal const& signal) {
    // Alertmanager's convention for alerts that always fire to prove that the chain works.
    if (signal.severity == "none") return "its severity is none: it only shows that alerts arrive";
    auto const asked = signal.labels.find("tomte");
    if (asked != signal.labels.end() && asked->second == "ignore")
        return "its label tomte=ignore says so";
    return std::nullopt;
}

}  // namespace coordinator
