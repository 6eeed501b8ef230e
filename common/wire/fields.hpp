// How the codecs of this folder read and write members: with ranges, closed lists and one spelling
// per value. Inside common/wire only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/host.hpp"

namespace wire {

// What a text must look like, and the words for it in a refusal.
struct Shape {
    bool (*matches)(std::string_view text);
    std::string_view what;
};
extern Shape const kUlid;
extern Shape const kUlidOrNone;
extern Shape const kResultId;    // a command's ULID, or "press-" or "lease-" and 8 to 40 characters
extern Shape const kPressId;     // [A-Za-z0-9-]{8,40}
extern Shape const kNonce;       // [A-Za-z0-9._-]{1,64}
extern Shape const kName;        // [a-z0-9][a-z0-9_.-]{0,63}: remedies, offers, verbs, documents
extern Shape const kSite;        // like a host id
extern Shape const kDigest;      // 64 lower-case hex digits
extern Shape const kDigestOrNone;
extern Shape const kHealth;      // healthy, degraded, unhealthy
extern Shape const kModeOrNone;  // observe, ask, auto; empty before the hand has said it

inline constexpr std::int64_t kInt64Max = INT64_MAX;
inline constexpr base::Duration kLongest = std::chrono::hours{24 * 366};

struct EntryCaps {
    std::size_t count = 256;
    std::size_t key_bytes = 256;
    std::size_t value_bytes = 16 * 1024;
};

enum class Keys { closed, open };

// Reads one object. The first fault is kept in the Fault the readers of one message share, and
// everything read after it is a placeholder: the caller looks once, at the end.
struct Fault {
    std::optional<base::Error> error;
};

class Reader {
  public:
    Reader(Fault& fault, base::json::Value object, std::string path = {});

    bool has(std::string_view key) const { return object_[key].present(); }
    void version();           // "v" must be there
    void optional_version();  // "v", if it is there, must be ours

    std::string text(std::string_view key, std::size_t bytes_max);
    std::string text(std::string_view key, Shape const& shape);
    domain::HostId host(std::string_view key);
    std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max);
    double number(std::string_view key);
    bool boolean(std::string_view key);
    base::WallTime time(std::string_view key);
    std::optional<base::WallTime> optional_time(std::string_view key);
    base::Duration seconds(std::string_view key, base::Duration max);
    std::map<std::string, std::string> entries(std::string_view key, EntryCaps const& caps);
    std::vector<std::string> texts(std::string_view key, std::size_t count_max,
                                   std::size_t bytes_max);

    template <class E>
    E choice(std::string_view key, std::optional<E> (*parse)(std::string_view)) {
        auto const value = take(key).string();
        auto const parsed = value ? parse(*value) : std::nullopt;
        if (!parsed) refuse(key, "must be one of its listed words");
        return parsed.value_or(E{});
    }

    Reader object(std::string_view key);
    // Calls read(Reader&) for every element; each element is an object.
    template <class F>
    void each(std::string_view key, std::size_t count_max, F read) {
        auto const list = take(key);
        if (!list.is_array()) return refuse(key, "must be a list");
        if (list.size() > count_max)
            return refuse(key, "has more than " + std::to_string(count_max) + " elements");
        std::size_t index = 0;
        for (auto const& element : list.children()) {
            if (fault_->error) return;
            Reader reader{*fault_, element, where(key) + '[' + std::to_string(index++) + ']'};
            read(reader);
        }
    }

    // Members nobody asked for: numbers and others.
    std::vector<base::json::Value> rest() const;
    // Refuses what nobody asked for, if the keys are closed.
    void finish(Keys keys);

    void refuse(std::string_view key, std::string const& why);
    bool ok() const { return !fault_->error; }

  private:
    base::json::Value take(std::string_view key);
    std::string where(std::string_view key) const;

    Fault* fault_;  // shared by the readers of one message; outlives them
    base::json::Value object_;
    std::string path_;
    std::vector<std::string_view> taken_;
};

// Parses a whole payload and reads it with `read`, a callable Reader& -> Message.
template <class Read>
auto read_payload(std::string_view payload, Keys keys, base::json::Limits limits, Read read)
    -> base::Result<decltype(read(std::declval<Reader&>()))> {
    auto const document = base::json::Document::parse(payload, limits);
    if (!document) return tl::make_unexpected(document.error());
    Fault fault;
    Reader reader{fault, document->root()};
    auto message = read(reader);
    reader.finish(keys);
    if (fault.error) return tl::make_unexpected(*fault.error);
    return message;
}

// The same for a value inside a document somebody else parsed.
template <class Read>
auto read_value(base::json::Value value, Read read)
    -> base::Result<decltype(read(std::declval<Reader&>()))> {
    Fault fault;
    Reader reader{fault, value};
    auto message = read(reader);
    reader.optional_version();
    reader.finish(Keys::closed);
    if (fault.error) return tl::make_unexpected(*fault.error);
    return message;
}

// Integers beyond ±(2^53 - 1) become strings: most readers of JSON hold numbers in doubles.
void put_integer(base::json::Writer& writer, std::string_view key, std::int64_t number);
void put_time(base::json::Writer& writer, std::string_view key, base::WallTime time);
void put_seconds(base::json::Writer& writer, std::string_view key, base::Duration duration);
// Free text, cut with "…" at the end so that it takes at most `bytes_max` bytes of JSON. What a
// decoder would refuse (NUL, bytes that are not UTF-8) becomes U+FFFD: no program's output may make
// our own message unreadable.
void put_text(base::json::Writer& writer, std::string_view key, std::string_view text,
              std::size_t bytes_max);
void put_texts(base::json::Writer& writer, std::string_view key,
               std::vector<std::string> const& texts);
std::size_t escaped_size(std::string_view text);  // bytes of JSON it takes, without quotes
std::string clean_text(std::string_view text, std::size_t bytes_max);

}  // namespace wire
