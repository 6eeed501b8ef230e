// From bytes to words: the part of the shell's grammar on which bash, dash and we agree to the
// letter, and nothing else. What the shell would expand, replace or run is refused, not ignored.
//
//   list     := pipeline (('&&' | '||' | ';') pipeline)*
//   pipeline := simple ('|' simple)*
//   simple   := ['sudo' ['-n']] word (word | '2>&1' | ['1'|'2'] '>' '/dev/null' | '<' '/dev/null')*
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/command/refusal.hpp"

namespace command {

struct Word {
    std::string text;     // without its quotes
    bool quoted = false;  // some part of it stood in quotes or after a backslash
    bool glob = false;    // holds *, ? or [ that a shell would expand
};

// Where a stream of a command goes.
enum class Sink : std::uint8_t {
    out,     // the pipe to the next command, or the result
    error,   // the result, but never the pipe
    nothing  // /dev/null
};

struct SimpleWords {
    std::vector<Word> words;  // at least one; without sudo
    bool sudo = false;
    Sink out = Sink::out;
    Sink error = Sink::error;
};

// How a pipeline is joined to the one before it.
enum class Join : std::uint8_t { always, on_success, on_failure };

struct PipelineWords {
    Join join = Join::always;
    std::vector<SimpleWords> commands;
};

constexpr std::size_t kLineMax = 4096;
constexpr std::size_t kCommandsMax = 8;
constexpr std::size_t kWordsMax = 64;
constexpr std::size_t kWordMax = 1024;

// Rules: bytes.*, grammar.*.
OrRefusal<std::vector<PipelineWords>> lex(std::string_view line);

}  // namespace command
