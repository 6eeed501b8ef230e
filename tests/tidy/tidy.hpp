// The house style, as far as a program can see it: who includes whom, banned calls with what to use
// instead, sizes with a ratchet, line lengths. Pure functions over texts, so that a test can show
// that each of them fails when it should; tidy_test.cpp runs them over the tree.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct File {
    std::string path;  // from the root of the project: "common/base/json.cpp"
    std::string text;
};

struct Violation {
    std::string path;
    int line = 0;
    std::string what;
};

struct Layer {
    std::string folder;
    std::vector<std::string> may_include;  // folders; "*" is everything
    std::vector<std::string> third_party;  // prefixes; a trailing '+' allows them in headers too
};

// layers.txt. A line that is not of its form is a Violation of layers.txt itself.
std::vector<Layer> parse_layers(std::string_view text, std::vector<Violation>& violations);

// Longest reason-bearing ratchet entries: key -> allowed lines.
std::map<std::string, int> parse_exceptions(std::string_view text);

void check_includes(File const& file, std::vector<Layer> const& layers,
                    std::vector<Violation>& violations);
void check_core_is_pure(File const& file, std::vector<Violation>& violations);
void check_banned(File const& file, std::vector<Violation>& violations);
void check_sizes(File const& file, std::map<std::string, int> const& exceptions,
                 std::vector<Violation>& violations);

// All C++ files below the project's code folders, sorted by path.
std::vector<File> read_tree(std::string const& root);
std::string read_file(std::string const& path);

}  // namespace tidy
