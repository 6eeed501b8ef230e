#include "agent/core/trim.hpp"

#include <algorithm>
#include <string_view>

namespace agent {
namespace {

constexpr std::string_view kCut = "\n[...]\n";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Bytes in JSON: a control character becomes \u00XX.
std::size_t cost(char byte) {
    auto const value = static_cast<unsigned char>(byte);
    if (value < 0x20 || value == 0x7f) return byte == '\n' || byte == '\t' ? 2 : 6;
    return byte == '"' || byte == '\\' ? 2 : 1;
}

std::size_t cost(std::string_view text) {
    std::size_t sum = 0;
    for (char const byte : text) sum += cost(byte);
    return sum;
}

std::string_view head(std::string_view text, std::size_t budget) {
    std::size_t end = 0;
    for (std::size_t sum = 0; end < text.size(); ++end)
        if ((sum += cost(text[end])) > budget) break;
    while (end > 0 && end < text.size() && continues(text[end])) --end;
    return text.substr(0, end);
}

std::string_view tail(std::string_view text, std::size_t budget) {
    std::size_t begin = text.size();
    for (std::size_t sum = 0; begin > 0; --begin)
        if ((sum += cost(text[begin - 1])) > budget) break;
    while (begin < text.size() && continues(text[begin])) ++begin;
    return text.substr(begin);
}

}  // namespace

domain::CommandResult trimmed(domain::CommandResult result) {
    constexpr std::size_t kDetailMax = 2 * 1024;
    if (cost(result.detail) > kDetailMax)
        result.detail = std::string(head(result.detail, kDetailMax));
    std::size_t left = kJournalOutputMax;
    std::size_t steps = result.steps.size();
    for (auto& step : result.steps) {
        auto const share = left / steps--;
        auto const size = cost(step.output);
        if (size <= share) {
            left -= size;
            continue;
        }
        step.output_total = std::max<std::uint64_t>(step.output_total, step.output.size());
        auto const half = share > kCut.size() + 2 ? (share - kCut.size() - 2) / 2 : 0;
        std::string cut(head(step.output, half));
        cut += kCut;
        cut += tail(step.output, half);
        left -= std::min(left, cost(cut));
        step.output = std::move(cut);
    }
    return result;
}

}  // namespace agent
