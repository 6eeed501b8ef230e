#include "common/domain/signal.hpp"

#include "common/domain/names.hpp"

namespace domain {
namespace {

constexpr NameTable<SignalSource, 5> kSources{{
    {SignalSource::alertmanager, "alertmanager"},
    {SignalSource::probe, "probe"},
    {SignalSource::watch, "watch"},
    {SignalSource::lost_host, "lost_host"},
    {SignalSource::test, "test"},
}};

}  // namespace

std::string_view to_string(SignalSource source) { return name_of(kSources, source); }

std::optional<SignalSource> parse_signal_source(std::string_view text) {
    return value_of(kSources, text);
}

}  // namespace domain
