// Samples, their percentiles, and the table or line of JSON that is printed of them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace bench {

class Samples {
  public:
    void add(double value) { values_.push_back(value); }
    std::size_t size() const { return values_.size(); }
    // The nearest-rank percentile, 0 < p <= 100; 0 if empty.
    double percentile(double p) const;

  private:
    std::vector<double> values_;
};

class Stopwatch {
  public:
    double ms() const {
        return std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
    }

  private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point start_ = Clock::now();
};

// Collects figures with their goals; print() returns the exit code.
class Report {
  public:
    Report(std::string name, bool json) : name_(std::move(name)), json_(json) {}

    void figure(std::string const& name, double value, std::string const& unit);
    // A figure with a goal: at most (or at least) `goal`.
    void at_most(std::string const& name, double value, std::string const& unit, double goal);
    void at_least(std::string const& name, double value, std::string const& unit, double goal);
    void note(std::string text) { notes_.push_back(std::move(text)); }
    int print() const;

  private:
    struct Row {
        std::string name;
        double value;
        std::string unit;
        std::string goal;
        bool met = true;
    };
    std::string name_;
    bool json_;
    std::vector<Row> rows_;
    std::vector<std::string> notes_;
};

}  // namespace bench
