#include "agent/hand/capture.hpp"

#include <algorithm>
#include <array>

namespace hand {

namespace {

// Bytes of the UTF-8 sequence at the front, 0 if it is not one. C1 controls and surrogates are no
// text either.
std::size_t sequence_length(std::string_view bytes) {
    auto const at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    unsigned char const first = at(0);
    std::size_t const length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2
                             : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (length == 0 || bytes.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xC0) != 0x80) return 0;
    if (length == 2 && first == 0xC2 && at(1) < 0xA0) return 0;
    if (length == 3 && first == 0xE0 && at(1) < 0xA0) return 0;
    if (length == 3 && first == 0xED && at(1) >= 0xA0) return 0;
    if (length == 4 && first == 0xF0 && at(1) < 0x90) return 0;
    if (length == 4 && first == 0xF4 && at(1) >= 0x90) return 0;
    return length;
}

}  // namespace

void Capture::add(std::string_view bytes) {
    total_ += bytes.size();
    auto const room = half_ - std::min(half_, head_.size());
    head_.append(bytes.substr(0, room));
    bytes.remove_prefix(std::min(room, bytes.size()));
    if (bytes.size() > half_) bytes.remove_prefix(bytes.size() - half_);
    tail_.append(bytes);
    if (tail_.size() > 2 * half_) tail_.erase(0, tail_.size() - half_);
}

std::string Capture::text() const {
    if (total_ <= head_.size() + std::min(tail_.size(), half_)) return head_ + tail_;
    std::string_view head{head_};
    std::string_view tail{tail_};
    if (tail.size() > half_) tail.remove_prefix(tail.size() - half_);
    // Without any line end a piece is dropped whole: half a word may be half a secret.
    head = head.substr(0, head.rfind('\n') == head.npos ? 0 : head.rfind('\n') + 1);
    tail.remove_prefix(tail.find('\n') == tail.npos ? tail.size() : tail.find('\n') + 1);
    auto const missing = total_ - head.size() - tail.size();
    std::string text{head};
    text += "[... " + std::to_string(missing) + " bytes left out ...]\n";
    text += tail;
    return text;
}

std::string printable(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        auto const length = sequence_length(bytes);
        auto const first = static_cast<unsigned char>(bytes[0]);
        bool const control = length == 1 && (first < 0x20 || first == 0x7F) && first != '\n' &&
                             first != '\t';
        if (length == 0 || control) {
            text += '?';
            bytes.remove_prefix(1);
        } else {
            text.append(bytes.substr(0, length));
            bytes.remove_prefix(length);
        }
    }
    return text;
}

}  // namespace hand
