// The restricted command language: bytes -> grammar -> words -> catalogue -> class, with a rule id
// and a reason. Pure; the same answer on coordinator and hand. No shell ever sees a line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/command/catalog.hpp"
#include "common/command/lexer.hpp"
#include "common/command/paths.hpp"
#include "common/domain/remedy.hpp"
#include "common/domain/subject.hpp"

namespace command {

// A word of a command that names a file: asked about again by whoever runs it, with what it really
// leads to.
struct NamedPath {
    std::size_t word = 0;  // in SimpleCommand::argv
    std::size_t from = 0;  // where in the word the path begins ("--file=/var/log/x")
    PathUse use = PathUse::meta;
    bool glob = false;  // to be expanded

    bool operator==(NamedPath const&) const = default;
};

struct SimpleCommand {
    std::vector<std::string> argv;  // the words as a shell would hand them over, without sudo
    std::vector<std::string> programs;       // absolute paths; the first that exists is run
    std::vector<std::string_view> inject;    // arguments to add behind the program's name
    std::vector<NamedPath> paths;
    // Words with an unquoted pattern that a shell would expand if it matched below "/"; who runs
    // the command makes sure that it matches nothing.
    std::vector<std::size_t> literal_globs;
    Lane lane = Lane::read;
    domain::Risk risk = domain::Risk::readonly;
    Sink out = Sink::out;
    Sink error = Sink::error;

    bool operator==(SimpleCommand const&) const = default;
};

struct Pipeline {
    Join join = Join::always;
    std::vector<SimpleCommand> commands;

    bool operator==(Pipeline const&) const = default;
};

// What a command changes, by name.
struct Change {
    OperandType type = OperandType::word;
    std::optional<domain::SubjectKind> kind;  // if policies list such things
    std::string name;
    bool gentle = false;  // only started, or told to reload

    bool operator==(Change const&) const = default;
};

struct Classified {
    domain::Risk risk = domain::Risk::forbidden;
    Lane lane = Lane::read;  // fix if any command needs it
    std::string rule;        // "systemctl.restart", "bytes.control", "program.unknown"
    std::string reason;      // one sentence
    std::vector<Pipeline> pipelines = {};  // empty if forbidden
    std::vector<Change> changes = {};

    // argv of every command in order.
    std::vector<std::vector<std::string>> argv() const;
};

Classified classify(std::string_view line, Context const& context = {});

}  // namespace command
