#include "tests/tidy/tidy.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tidy {
namespace {

constexpr int kFileLines = 500;
constexpr int kFunctionLines = 60;
constexpr std::size_t kColumns = 100;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        auto const end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return lines;
}

std::string_view trim(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    std::istringstream stream{std::string{text}};
    for (std::string word; stream >> word;) found.push_back(word);
    return found;
}

// Columns as people see them: continuation bytes of UTF-8 do not count.
std::size_t columns(std::string_view line) {
    return static_cast<std::size_t>(
        std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool in_folder(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

Layer const* layer_of(std::string_view path, std::vector<Layer> const& layers) {
    Layer const* best = nullptr;
    for (auto const& layer : layers)
        if (in_folder(path, layer.folder) && (!best || layer.folder.size() > best->folder.size()))
            best = &layer;
    return best;
}

bool is_header(std::string_view path) { return path.ends_with(".hpp"); }

// The standard library's and the kernel's headers have no dot or live under sys/, linux/ …
bool is_system(std::string_view header) {
    if (header.find('.') == std::string_view::npos) return true;
    static constexpr std::string_view kSystem[] = {
        "sys/",      "linux/",   "arpa/",   "netinet/", "net/",     "unistd.h",  "fcntl.h",
        "poll.h",    "signal.h", "dirent.h", "errno.h", "pwd.h",    "grp.h",     "spawn.h",
        "glob.h",
        "sched.h",   "time.h",   "netdb.h", "termios.h", "mntent.h", "syscall.h", "stdlib.h"};
    return std::any_of(std::begin(kSystem), std::end(kSystem),
                       [&](std::string_view prefix) { return header.starts_with(prefix); });
}

bool third_party_allowed(std::string_view header, Layer const& layer, bool in_header) {
    for (std::string_view entry : layer.third_party) {
        bool const also_headers = entry.ends_with('+');
        if (also_headers) entry.remove_suffix(1);
        if (header.starts_with(entry) && (also_headers || !in_header)) return true;
    }
    return false;
}

bool project_allowed(std::string_view include, File const& file, Layer const& layer) {
    if (in_folder(include, layer.folder)) return true;
    // Tests below a folder may use it; a folder of its own below a layer belongs to it.
    return std::any_of(layer.may_include.begin(), layer.may_include.end(),
                       [&](std::string const& folder) {
                           return folder == "*" || in_folder(include, folder);
                       }) ||
           include.substr(0, include.rfind('/')) == file.path.substr(0, file.path.rfind('/'));
}

}  // namespace

std::vector<Layer> parse_layers(std::string_view text, std::vector<Violation>& violations) {
    std::vector<Layer> layers;
    int number = 0;
    for (auto line : lines_of(text)) {
        ++number;
        if (trim(line).empty() || line.starts_with('#')) continue;
        std::vector<std::string_view> parts;
        for (std::size_t at = 0; parts.size() < 3;) {
            auto const next = line.find(" : ", at);
            if (next == std::string_view::npos) break;
            parts.push_back(line.substr(at, next - at));
            at = next + 3;
        }
        if (parts.size() != 3) {
            violations.push_back({"tests/tidy/layers.txt", number, "not 'a : b : c : why'"});
            continue;
        }
        Layer layer{std::string{trim(parts[0])}, words(parts[1]), words(parts[2])};
        std::erase(layer.may_include, "-");
        std::erase(layer.third_party, "-");
        layers.push_back(std::move(layer));
    }
    return layers;
}

std::map<std::string, int> parse_exceptions(std::string_view text) {
    std::map<std::string, int> allowed;
    for (auto line : lines_of(text)) {
        if (line.starts_with('#')) continue;
        auto const entry = words(line);
        if (entry.size() >= 3) allowed[entry[0]] = std::atoi(entry[1].c_str());
    }
    return allowed;
}

void check_includes(File const& file, std::vector<Layer> const& layers,
                    std::vector<Violation>& violations) {
    auto const* layer = layer_of(file.path, layers);
    if (!layer) {
        violations.push_back({file.path, 1, "its folder has no line in tests/tidy/layers.txt"});
        return;
    }
    int number = 0;
    for (auto line : lines_of(file.text)) {
        ++number;
        if (!line.starts_with("#include ")) continue;
        bool const quoted = line.size() > 9 && line[9] == '"';
        auto const include = line.substr(10, line.find_last_of(quoted ? '"' : '>') - 10);
        bool const allowed =
            quoted ? project_allowed(include, file, *layer)
                   : is_system(include) ||
                         third_party_allowed(include, *layer, is_header(file.path));
        if (!allowed)
            violations.push_back({file.path, number,
                                  "may not include " + std::string{include} + " (layer " +
                                      layer->folder + ")"});
    }
}

void check_core_is_pure(File const& file, std::vector<Violation>& violations) {
    bool const core =
        in_folder(file.path, "agent/core") || in_folder(file.path, "coordinator/core");
    bool const ground = in_folder(file.path, "common/domain") ||
                        in_folder(file.path, "common/command") ||
                        in_folder(file.path, "common/policy");
    if (!core && !ground) return;
    static constexpr std::string_view kForbidden[] = {
        "<thread>", "<mutex>",   "<fstream>", "<iostream>",  "<random>",       "<filesystem>",
        "<future>", "<unistd.h>", "<ctime>",  "getenv(",     "system_clock::", "steady_clock::",
        "log::",    "<sys/",     "<fcntl.h>", "<sstream>"};
    int number = 0;
    for (auto line : lines_of(file.text)) {
        ++number;
        if (trim(line).starts_with("//")) continue;
        for (auto word : kForbidden)
            if (line.find(word) != std::string_view::npos)
                violations.push_back({file.path, number,
                                      "a core is pure: no " + std::string{word} +
                                          "; take it as an argument or an event"});
    }
}

void check_banned(File const& file, std::vector<Violation>& violations) {
    struct Ban {
        std::string_view call;
        std::string_view instead;
    };
    // Split in two so that this table does not find itself.
    static std::string const kStd = "std::";
    static std::vector<std::pair<std::string, std::string_view>> const kBans = {
        {kStd + "stoi(", "std::from_chars: it does not throw"},
        {kStd + "stol(", "std::from_chars: it does not throw"},
        {kStd + "stoul(", "std::from_chars: it does not throw"},
        {kStd + "stod(", "std::from_chars: it does not throw"},
        {std::string{"sleep"} + "_for(", "a deadline on a condition, or virtual time"},
        {std::string{"usle"} + "ep(", "a deadline on a condition, or virtual time"},
        {kStd + "system(", "the hand's spawn: no shell is ever started"},
        {std::string{"pop"} + "en(", "the hand's spawn: no shell is ever started"},
        {std::string{".det"} + "ach()", "a std::jthread that somebody owns"},
        {std::string{"GTEST_"} + "SKIP", "a test that runs: a skipped one counts as passed"},
        {std::string{"DISAB"} + "LED_", "a test that runs, or none"},
        {std::string{"TO"} + "DO", "do it, or say in the README that it is not there"},
        {std::string{"FIX"} + "ME", "do it, or say in the README that it is not there"},
        {std::string{"/bin/"} + "sh\"", "argv: no shell is ever started"},
    };
    bool const header = is_header(file.path);
    int number = 0;
    for (auto line : lines_of(file.text)) {
        ++number;
        for (auto const& [call, instead] : kBans)
            if (line.find(call) != std::string_view::npos)
                violations.push_back({file.path, number,
                                      "banned: " + call + " — instead: " + std::string{instead}});
        // Literals are meant to be opened; any other namespace in a header is everybody's.
        if (header && line.find("using namespace") != std::string_view::npos &&
            line.find("_literals;") == std::string_view::npos)
            violations.push_back({file.path, number, "banned in a header: using namespace"});
        if (columns(line) > kColumns && line.find("R\"") == std::string_view::npos)
            violations.push_back({file.path, number, "longer than 100 columns"});
    }
}

void check_sizes(File const& file, std::map<std::string, int> const& exceptions,
                 std::vector<Violation>& violations) {
    auto const allowed = [&](std::string const& key, int otherwise) {
        auto const found = exceptions.find(key);
        return found == exceptions.end() ? otherwise : found->second;
    };
    auto const lines = lines_of(file.text);
    auto const total = static_cast<int>(lines.size());
    if (total > allowed(file.path, kFileLines))
        violations.push_back({file.path, total, "a file of " + std::to_string(total) + " lines"});
    // With our formatting a function starts at column 0 (or 4 inside a class) and ends with '}' at
    // the same column; what opens with "namespace", "class", "struct" or "enum" is no function.
    int begin = 0;
    std::string head;
    for (int number = 1; number <= total; ++number) {
        auto const line = lines[static_cast<std::size_t>(number - 1)];
        bool const opens = line.ends_with('{') && !line.empty() && line[0] != ' ' && line[0] != '}';
        bool const scope = line.starts_with("namespace") || line.starts_with("class ") ||
                           line.starts_with("struct ") || line.starts_with("enum ") ||
                           line.starts_with("extern ") || line.find(") {") == std::string::npos;
        if (opens && !scope) {
            begin = number;
            head = std::string{line.substr(0, line.find('('))};
            head = head.substr(head.find_last_of(" *&") + 1);
        } else if (line == "}" && begin != 0) {
            int const length = number - begin + 1;
            if (length > allowed(file.path + ":" + head, kFunctionLines))
                violations.push_back({file.path, begin,
                                      "the function " + head + " has " + std::to_string(length) +
                                          " lines"});
            begin = 0;
        }
    }
}

std::string read_file(std::string const& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<File> read_tree(std::string const& root) {
    std::vector<File> files;
    for (auto const* folder : {"common", "agent", "coordinator", "tools", "tests"}) {
        std::error_code error;
        for (auto const& entry :
             std::filesystem::recursive_directory_iterator{root + "/" + folder, error}) {
            auto const path = entry.path().string();
            if (!path.ends_with(".cpp") && !path.ends_with(".hpp")) continue;
            files.push_back({path.substr(root.size() + 1), read_file(path)});
        }
    }
    std::sort(files.begin(), files.end(),
              [](File const& a, File const& b) { return a.path < b.path; });
    return files;
}

}  // namespace tidy
