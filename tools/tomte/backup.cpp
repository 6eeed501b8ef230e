#include "tools/tomte/backup.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "common/adapters/sqlite_database.hpp"
#include "common/base/files.hpp"
#include "common/base/json.hpp"
#include "tools/tomte/files.hpp"

extern char** environ;

namespace tomte {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Status;

constexpr char kTar[] = "/usr/bin/tar";
constexpr char kManifest[] = "tomte-backup.json";
constexpr char kStore[] = "coordinator/coordinator.db";
// More starts than happen between a backup and its use; every start raises the epoch by one.
constexpr char kRaiseEpoch[] = "UPDATE meta SET value = value + 100000 WHERE name = 'epoch'";

// A folder that is gone when the work is done, whatever became of it.
class Stage {
  public:
    explicit Stage(fs::path const& beside) : path_((beside / "tomte-backup-XXXXXX").string()) {
        good_ = ::mkdtemp(path_.data()) != nullptr;
    }
    ~Stage() {
        std::error_code ignored;
        if (good_) fs::remove_all(path_, ignored);
    }
    Stage(Stage const&) = delete;
    Stage& operator=(Stage const&) = delete;
    bool good() const { return good_; }
    fs::path path() const { return path_; }

  private:
    std::string path_;
    bool good_ = false;
};

Status run(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t pid = 0;
    if (int const code = ::posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environ);
        code != 0)
        return fail(Code::unavailable, words[0] + ": " + std::strerror(code));
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return fail(Code::unavailable, words[0] + " did not end well");
}

// What a running fleet writes all the time, or what means nothing elsewhere.
bool left_out(fs::path const& relative) {
    auto const text = relative.string();
    auto const name = relative.filename().string();
    return text.starts_with(kStore) || text == "broker/data" || name.starts_with("spool.db") ||
           name == "state" || name.ends_with(".sock") || name.ends_with(".new");
}

Status copy_tree(fs::path const& from, fs::path const& to) {
    std::error_code error;
    for (auto at = fs::recursive_directory_iterator{from, error}; !error && at != end(at);
         at.increment(error)) {
        auto const relative = at->path().lexically_relative(from);
        if (left_out(relative)) {
            if (at->is_directory()) at.disable_recursion_pending();
            continue;
        }
        if (at->is_directory()) {
            fs::create_directory(to / relative, at->path(), error);
            fs::permissions(to / relative, at->status().permissions(), error);
        } else if (at->is_regular_file()) {
            fs::copy_file(at->path(), to / relative, error);
        }
        if (error) return fail(Code::unavailable, at->path().string() + ": " + error.message());
    }
    if (error) return fail(Code::unavailable, from.string() + ": " + error.message());
    return {};
}

// A store that is written to while it is copied by bytes is no store.
Status copy_store(fs::path const& from, fs::path const& to) {
    std::error_code ignored;
    if (!fs::exists(from, ignored)) return {};  // the coordinator was never started
    auto database = adapters::Database::open(
        {.path = from.string(), .access = adapters::DatabaseOptions::Access::existing});
    if (!database) return tl::make_unexpected(database.error());
    auto statement = database->prepare("VACUUM INTO ?1");
    if (!statement) return tl::make_unexpected(statement.error());
    return statement->bind(1, to.string()).run();
}

std::string manifest(std::string const& folder, base::WallTime now) {
    base::json::Writer out;
    out.begin_object().member("v", 1).member("folder", folder).member("at", base::to_rfc3339(now));
    return out.end_object().take() + "\n";
}

// The broker's settings name their files by whole paths.
Status move_broker(fs::path const& folder) {
    auto const text = base::read_file((folder / kManifest).string());
    if (!text) return fail(Code::invalid, "this is no backup of a fleet: no " +
                                              std::string{kManifest} + " is in it");
    auto const document = base::json::Document::parse(*text);
    auto const before = document ? document->root()["folder"].string() : std::nullopt;
    if (!before || document->root()["v"].integer() != 1)
        return fail(Code::invalid, "a backup of a version that this program does not know");
    auto const conf = folder / "broker" / "mosquitto.conf";
    auto settings = base::read_file(conf.string());
    if (!settings) return tl::make_unexpected(settings.error());
    auto const was = " " + std::string{*before} + "/broker/";
    auto const is = " " + folder.string() + "/broker/";
    for (auto at = settings->find(was); at != std::string::npos;
         at = settings->find(was, at + is.size()))
        settings->replace(at, was.size(), is);
    return replace_file(conf, *settings, kFileMode);
}

Status raise_epoch(fs::path const& store) {
    std::error_code ignored;
    if (!fs::exists(store, ignored)) return {};
    auto database = adapters::Database::open(
        {.path = store.string(), .access = adapters::DatabaseOptions::Access::existing,
         .quick_check = true});
    if (!database) return tl::make_unexpected(database.error());
    return database->execute(kRaiseEpoch);
}

base::Result<fs::path> whole(std::string const& name) {
    std::error_code error;
    auto path = fs::absolute(name, error).lexically_normal();
    if (error || name.empty()) return fail(Code::invalid, "'" + name + "' is no place");
    return path.has_filename() ? path : path.parent_path();
}

}  // namespace

Status backup(BackupOptions const& options, base::WallTime now) {
    auto const folder = whole(options.folder);
    auto const file = whole(options.file);
    if (!folder) return tl::make_unexpected(folder.error());
    if (!file) return tl::make_unexpected(file.error());
    std::error_code ignored;
    if (!fs::exists(*folder / "coordinator/ca.key", ignored))
        return fail(Code::not_found, "there is no fleet in " + folder->string());
    if (fs::exists(*file, ignored))
        return fail(Code::invalid, file->string() + " is there already");
    Stage const stage{file->parent_path()};
    if (!stage.good()) return fail(Code::denied, "nothing can be written beside " + file->string());
    auto const archive = stage.path() / "archive";
    auto const tree = stage.path() / "tree";
    if (auto made = make_folder(tree); !made) return made;
    if (auto copied = copy_tree(*folder, tree); !copied) return copied;
    if (auto copied = copy_store(*folder / kStore, tree / kStore); !copied) return copied;
    if (auto made = create_file(tree / kManifest, manifest(folder->string(), now), kFileMode);
        !made)
        return made;
    // Made empty and private first: the archive holds every key of the fleet.
    if (auto made = create_file(archive, "", kSecretMode); !made) return made;
    if (auto packed = run({kTar, "-C", tree.string(), "-czf", archive.string(), "."}); !packed)
        return packed;
    if (::rename(archive.c_str(), file->c_str()) != 0)
        return fail(Code::denied, file->string() + ": " + std::strerror(errno));
    return {};
}

Status restore(RestoreOptions const& options) {
    auto const folder = whole(options.folder);
    auto const file = whole(options.file);
    if (!folder) return tl::make_unexpected(folder.error());
    if (!file) return tl::make_unexpected(file.error());
    std::error_code ignored;
    if (!fs::is_regular_file(*file, ignored))
        return fail(Code::not_found, file->string() + " is no file");
    bool const there = fs::exists(*folder, ignored);
    if (there && !fs::is_empty(*folder, ignored))
        return fail(Code::invalid, folder->string() + " is not empty");
    if (auto made = make_folder(*folder); !made) return made;
    auto restored = run({kTar, "-C", folder->string(), "-xzpf", file->string(), "--no-same-owner"});
    if (restored) restored = move_broker(*folder);
    if (restored) restored = make_folder(*folder / "broker/data");
    if (restored) restored = raise_epoch(*folder / kStore);
    if (restored) return {};
    for (auto const& entry : fs::directory_iterator{*folder, ignored})
        fs::remove_all(entry.path(), ignored);
    return restored;
}

}  // namespace tomte
