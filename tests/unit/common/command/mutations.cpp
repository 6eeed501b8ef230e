#include "tests/unit/common/command/mutations.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace command {
namespace {

using Words = std::vector<std::string>;

// Words as they are typed, quotes and all: a quoted stretch is never cut in two.
Words split(std::string_view line) {
    Words words;
    std::string word;
    char quote = '\0';
    for (char const c : line) {
        if (c == ' ' && quote == '\0') {
            if (!word.empty()) words.push_back(std::move(word));
            word.clear();
            continue;
        }
        if (quote == '\0' && (c == '\'' || c == '"'))
            quote = c;
        else if (c == quote)
            quote = '\0';
        word += c;
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

std::string join(Words const& words, std::string_view between = " ") {
    std::string line;
    for (auto const& word : words) (line += line.empty() ? "" : between) += word;
    return line;
}

bool is_plain(std::string_view word) {
    return word.find_first_of("'\"\\$`|&;<>(){}#*?[]~ ") == std::string_view::npos;
}

template <std::size_t N>
std::string_view one_of(std::array<std::string_view, N> const& list, base::Random& random) {
    return list[random.below(N)];
}

// A plain word's place; the size of `words` if there is none.
std::size_t plain_word(Words const& words, base::Random& random) {
    for (int i = 0; i < 8; ++i) {
        auto const at = random.below(words.size());
        if (is_plain(words[at]) && words[at].size() > 1) return at;
    }
    return words.size();
}

std::string quoted(Words words, base::Random& random) {
    auto const at = plain_word(words, random);
    if (at == words.size()) return join(words);
    auto& word = words[at];
    auto const middle = 1 + random.below(word.size() - 1);
    switch (random.below(6)) {
        case 0: word = "'" + word + "'"; break;
        case 1: word = '"' + word + '"'; break;
        case 2: word.insert(middle, "''"); break;
        case 3: word.insert(middle, "\"\""); break;
        case 4: word.insert(middle, "\\"); break;
        default: word = word.substr(0, middle) + "'" + word.substr(middle) + "'";
    }
    return join(words);
}

std::string spaced(Words words, base::Random& random) {
    switch (random.below(5)) {
        case 0: return join(words, "  ");
        case 1: return "   " + join(words) + "  ";
        case 2: return join(words, "\t");
        case 3: return join(words, "\xc2\xa0");
        default: return join(words) + " \n";
    }
}

std::string with_path(Words words, base::Random& random) {
    constexpr std::array<std::string_view, 10> kFolders{
        "/usr/bin/", "/bin/",      "/usr/sbin/",       "/sbin/",      "/usr/local/bin/",
        "./",        "//usr/bin/", "/usr/bin/../bin/", "/usr/./bin/", "/tmp/"};
    if (!is_plain(words[0]) || words[0].find('/') != std::string::npos) return join(words);
    words[0].insert(0, one_of(kFolders, random));
    return join(words);
}

std::string prefixed(Words const& words, base::Random& random) {
    constexpr std::array<std::string_view, 34> kPrefixes{
        "sudo",         "sudo -n",    "sudo -E",    "sudo -u root",  "doas",
        "env",          "env -i",     "FOO=1",      "LD_PRELOAD=/x", "PATH=/tmp:",
        "nice",         "nice -n 5",  "ionice -c3", "nohup",         "time",
        "timeout 5",    "command",    "builtin",    "exec",          "eval",
        "setsid",       "stdbuf -oL", "busybox",    "toybox",        "chrt -i 0",
        "taskset 1",    "xargs",      "watch",      "strace",        "flock /tmp/x",
        "/usr/bin/env", "sudo -- ",   "\\",         "unshare"};
    auto const prefix = one_of(kPrefixes, random);
    return std::string{prefix} + (prefix == "\\" ? "" : " ") + join(words);
}

std::string in_company(std::string const& line, base::Random& random) {
    constexpr std::array<std::string_view, 12> kBefore{
        "uptime && ", "uptime; ", "uptime | ", "uptime || ",     "uptime\n", "uptime & ",
        "true&&",     "df -h;",   "! ",        "if true; then ", "coproc ",  "echo x | "};
    constexpr std::array<std::string_view, 14> kBehind{
        " | cat",    " | head -5", " 2>&1", " >/dev/null", " || true",
        "; uptime",  " && uptime", " &",    " # x",        " 2>/dev/null </dev/null",
        " | grep x", "\nuptime",   " ;",    " |& cat"};
    return random.chance(50) ? std::string{one_of(kBefore, random)} + line
                             : line + std::string{one_of(kBehind, random)};
}

std::string wrapped(std::string const& line, base::Random& random) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kWraps{
        {{"$(", ")"},
         {"`", "`"},
         {"(", ")"},
         {"{ ", "; }"},
         {"sh -c '", "'"},
         {"bash -c \"", "\""},
         {"echo $(", ")"},
         {"cat <(", ")"},
         {"uptime \"$(", ")\""},
         {"eval '", "'"},
         {"ssh localhost '", "'"},
         {"sh <<< '", "'"}}};
    auto const [before, behind] = kWraps[random.below(kWraps.size())];
    return std::string{before} + line + std::string{behind};
}

// An option moves elsewhere, and with it the word behind it, which may be its value.
std::string reordered(Words words, base::Random& random) {
    std::vector<std::size_t> options;
    for (std::size_t i = 1; i < words.size(); ++i)
        if (words[i].starts_with('-') && words[i].size() > 1) options.push_back(i);
    if (options.empty() || words.size() < 3 || words[0] == "sudo") return join(words);
    auto const from = options[random.below(options.size())];
    auto const place = [&](std::size_t at) {
        return words.begin() + static_cast<std::ptrdiff_t>(at);
    };
    std::size_t const count = from + 1 < words.size() && words[from + 1][0] != '-' ? 2 : 1;
    Words const moved(place(from), place(from + count));
    words.erase(place(from), place(from + count));
    auto const to = 1 + random.below(words.size());
    words.insert(place(to), moved.begin(), moved.end());
    return join(words);
}

// --long=value <-> --long value, -xvalue <-> -x value, -a -b <-> -ab
std::string respelled(Words words, base::Random& random) {
    auto const at = random.below(words.size());
    auto& word = words[at];
    bool const has_next = at + 1 < words.size() && !words[at + 1].starts_with('-');
    auto const next = static_cast<std::ptrdiff_t>(at + 1);
    if (word.starts_with("--")) {
        if (auto const equals = word.find('='); equals != std::string::npos) {
            word[equals] = ' ';
        } else if (has_next) {
            word += "=" + words[at + 1];
            words.erase(words.begin() + next);
        }
    } else if (word.starts_with('-') && word.size() > 2) {
        bool const letters = std::ranges::all_of(
            word.substr(1), [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
        if (letters)
            word.insert(2 + random.below(word.size() - 2), " -");
        else
            word.insert(2, " ");
    } else if (word.starts_with('-') && word.size() == 2 && at + 1 < words.size()) {
        auto const& behind = words[at + 1];
        word += behind.starts_with('-') && !behind.starts_with("--") ? behind.substr(1) : behind;
        words.erase(words.begin() + next);
    }
    return join(words);
}

std::string abbreviated(Words words, base::Random& random) {
    for (int i = 0; i < 6; ++i) {
        auto& word = words[random.below(words.size())];
        if (!word.starts_with("--") || word.size() < 5) continue;
        auto const end = std::min(word.find('='), word.size());
        if (end < 5) continue;
        auto const cut = 1 + random.below(std::min<std::size_t>(3, end - 4));
        word.erase(end - cut, cut);
        break;
    }
    return join(words);
}

// Before an operand only: an option behind "--" would be none any more.
std::string with_dashes(Words words, base::Random& random) {
    auto const at = 1 + random.below(words.size());
    bool const operands_follow =
        std::ranges::none_of(words.begin() + static_cast<std::ptrdiff_t>(at), words.end(),
                             [](std::string const& word) { return word.starts_with('-'); });
    if (operands_follow) words.insert(words.begin() + static_cast<std::ptrdiff_t>(at), "--");
    return join(words);
}

// The first short option becomes a member of a cluster with another one behind it.
std::string clustered(Words words, base::Random& random) {
    constexpr std::string_view kLetters{"abcdefgilpqruvwxyAHLNT"};
    for (std::size_t i = 1; i < words.size(); ++i) {
        auto& word = words[i];
        if (word.size() < 2 || word[0] != '-' || word[1] == '-') continue;
        if (i + 1 < words.size() && (words[i + 1][0] != '-' || words[i + 1] == "--"))
            continue;  // what follows may be its value
        word.push_back(kLetters[random.below(kLetters.size())]);
        break;
    }
    return join(words);
}

}  // namespace

std::string mutate(std::string_view line, base::Random& random) {
    auto const words = split(line);
    std::string const text{line};
    if (words.empty()) return text;
    switch (random.below(12)) {
        case 0: return quoted(words, random);
        case 1: return spaced(words, random);
        case 2: return with_path(words, random);
        case 3: return prefixed(words, random);
        case 4: return in_company(text, random);
        case 5: return wrapped(text, random);
        case 6: return reordered(words, random);
        case 7: return respelled(words, random);
        case 8: return abbreviated(words, random);
        case 9: return with_dashes(words, random);
        case 10: return clustered(words, random);
        default: return mutate(mutate(line, random), random);
    }
}

}  // namespace command
