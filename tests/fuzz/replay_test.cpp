// Runs every target over its committed corpus, and over each entry with bytes changed or lost.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tests/fuzz/target.hpp"

namespace {

namespace fs = std::filesystem;

std::string read(fs::path const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(FuzzCorpora, Run_through_their_targets) {
    fs::path const folder = fs::path{TOMTE_SOURCE_DIR} / "tests/fuzz/corpus";
    ASSERT_GE(fuzz::targets().size(), 5U);
    for (auto const& [name, target] : fuzz::targets()) {
        std::mt19937 random{1};
        int entries = 0;
        for (auto const& entry : fs::directory_iterator(folder / name)) {
            auto const text = read(entry.path());
            target(text);
            ++entries;
            for (int i = 0; i < 40 && !text.empty(); ++i) {
                auto changed = text;
                auto const at = random() % changed.size();
                if (i % 4 == 0)
                    changed.resize(at);
                else if (i % 4 == 1)
                    changed.erase(at, 1 + random() % 8);
                else if (i % 4 == 2)
                    changed.insert(at, changed.substr(random() % changed.size(), 16));
                else
                    changed[at] = static_cast<char>(random());
                target(changed);
            }
        }
        EXPECT_GE(entries, 2) << name << " needs a seed corpus in " << folder / name;
    }
}

}  // namespace
