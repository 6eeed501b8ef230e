// What the fixing lane must never forget: which ids it knows, which were started, how they ended,
// what counts for the limits, the freeze, the highest epoch and time it has seen. One append-only
// file STATE/log (record_file.hpp) of JSON records; everything in memory is read from it at start.
//
// The rule it exists for: "started" is on disk before a changing step begins; an id started and not
// finished when the log is opened was interrupted, and is never run again.
//
// Thread-safe: the loop and the worker share it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/hand/limits.hpp"
#include "agent/hand/record_file.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/domain/command.hpp"

namespace hand {

// When something happened, so that its age can be told later without believing a clock that can be
// set: powered-on time within one boot, and the latest time somebody trusted had signed by then.
struct Stamp {
    std::string boot_id;
    base::BootTime boot{};
    base::WallTime signed_time{};
    bool operator==(Stamp const&) const = default;
};

// An id this host knows.
struct Known {
    std::string hash;  // of the body: an id with another body is refused
    base::WallTime expires{};
    std::vector<std::string> subjects;
    std::optional<base::WallTime> started;        // for people; none: it changed nothing
    std::optional<domain::CommandResult> result;  // final; none: running
    Stamp started_stamp;
    Stamp finished_stamp;
    bool operator==(Known const&) const = default;
};

struct FreezeState {
    bool frozen = false;
    std::int64_t rev = 0;
    std::string reason;
    bool operator==(FreezeState const&) const = default;
};

// How much powered-on time of a lease was used when this was written.
struct LeaseUse {
    std::int64_t rev = 0;  // of the lease; 0: there never was one
    base::Duration used{};
    Stamp at;
    bool operator==(LeaseUse const&) const = default;
};

struct JobRun {
    base::WallTime at{};  // by the host's clock
    bool ok = false;
    bool operator==(JobRun const&) const = default;
};

class IdLog {
  public:
    struct Report {
        std::vector<std::string> interrupted;  // ids found started and not finished
        std::uint64_t torn_bytes = 0;
    };

    // `folder` is created (0700) if missing. Errors: corrupt (also a folder that lost its log),
    // busy, unavailable, denied. Who gets one must refuse every change.
    static base::Result<std::unique_ptr<IdLog>> open(std::string const& folder,
                                                     std::string boot_id, base::Time now);
    // Without a file, for the read lane: forgets all but the newest ids.
    static std::unique_ptr<IdLog> in_memory();

    Report const& report() const { return report_; }
    std::optional<Known> find(std::string const& id) const;
    // Every started id, the oldest first. An age is powered-on time if it happened in this boot;
    // else at least this boot's, and at least what signed times say.
    std::vector<Fix> fixes(base::BootTime now) const;
    FreezeState freeze() const;
    std::int64_t epoch() const;
    // The latest time the coordinator has signed: it only moves forward.
    base::WallTime floor() const;
    std::optional<JobRun> last_good_run(std::string const& job) const;
    LeaseUse lease_use() const;
    // How many ids of a lease were started within `span`.
    int lease_runs(base::Duration span, base::BootTime now) const;
    // Powered-on time since then, as far as is known: of this boot only, if then was in another.
    base::Duration powered_since(Stamp const& then, base::BootTime now) const;

    // Returns after fsync, or with an error; then nothing may be started.
    base::Status started(std::string const& id, Known known, base::BootTime now);
    // Of a started id: after fsync. Of one that never started (rejected, read-only): remembered,
    // written without waiting.
    base::Status finished(std::string const& id, domain::CommandResult const& result,
                          Known const& known, base::BootTime now);
    base::Status set_freeze(FreezeState const& state);
    base::Status raise_epoch(std::int64_t epoch);
    base::Status raise_floor(base::WallTime time);
    base::Status job_ran(std::string const& job, JobRun const& run);
    base::Status set_lease_use(std::int64_t rev, base::Duration used, base::BootTime now);

  private:
    IdLog() = default;

    base::Status append(std::string const& record, bool sync);
    base::Status read(std::string_view record);
    base::Status read_id(std::string_view kind, base::json::Value record);
    std::vector<std::string> everything() const;
    void forget_old();
    Stamp stamp(base::BootTime now) const;
    base::Duration age(Stamp const& then, base::BootTime now) const;

    mutable std::mutex mutex_;
    // Below: guarded by mutex_.
    std::unique_ptr<RecordFile> file_;  // none: in memory only
    std::map<std::string, Known, std::less<>> ids_;
    std::deque<std::string> order_;  // without a file: ids as they came
    FreezeState freeze_;
    std::int64_t epoch_ = 0;
    base::WallTime floor_{};
    std::map<std::string, JobRun, std::less<>> jobs_;
    LeaseUse lease_use_;
    // Constant after open().
    std::string boot_id_;
    Report report_;
};

}  // namespace hand
