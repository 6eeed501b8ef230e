// The tokens file as it is now: read again when it has changed, so that a revoked token ends at
// once and a new one works without a restart. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "coordinator/adapters/http/authenticator.hpp"

namespace coordinator::http {

class TokenFile {
  public:
    // Without the file there is one token: a random one with every right, told once to the log,
    // which ends when the file comes. Errors: invalid (a file that cannot be read as one).
    static base::Result<std::unique_ptr<TokenFile>> open(std::string path);

    // Never null. Looks at the file at most once a second; a file that became wrong is told to the
    // log and changes nothing.
    std::shared_ptr<Authenticator const> now();

    // The setup token, for tests; empty once there is a file.
    std::string const& setup_token() const { return setup_token_; }

  private:
    struct Stamp {
        std::int64_t seconds = 0;
        std::int64_t nanoseconds = 0;
        std::int64_t size = -1;
        std::uint64_t inode = 0;
        bool operator==(Stamp const&) const = default;
    };

    explicit TokenFile(std::string path) : path_(std::move(path)) {}
    static Stamp stamp(std::string const& path);
    base::Status read();

    std::string const path_;
    std::mutex mutex_;
    // guarded by mutex_
    std::shared_ptr<Authenticator const> current_;
    Stamp stamp_;
    std::int64_t looked_at_ms_ = 0;
    std::string setup_token_;
};

}  // namespace coordinator::http
