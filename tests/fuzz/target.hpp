// One fuzz target per file: TOMTE_FUZZ_TARGET(name) { uses data }. With clang and the `fuzz` preset
// One fuzz target per file: TOMTE_FUZZ_TARGET(name) { uses data }. With clang and the preset `fuzz`
// corpora (tests/fuzz/corpus/<name>), so that no target rots and no crash comes back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace fuzz {

using Target = void (*)(std::string_view data);

inline std::map<std::string, Target>& targets() {
    static std::map<std::string, Target> all;
    return all;
}

struct Registered {
    Registered(char const* name, Target target) { targets().emplace(name, target); }
};

// A promise that was broken: the fuzzer must see it.
inline void must(bool truth) {
    if (!truth) std::abort();
}

}  // namespace fuzz

#ifdef TOMTE_FUZZ
#define TOMTE_FUZZ_TARGET(name)                                                        \
    static void name(std::string_view data);                                           \
    extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) \
    {                                                                                  \
        name({reinterpret_cast<char const*>(bytes), size});                            \
        return 0;                                                                      \
    }                                                                                  \
    static void name([[maybe_unused]] std::string_view data)
#else
#define TOMTE_FUZZ_TARGET(name)                                        \
    static void name(std::string_view data);                           \
    static fuzz::Registered const registered_##name{#name, &name};     \
    static void name([[maybe_unused]] std::string_view data)
#endif
