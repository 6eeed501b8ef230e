#include "agent/hand/id_log.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "common/domain/lease.hpp"
#include "common/wire/codec.hpp"

namespace hand {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRewriteBytes = 4 * 1024 * 1024;
constexpr std::size_t kIdsInMemory = 1024;
// An id may be forgotten when the command it belongs to has been expired for this long; limits look
// back one day.
constexpr base::Duration kKeep = 7 * 24h;

void write_stamp(base::json::Writer& writer, Stamp const& stamp) {
    writer.member("boot_id", stamp.boot_id);
    writer.member("boot", static_cast<std::int64_t>(stamp.boot.time_since_epoch().count()));
    writer.member("signed", base::unix_ms(stamp.signed_time));
}

Stamp read_stamp(base::json::Value record) {
    return {std::string{record["boot_id"].string().value_or("")},
            base::BootTime{base::Duration{record["boot"].integer().value_or(0)}},
            base::wall_from_unix_ms(record["signed"].integer().value_or(0))};
}

std::string started_record(std::string const& id, Known const& known) {
    base::json::Writer writer;
    writer.begin_object().member("k", "started").member("id", id).member("hash", known.hash);
    writer.member("expires", base::unix_ms(known.expires));
    writer.member("at", base::unix_ms(known.started.value_or(base::WallTime{})));
    write_stamp(writer, known.started_stamp);
    writer.key("subjects").begin_array();
    for (auto const& subject : known.subjects) writer.value(subject);
    writer.end_array().end_object();
    return writer.take();
}

std::string finished_record(std::string const& id, Known const& known) {
    base::json::Writer writer;
    writer.begin_object().member("k", "finished").member("id", id).member("hash", known.hash);
    writer.member("expires", base::unix_ms(known.expires));
    write_stamp(writer, known.finished_stamp);
    writer.key("result");
    wire::write(writer, *known.result);
    writer.end_object();
    return writer.take();
}

std::string freeze_record(FreezeState const& state) {
    base::json::Writer writer;
    writer.begin_object().member("k", "freeze").member("n", std::to_string(state.rev));
    writer.member("frozen", state.frozen).member("reason", state.reason).end_object();
    return writer.take();
}

std::string number_record(std::string_view kind, std::int64_t number) {
    base::json::Writer writer;
    // As text: JSON's numbers end at 2^53.
    writer.begin_object().member("k", kind).member("n", std::to_string(number)).end_object();
    return writer.take();
}

std::int64_t number_of(base::json::Value record) {
    auto const text = record["n"].string().value_or("");
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string job_record(std::string const& job, JobRun const& run) {
    base::json::Writer writer;
    writer.begin_object().member("k", "job").member("name", job);
    writer.member("at", base::unix_ms(run.at)).member("ok", run.ok).end_object();
    return writer.take();
}

std::string lease_record(LeaseUse const& use) {
    base::json::Writer writer;
    writer.begin_object().member("k", "lease").member("n", std::to_string(use.rev));
    writer.member("used", static_cast<std::int64_t>(use.used.count()));
    write_stamp(writer, use.at);
    writer.end_object();
    return writer.take();
}

domain::CommandResult interrupted(std::string const& id, Known const& known,
                                  base::WallTime now) {
    domain::CommandResult result;
    result.id = id;
    result.state = domain::CommandState::interrupted;
    result.code = domain::ResultCode::interrupted;
    result.detail = "the hand ended while this ran; what it did is not known, it is not run again";
    result.started_at = known.started;
    result.finished_at = std::max(now, known.started.value_or(now));
    return result;
}

}  // namespace

std::unique_ptr<IdLog> IdLog::in_memory() { return std::unique_ptr<IdLog>{new IdLog}; }

base::Result<std::unique_ptr<IdLog>> IdLog::open(std::string const& folder, std::string boot_id,
                                                 base::Time now) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return base::fail(base::Code::unavailable, folder + ": " + std::strerror(errno));
    auto const path = folder + "/log";
    auto const marker = folder + "/log.created";
    // A folder that once had a log must have one: a lost log is not a fresh start.
    if (std::filesystem::exists(marker) && !std::filesystem::exists(path))
        return base::fail(base::Code::corrupt,
                          path + ": the log is gone from a folder that had one");
    auto opened = RecordFile::open(path);
    if (!opened) return tl::make_unexpected(opened.error());
    if (opened->created || !std::filesystem::exists(marker)) {
        if (auto made = write_file_atomically(marker, ""); !made)
            return tl::make_unexpected(made.error());
    }
    std::unique_ptr<IdLog> log{new IdLog};
    log->boot_id_ = std::move(boot_id);
    for (auto const& record : opened->records)
        if (auto read = log->read(record); !read)
            return base::fail(base::Code::corrupt, path + ": " + read.error().message);
    log->report_.torn_bytes = opened->torn_bytes;
    log->file_ = std::move(opened->file);
    if (log->file_->size() > kRewriteBytes) {
        log->forget_old();
        if (auto replaced = RecordFile::replace(path, log->everything()); !replaced)
            return tl::make_unexpected(replaced.error());
        log->file_.reset();
        auto again = RecordFile::open(path);
        if (!again) return tl::make_unexpected(again.error());
        log->file_ = std::move(again->file);
    }
    std::vector<std::pair<std::string, Known>> open_ids;
    for (auto const& [id, known] : log->ids_)
        if (known.started && !known.result) open_ids.emplace_back(id, known);
    for (auto const& [id, known] : open_ids) {
        auto written = log->finished(id, interrupted(id, known, now.wall), known, now.boot);
        if (!written)
            return tl::make_unexpected(written.error());
        log->report_.interrupted.push_back(id);
    }
    return log;
}

std::optional<Known> IdLog::find(std::string const& id) const {
    std::lock_guard const lock{mutex_};
    auto const found = ids_.find(id);
    return found == ids_.end() ? std::nullopt : std::optional{found->second};
}

Stamp IdLog::stamp(base::BootTime now) const { return {boot_id_, now, floor_}; }

base::Duration IdLog::age(Stamp const& then, base::BootTime now) const {
    if (then.boot_id == boot_id_) return now - then.boot;
    return std::max(now.time_since_epoch(), floor_ - then.signed_time);
}

std::vector<Fix> IdLog::fixes(base::BootTime now) const {
    std::lock_guard const lock{mutex_};
    std::vector<Fix> fixes;
    for (auto const& [id, known] : ids_) {
        if (!known.started) continue;
        Fix fix{known.subjects, age(known.started_stamp, now), std::nullopt, false};
        if (known.result) {
            fix.finished_ago = age(known.finished_stamp, now);
            fix.succeeded = known.result->state == domain::CommandState::succeeded;
        }
        fixes.push_back(std::move(fix));
    }
    std::sort(fixes.begin(), fixes.end(),
              [](Fix const& a, Fix const& b) { return a.started_ago > b.started_ago; });
    return fixes;
}

FreezeState IdLog::freeze() const {
    std::lock_guard const lock{mutex_};
    return freeze_;
}

std::int64_t IdLog::epoch() const {
    std::lock_guard const lock{mutex_};
    return epoch_;
}

base::WallTime IdLog::floor() const {
    std::lock_guard const lock{mutex_};
    return floor_;
}

std::optional<JobRun> IdLog::last_good_run(std::string const& job) const {
    std::lock_guard const lock{mutex_};
    auto const found = jobs_.find(job);
    return found == jobs_.end() ? std::nullopt : std::optional{found->second};
}

LeaseUse IdLog::lease_use() const {
    std::lock_guard const lock{mutex_};
    return lease_use_;
}

int IdLog::lease_runs(base::Duration span, base::BootTime now) const {
    std::lock_guard const lock{mutex_};
    return static_cast<int>(std::ranges::count_if(ids_, [&](auto const& entry) {
        auto const& [id, known] = entry;
        return id.starts_with(domain::kLeaseIdPrefix) && known.started &&
               age(known.started_stamp, now) < span;
    }));
}

base::Duration IdLog::powered_since(Stamp const& then, base::BootTime now) const {
    return then.boot_id == boot_id_ ? now - then.boot : now.time_since_epoch();
}

base::Status IdLog::set_lease_use(std::int64_t rev, base::Duration used, base::BootTime now) {
    std::lock_guard const lock{mutex_};
    LeaseUse use{rev, used, stamp(now)};
    auto status = append(lease_record(use), true);
    if (status) lease_use_ = std::move(use);
    return status;
}

base::Status IdLog::started(std::string const& id, Known known, base::BootTime now) {
    std::lock_guard const lock{mutex_};
    known.started_stamp = stamp(now);
    known.result.reset();
    auto status = append(started_record(id, known), true);
    if (status) ids_[id] = std::move(known);
    return status;
}

base::Status IdLog::finished(std::string const& id, domain::CommandResult const& result,
                             Known const& known, base::BootTime now) {
    std::lock_guard const lock{mutex_};
    auto const [entry, fresh] = ids_.try_emplace(id, known);
    if (fresh) entry->second.started.reset();
    entry->second.result = result;
    entry->second.finished_stamp = stamp(now);
    bool const was_started = entry->second.started.has_value();
    auto const record = file_ ? finished_record(id, entry->second) : std::string{};
    if (!file_ && fresh) order_.push_back(id);
    while (order_.size() > kIdsInMemory) {
        ids_.erase(order_.front());
        order_.pop_front();
    }
    return append(record, was_started);
}

base::Status IdLog::set_freeze(FreezeState const& state) {
    std::lock_guard const lock{mutex_};
    auto status = append(freeze_record(state), true);
    if (status) freeze_ = state;
    return status;
}

base::Status IdLog::raise_epoch(std::int64_t epoch) {
    std::lock_guard const lock{mutex_};
    if (epoch <= epoch_) return {};
    auto status = append(number_record("epoch", epoch), true);
    if (status) epoch_ = epoch;
    return status;
}

base::Status IdLog::raise_floor(base::WallTime time) {
    std::lock_guard const lock{mutex_};
    if (time <= floor_) return {};
    auto status = append(number_record("floor", base::unix_ms(time)), false);
    if (status) floor_ = time;
    return status;
}

base::Status IdLog::job_ran(std::string const& job, JobRun const& run) {
    std::lock_guard const lock{mutex_};
    auto status = append(job_record(job, run), false);
    if (status && run.ok) jobs_[job] = run;
    return status;
}

base::Status IdLog::append(std::string const& record, bool sync) {
    if (!file_) return {};
    return file_->append(record, sync);
}

base::Status IdLog::read(std::string_view record) {
    auto const document = base::json::Document::parse(record, {RecordFile::kRecordMax, 12});
    if (!document) return tl::make_unexpected(document.error());
    auto const root = document->root();
    auto const kind = base::json::need_string(root, "k");
    if (!kind) return tl::make_unexpected(kind.error());
    if (*kind == "started" || *kind == "finished") return read_id(*kind, root);
    auto const number = number_of(root);
    if (*kind == "epoch") {
        epoch_ = std::max(epoch_, number);
    } else if (*kind == "floor") {
        floor_ = std::max(floor_, base::wall_from_unix_ms(number));
    } else if (*kind == "freeze") {
        freeze_ = {root["frozen"].boolean().value_or(true), number,
                   std::string{root["reason"].string().value_or("")}};
    } else if (*kind == "job") {
        JobRun const run{base::wall_from_unix_ms(root["at"].integer().value_or(0)),
                         root["ok"].boolean().value_or(false)};
        if (run.ok) jobs_[std::string{root["name"].string().value_or("")}] = run;
    } else if (*kind == "lease") {
        lease_use_ = {number, base::Duration{root["used"].integer().value_or(0)},
                      read_stamp(root)};
    } else {
        return base::fail(base::Code::corrupt, "a record of unknown kind '" + *kind + "'");
    }
    return {};
}

base::Status IdLog::read_id(std::string_view kind, base::json::Value record) {
    auto const id = base::json::need_string(record, "id");
    auto const expires = base::json::need_integer(record, "expires");
    if (!id || !expires) return base::fail(base::Code::corrupt, "a record without id or expiry");
    auto& known = ids_[*id];
    known.hash = record["hash"].string().value_or("");
    known.expires = base::wall_from_unix_ms(*expires);
    if (kind == "started") {
        known.started = base::wall_from_unix_ms(record["at"].integer().value_or(0));
        known.started_stamp = read_stamp(record);
        floor_ = std::max(floor_, known.started_stamp.signed_time);
        known.subjects.clear();
        for (auto const& subject : record["subjects"].children())
            known.subjects.emplace_back(subject.string().value_or(""));
        return {};
    }
    auto result = wire::read_result(record["result"]);
    if (!result) return tl::make_unexpected(result.error());
    known.finished_stamp = read_stamp(record);
    known.result = std::move(*result);
    return {};
}

std::vector<std::string> IdLog::everything() const {
    std::vector<std::string> records{freeze_record(freeze_), number_record("epoch", epoch_),
                                     number_record("floor", base::unix_ms(floor_))};
    if (lease_use_.rev != 0) records.push_back(lease_record(lease_use_));
    for (auto const& [job, run] : jobs_) records.push_back(job_record(job, run));
    for (auto const& [id, known] : ids_) {
        if (known.started) records.push_back(started_record(id, known));
        if (known.result) records.push_back(finished_record(id, known));
    }
    return records;
}

void IdLog::forget_old() {
    std::erase_if(ids_, [&](auto const& entry) {
        auto const& known = entry.second;
        // A started one without an end is not over, however old.
        if (!known.result) return false;
        return std::max(known.expires, known.finished_stamp.signed_time) + kKeep < floor_;
    });
}

}  // namespace hand
