#include "coordinator/adapters/http/token_file.hpp"

#include <sys/stat.h>

#include <chrono>

#include "common/adapters/log.hpp"
#include "common/base/files.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/secret_hash.hpp"

namespace coordinator::http {
namespace {

using adapters::log;
using adapters::LogLevel;

constexpr std::int64_t kLookEveryMs = 1'000;

std::int64_t steady_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

TokenFile::Stamp TokenFile::stamp(std::string const& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return {};
    return {facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, facts.st_size, facts.st_ino};
}

base::Status TokenFile::read() {
    auto const before = stamp(path_);
    auto text = base::read_file(path_);
    if (!text) return tl::make_unexpected(text.error());
    // The last token was revoked: then nobody is let in, which is no mistake in the file.
    bool const none = current_ && text->find("[[token]]") == text->npos;
    base::Result<Authenticator> read = Authenticator{{}};
    if (!none) read = Authenticator::parse(*text, path_);
    if (!read) return tl::make_unexpected(read.error());
    current_ = std::make_shared<Authenticator const>(std::move(*read));
    stamp_ = before;
    setup_token_.clear();
    return {};
}

base::Result<std::unique_ptr<TokenFile>> TokenFile::open(std::string path) {
    std::unique_ptr<TokenFile> file{new TokenFile{std::move(path)}};
    file->looked_at_ms_ = steady_ms();
    if (stamp(file->path_).size >= 0) {
        if (auto done = file->read(); !done) return tl::make_unexpected(done.error());
        return file;
    }
    file->setup_token_ = trust::random_token();
    file->current_ = std::make_shared<Authenticator const>(
        std::vector<Token>{{"setup", "", {Scope::admin}, trust::hash_secret(file->setup_token_)}});
    log(LogLevel::warning, "http.setup_token",
        {{"token", file->setup_token_},
         {"hint", "there is no " + file->path_ +
                      " yet: this bearer token works until 'tomte token create' made one"}});
    return file;
}

std::shared_ptr<Authenticator const> TokenFile::now() {
    std::lock_guard const lock{mutex_};
    auto const at = steady_ms();
    if (at - looked_at_ms_ < kLookEveryMs) return current_;
    looked_at_ms_ = at;
    auto const is = stamp(path_);
    if (is == stamp_ || is.size < 0) return current_;
    if (auto done = read(); !done) {
        stamp_ = is;  // told once, not once a second
        log(LogLevel::error, "http.tokens_not_read", {{"reason", done.error().message}});
    } else {
        log(LogLevel::info, "http.tokens_read", {{"file", path_}});
    }
    return current_;
}

}  // namespace coordinator::http
