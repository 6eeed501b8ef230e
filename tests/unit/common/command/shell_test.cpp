// The words our lexer makes of a line are the words bash and dash hand over: of lines of
// random pieces, and the accepted lines of tests/data/command with random quoting, as far as the
// lexer accepts them. TOMTE_SOAK=1 in the environment compares 100,000.
#include <gtest/gtest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "common/base/files.hpp"
#include "common/base/toml.hpp"
#include "common/command/classify.hpp"
#include "common/command/lexer.hpp"

namespace {

constexpr std::uint32_t kSeed = 20'260'101;
constexpr std::size_t kLines = 4'000;
constexpr std::size_t kSoakLines = 100'000;
constexpr std::size_t kBatch = 500;

using Calls = std::vector<std::vector<std::string>>;

class Dice {
  public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t n) { return engine_() % n; }
    template <class T>
    T const& of(std::vector<T> const& all) {
        return all[below(all.size())];
    }

  private:
    std::mt19937 engine_;
};

// Everything a shell gives a meaning to, and ordinary text around it.
std::string soup(Dice& dice) {
    static std::vector<std::string> const kPieces{
        "a", "b2", "-x", "--long=v", "/var/log/x", "1", "2", "25", " ", " ", " ", "  ", "'", "\"",
        "\\", "$", "`", "#", "~", "!", "{", "}", "(", ")", "[", "]", "*", "?", "&", "&&", "|",
        "||", ";", ";;", "<", ">", ">>", "2>&1", ">/dev/null", "2>/dev/null", "1>/dev/null",
        "2> /dev/null", "</dev/null", "=", "A=1", "^", "%", "@", "+", ":", ",", ".", "'it s'",
        "\"a b\"", "\"x\\\"y\"", "\"$\"", "\"a$ b\"", "\"\\$x\"", "\"\\\\\"", "'\"'", "\"'\"",
        "\\;", "\\(", "\\!", "\\ ", "\\'", "\\\\", "''", "\"\"", "if", "then", "{{.Name}}",
        "'{{.Name}}'", "stub", "&>/dev/null", ">&2", "3>/dev/null"};
    std::string line{"stub"};
    auto const pieces = 1 + dice.below(12);
    for (std::size_t i = 0; i < pieces; ++i) {
        if (dice.below(3) != 0) line += ' ';
        line += dice.of(kPieces);
        if (dice.below(12) == 0) line += " && stub ";
        if (dice.below(16) == 0) line += "|stub ";
    }
    return line;
}

// The text as one word of a shell, its quotes chosen by chance.
std::string quoted(std::string const& text, Dice& dice) {
    constexpr std::string_view kBare{
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./^-"};
    if (text.empty()) return dice.below(2) == 0 ? "''" : "\"\"";
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto const size = 1 + dice.below(std::min<std::size_t>(text.size() - at, 8));
        auto const part = text.substr(at, size);
        at += size;
        auto const bare = part.find_first_not_of(kBare) == std::string::npos;
        auto const how = dice.below(4);
        if (bare && how < 2) {
            out += part;
        } else if (part.find('\'') == std::string::npos && how != 3) {
            out += "'" + part + "'";
        } else {
            out += '"';
            for (char const c : part) {
                if (c == '`') out += "\"'`'\"";
                if (c == '`') continue;
                if (c == '"' || c == '\\' || c == '$') out += '\\';
                out += c;
            }
            out += '"';
        }
    }
    return out;
}

std::vector<std::string> accepted_lines() {
    std::vector<std::string> lines;
    for (auto const& file :
         std::filesystem::directory_iterator{TOMTE_SOURCE_DIR "/tests/data/command"}) {
        if (file.path().extension() != ".toml") continue;
        auto const text = base::read_file(file.path());
        auto const document = base::toml::Document::parse(text.value_or(""), file.path());
        if (!document) continue;
        for (auto const& program : document->root().children())
            for (auto const& line : program["accept"].children())
                lines.push_back(line.string().value_or(""));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

// The line with "stub" for its programs and other quotes, operators and blanks kept in meaning.
std::string rendered(std::vector<command::PipelineWords> const& list, Dice& dice) {
    std::string out;
    for (auto const& pipeline : list) {
        auto const* join = pipeline.join == command::Join::always       ? ";"
                           : pipeline.join == command::Join::on_success ? "&&"
                                                                        : "||";
        if (!out.empty()) out += join;
        for (std::size_t i = 0; i < pipeline.commands.size(); ++i) {
            auto const& simple = pipeline.commands[i];
            if (i > 0) out += dice.below(2) == 0 ? "|" : " | ";
            out += "stub";
            for (std::size_t w = 1; w < simple.words.size(); ++w)
                out += std::string(1 + dice.below(2), ' ') + quoted(simple.words[w].text, dice);
            if (simple.error == command::Sink::out) out += " 2>&1";
            if (simple.error == command::Sink::nothing) out += " 2>/dev/null";
        }
    }
    return out;
}

// What is called if every program ends well.
Calls expected(std::vector<command::PipelineWords> const& list) {
    Calls calls;
    for (auto const& pipeline : list) {
        if (pipeline.join == command::Join::on_failure) continue;
        for (auto const& simple : pipeline.commands) {
            std::vector<std::string> argv;
            for (std::size_t i = 1; i < simple.words.size(); ++i)
                argv.push_back(simple.words[i].text);
            calls.push_back(std::move(argv));
        }
    }
    std::sort(calls.begin(), calls.end());
    return calls;
}

class Shell {
  public:
    explicit Shell(std::string program) : program_(std::move(program)) {}

    // What "stub" was called with by each line; the shell does not replace file patterns.
    std::vector<Calls> run(std::vector<std::string> const& lines) const {
        auto const folder = std::filesystem::temp_directory_path() /
                            ("shell-" + std::to_string(::getpid()) + "-" + program_);
        std::filesystem::create_directories(folder);
        auto const out = (folder / "out").string();
        {
            std::ofstream script{folder / "script"};
            script << "set -f\nsudo() { if [ \"$1\" = -n ]; then shift; fi; \"$@\"; }\n"
                   << "stub() { printf '%s\\0' call \"$#\" \"$@\" >>'" << out << "'; }\n";
            for (auto const& line : lines)
                script << line << "\nprintf 'end\\0' >>'" << out << "'\n";
        }
        EXPECT_EQ(started((folder / "script").string()), 0) << program_ << " is missing";
        auto calls = read(out);
        std::filesystem::remove_all(folder);
        return calls;
    }

  private:
    // Its exit status; what it prints is not wanted.
    int started(std::string script) const {
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        for (int fd = 0; fd < 3; ++fd)
            ::posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
        auto program = program_;
        char* argv[] = {program.data(), script.data(), nullptr};
        pid_t pid = 0;
        int const failed = ::posix_spawnp(&pid, argv[0], &files, nullptr, argv, environ);
        ::posix_spawn_file_actions_destroy(&files);
        int status = failed;
        if (failed == 0) ::waitpid(pid, &status, 0);
        return status;
    }

    static std::vector<Calls> read(std::string const& file) {
        std::ifstream in{file, std::ios::binary};
        std::vector<Calls> all;
        Calls now;
        for (std::string word; std::getline(in, word, '\0');) {
            if (word == "end") {
                std::sort(now.begin(), now.end());
                all.push_back(std::move(now));
                now.clear();
                continue;
            }
            std::getline(in, word, '\0');
            std::vector<std::string> argv(std::strtoul(word.c_str(), nullptr, 10));
            for (auto& one : argv) std::getline(in, one, '\0');
            now.push_back(std::move(argv));
        }
        return all;
    }

    std::string program_;
};

std::string told(Calls const& calls) {
    std::string text;
    for (auto const& argv : calls) {
        text += "\n   ";
        for (auto const& word : argv) text += " [" + word + "]";
    }
    return text;
}

void compare(std::vector<std::string> const& lines, std::size_t& mismatches) {
    for (auto const* program : {"bash", "dash"}) {
        auto const calls = Shell{program}.run(lines);
        ASSERT_EQ(calls.size(), lines.size())
            << program << " stumbles over " << lines.at(std::min(calls.size(), lines.size() - 1));
        for (std::size_t i = 0; i < lines.size(); ++i) {
            auto const wanted = expected(*command::lex(lines[i]));
            if (calls[i] == wanted) continue;
            if (++mismatches <= 20)
                ADD_FAILURE() << program << ": " << lines[i] << "\n  shell:" << told(calls[i])
                              << "\n  we:" << told(wanted);
        }
    }
}

bool is_stub_only(std::vector<command::PipelineWords> const& list) {
    for (auto const& pipeline : list)
        for (auto const& simple : pipeline.commands)
            if (simple.words[0].text != "stub") return false;
    return true;
}

}  // namespace

TEST(ShellTest, Bash_and_dash_hand_over_the_same_words_for_every_line_the_lexer_accepts) {
    auto const count = std::getenv("TOMTE_SOAK") != nullptr ? kSoakLines : kLines;
    std::cout << count << " of " << kSoakLines << " lines, seed " << kSeed << "\n";
    Dice dice{kSeed};
    auto const known = accepted_lines();
    ASSERT_FALSE(known.empty());
    std::size_t done = 0, mismatches = 0, accepted = 0;
    std::vector<std::string> batch;
    while (done < count && mismatches == 0) {
        std::string line;
        if (dice.below(2) == 0) {
            line = soup(dice);
        } else {
            auto const list = command::lex(dice.of(known));
            if (!list) continue;
            line = rendered(*list, dice);
        }
        auto const list = command::lex(line);
        if (!list || !is_stub_only(*list)) continue;
        ++accepted;
        batch.push_back(std::move(line));
        if (batch.size() < kBatch) continue;
        compare(batch, mismatches);
        done += batch.size();
        batch.clear();
    }
    EXPECT_EQ(mismatches, 0u);
    EXPECT_GE(accepted, count);
}
