#include "tools/bench/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "common/base/json.hpp"

namespace bench {
namespace {

std::string short_number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value < 10 ? "%.3f" : "%.1f", value);
    return text;
}

}  // namespace

double Samples::percentile(double p) const {
    if (values_.empty()) return 0;
    auto sorted = values_;
    std::sort(sorted.begin(), sorted.end());
    auto const rank = std::ceil(p / 100 * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

void Report::figure(std::string const& name, double value, std::string const& unit) {
    rows_.push_back({name, value, unit, "", true});
}

void Report::at_most(std::string const& name, double value, std::string const& unit,
                     double goal) {
    rows_.push_back({name, value, unit, "<= " + short_number(goal), value <= goal});
}

void Report::at_least(std::string const& name, double value, std::string const& unit,
                      double goal) {
    rows_.push_back({name, value, unit, ">= " + short_number(goal), value >= goal});
}

int Report::print() const {
    bool const met = std::all_of(rows_.begin(), rows_.end(), [](Row const& r) { return r.met; });
    if (json_) {
        base::json::Writer w;
        w.begin_object().member("v", 1).member("bench", name_).member("goals_met", met);
        w.key("figures").begin_object();
        for (auto const& row : rows_) w.member(row.name + "_" + row.unit, row.value);
        w.end_object().key("missed").begin_array();
        for (auto const& row : rows_)
            if (!row.met) w.value(row.name + " " + row.goal);
        w.end_array().key("notes").begin_array();
        for (auto const& note : notes_) w.value(note);
        w.end_array().end_object();
        std::puts(w.text().c_str());
        return met ? 0 : 1;
    }
    std::printf("%s\n", name_.c_str());
    for (auto const& row : rows_)
        std::printf("  %-44s %10s %-10s %-12s %s\n", row.name.c_str(),
                    short_number(row.value).c_str(), row.unit.c_str(), row.goal.c_str(),
                    row.goal.empty() ? "" : row.met ? "met" : "MISSED");
    for (auto const& note : notes_) std::printf("  %s\n", note.c_str());
    return met ? 0 : 1;
}

}  // namespace bench
