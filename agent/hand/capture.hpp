// What a program prints, kept in bounded memory: the first half and the last half of the limit, cut
// at line ends so that a secret that straddled the cut is not left without the name before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hand {

class Capture {
  public:
    explicit Capture(std::size_t bytes_max) : half_(bytes_max / 2) {}

    void add(std::string_view bytes);

    std::uint64_t total() const { return total_; }
    // Head and tail with a line between them that says how many bytes are missing.
    std::string text() const;

  private:
    std::size_t half_;
    std::uint64_t total_ = 0;
    std::string head_;
    std::string tail_;  // at most twice half_, trimmed when it grows past that
};

// Text that is safe to show and to put into JSON: UTF-8, no control characters but newline and tab.
// Each offending byte becomes '?'.
std::string printable(std::string_view bytes);

}  // namespace hand
