// Waits for another thread without guessing how long it takes.
#pragma once

#include <chrono>
#include <thread>

namespace fakes {

// True as soon as `condition` holds; false if it does not within ten seconds.
template <class Condition>
bool eventually(Condition const& condition) {
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace fakes
