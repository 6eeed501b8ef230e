#include "agent/hand/lines.hpp"

#include <glob.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "common/command/paths.hpp"

namespace hand {

namespace {

using base::Code;
using command::NamedPath;
using command::PathUse;
using command::SimpleCommand;

constexpr std::size_t kMatchesMax = 1000;

// Where a path really leads; empty if it leads nowhere.
std::string real_path(std::string const& path) {
    std::unique_ptr<char, decltype(&::free)> const found{::realpath(path.c_str(), nullptr), ::free};
    return found ? std::string{found.get()} : std::string{};
}

// Why the content of `path` may not be read, when links are followed; empty if it may.
std::string why_not_really(std::string const& path, PathUse use) {
    if (auto why = command::why_not(path, use); !why.empty()) return why;
    if (use == PathUse::meta) return {};
    auto const real = real_path(path);
    if (real.empty() || real == path) return {};
    auto why = command::why_not(real, use);
    return why.empty() ? why : "'" + path + "' leads elsewhere: " + why;
}

class Matches {
  public:
    explicit Matches(std::string const& pattern) {
        failed_ = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found_) == GLOB_NOSPACE;
    }
    ~Matches() { ::globfree(&found_); }
    Matches(Matches const&) = delete;
    Matches& operator=(Matches const&) = delete;

    bool failed() const { return failed_; }
    std::size_t size() const { return found_.gl_pathc; }
    std::vector<std::string> sorted() const {
        std::vector<std::string> all{found_.gl_pathv, found_.gl_pathv + found_.gl_pathc};
        std::sort(all.begin(), all.end());
        return all;
    }

  private:
    glob_t found_{};
    bool failed_ = false;
};

base::Result<std::string> find(SimpleCommand const& command) {
    for (auto const& path : command.programs) {
        if (::access(path.c_str(), X_OK) != 0) continue;
        if (is_roots_own(path)) return path;
        return base::fail(Code::denied, path + " can be changed by somebody else than root");
    }
    return base::fail(Code::not_found, command.argv[0] + " is not installed here");
}

class Preparer {
  public:
    Preparer(SimpleCommand const& command, PreparedPipeline& into)
        : command_(command), into_(into) {}

    base::Result<std::vector<std::string>> argv() {
        auto const program = find(command_);
        if (!program) return tl::make_unexpected(program.error());
        if (auto good = check_literals(); !good) return tl::make_unexpected(good.error());
        std::vector<std::string> argv{*program};
        argv.insert(argv.end(), command_.inject.begin(), command_.inject.end());
        for (std::size_t i = 1; i < command_.argv.size(); ++i)
            if (auto good = add_word(i, argv); !good) return tl::make_unexpected(good.error());
        return argv;
    }

  private:
    // A shell in "/" would have handed over the names of files instead of these words.
    base::Status check_literals() const {
        for (auto const i : command_.literal_globs)
            if (Matches const found{"/" + command_.argv[i]}; found.failed() || found.size() > 0)
                return base::fail(Code::denied,
                                  "'" + command_.argv[i] + "' matches files; put it in quotes");
        return {};
    }

    base::Status add_word(std::size_t i, std::vector<std::string>& argv) {
        auto const& word = command_.argv[i];
        for (auto const& path : command_.paths) {
            if (path.word != i) continue;
            if (path.glob) return add_matches(path, argv);
            auto const why = why_not_really(word.substr(path.from), path.use);
            if (!why.empty()) return base::fail(Code::denied, why);
        }
        argv.push_back(word);
        return {};
    }

    base::Status add_matches(NamedPath const& path, std::vector<std::string>& argv) {
        auto const& pattern = command_.argv[path.word];
        Matches const found{pattern};
        if (found.failed() || found.size() > kMatchesMax)
            return base::fail(Code::denied, "'" + pattern + "' matches more than 1000 files");
        // As a shell has it: what matches nothing is handed over as it is.
        if (found.size() == 0) {
            argv.push_back(pattern);
            return {};
        }
        auto const before = argv.size();
        for (auto& match : found.sorted()) {
            auto why = why_not_really(match, path.use);
            if (why.empty())
                argv.push_back(std::move(match));
            else
                into_.left_out.push_back(std::move(why));
        }
        if (argv.size() == before) return base::fail(Code::denied, into_.left_out.back());
        return {};
    }

    SimpleCommand const& command_;
    PreparedPipeline& into_;
};

// `out` is where the command's output really goes.
Flow flow_of(command::Sink sink, Flow out) {
    if (sink == command::Sink::nothing) return Flow::nothing;
    return sink == command::Sink::out ? out : Flow::result;
}

}  // namespace

bool is_roots_own(std::string const& path) {
    auto real = real_path(path);
    if (real.empty()) return false;
    while (true) {
        struct stat about {};
        if (::stat(real.c_str(), &about) != 0) return false;
        if (about.st_uid != 0 || (about.st_mode & (S_IWGRP | S_IWOTH)) != 0) return false;
        if (real == "/") return true;
        real.resize(std::max<std::size_t>(real.rfind('/'), 1));
    }
}

std::optional<User> find_reader() {
    if (::geteuid() != 0) return std::nullopt;
    auto user = find_user("nobody");
    User reader = user ? std::move(*user) : User{65'534, 65'534, {}};
    for (auto const* name : {"adm", "systemd-journal"}) {
        std::array<char, 4096> text;
        group entry{};
        group* found = nullptr;
        ::getgrnam_r(name, &entry, text.data(), text.size(), &found);
        if (found != nullptr) reader.groups.push_back(found->gr_gid);
    }
    return reader;
}

base::Result<std::vector<PreparedPipeline>> prepare(std::vector<command::Pipeline> const& line,
                                                    std::optional<User> const& reader) {
    std::vector<PreparedPipeline> prepared;
    for (auto const& pipeline : line) {
        PreparedPipeline one{pipeline.join, {}, {}, {}};
        for (std::size_t i = 0; i < pipeline.commands.size(); ++i) {
            auto const& command = pipeline.commands[i];
            auto argv = Preparer{command, one}.argv();
            if (!argv) return tl::make_unexpected(argv.error());
            bool const last = i + 1 == pipeline.commands.size();
            auto const out = last ? Flow::result : Flow::next;
            auto const& name = (*argv)[0];
            one.name += (i == 0 ? "" : "|") + name.substr(name.rfind('/') + 1);
            one.stages.push_back({std::move(*argv),
                                  command.lane == command::Lane::read ? reader : std::nullopt,
                                  flow_of(command.out, out), flow_of(command.error, out)});
        }
        prepared.push_back(std::move(one));
    }
    return prepared;
}

}  // namespace hand
