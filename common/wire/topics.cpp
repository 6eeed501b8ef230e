#include "common/wire/topics.hpp"

#include <algorithm>
#include <array>

#include "common/base/check.hpp"

namespace wire {
namespace {

struct HostPattern {
    Channel channel;
    std::string_view path;
    int parts;  // of `rest`
};

constexpr std::array<HostPattern, 19> kHostPatterns{{
    {Channel::avail, "avail", 0},
    {Channel::birth, "birth", 0},
    {Channel::welcome, "welcome", 0},
    {Channel::heartbeat, "heartbeat", 0},
    {Channel::tele, "tele", 1},
    {Channel::event, "event", 0},
    {Channel::cmd, "cmd", 0},
    {Channel::cancel, "cancel", 0},
    {Channel::ack, "ack", 0},
    {Channel::press, "press", 1},
    {Channel::result, "result", 1},
    {Channel::progress, "progress", 1},
    {Channel::output, "output", 2},
    {Channel::journal_ack, "journal/ack", 0},
    {Channel::journal, "journal", 0},
    {Channel::desired, "desired", 1},
    {Channel::reported, "reported", 1},
    {Channel::request, "request", 1},
    {Channel::reply, "reply", 1},
}};

struct SitePattern {
    SiteChannel channel;
    std::string_view path;
    int parts;
};

constexpr std::array<SitePattern, 6> kSitePatterns{{
    {SiteChannel::avail, "coordinator/avail", 0},
    {SiteChannel::status, "coordinator/status", 0},
    {SiteChannel::heartbeat, "coordinator/heartbeat", 0},
    {SiteChannel::press, "coordinator/press", 1},
    {SiteChannel::tele, "coordinator/tele", 1},
    {SiteChannel::freeze, "freeze", 0},
}};

bool is_part_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_' || c == '.';
}

// `parts` levels of plain characters: nothing that is a wildcard or a level of its own.
bool is_rest(std::string_view rest, int parts) {
    if (parts == 0) return rest.empty();
    if (rest.size() > 128) return false;
    int level = 1;
    bool fresh = true;
    for (char const c : rest) {
        if (c == '/') {
            if (fresh) return false;
            ++level;
            fresh = true;
        } else if (!is_part_character(c)) {
            return false;
        } else {
            fresh = false;
        }
    }
    return !fresh && level == parts;
}

template <class Table, class C>
auto const& pattern_of(Table const& table, C channel) {
    auto const found = std::ranges::find_if(
        table, [&](auto const& pattern) { return pattern.channel == channel; });
    CHECK(found != table.end());
    return *found;
}

// The pattern whose path begins `text`, and what comes after it.
template <class Table>
auto match(Table const& table, std::string_view text, std::string_view& rest) {
    return std::ranges::find_if(table, [&](auto const& pattern) {
        if (!text.starts_with(pattern.path)) return false;
        auto const after = text.substr(pattern.path.size());
        if (pattern.parts == 0) {
            rest = {};
            return after.empty();
        }
        if (!after.starts_with('/')) return false;
        rest = after.substr(1);
        return is_rest(rest, pattern.parts);
    });
}

std::string join(std::string_view kind, std::string_view owner, std::string_view path,
                 std::string_view rest) {
    std::string topic{kRoot};
    topic += '/';
    topic += kind;
    topic += '/';
    topic += owner;
    topic += '/';
    topic += path;
    if (!rest.empty()) {
        topic += '/';
        topic += rest;
    }
    return topic;
}

std::string_view wildcards(int parts) {
    if (parts == 0) return {};
    return parts == 1 ? "+" : "+/+";
}

struct Owned {
    std::string_view owner;
    std::string_view path;
};

// tomte/v1/<kind>/<owner>/<path>
std::optional<Owned> take_owner(std::string_view topic, std::string_view kind) {
    for (auto const prefix : {kRoot, kind}) {
        if (!topic.starts_with(prefix)) return std::nullopt;
        topic.remove_prefix(prefix.size());
        if (!topic.starts_with('/')) return std::nullopt;
        topic.remove_prefix(1);
    }
    auto const end = topic.find('/');
    if (end == std::string_view::npos) return std::nullopt;
    return Owned{topic.substr(0, end), topic.substr(end + 1)};
}

}  // namespace

bool is_site_name(std::string_view text) {
    return !text.empty() && text.size() <= 63 && text[0] != '-' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

std::string host_topic(domain::HostId const& host, Channel channel, std::string_view rest) {
    auto const& pattern = pattern_of(kHostPatterns, channel);
    CHECK(is_rest(rest, pattern.parts));
    return join("host", host.text(), pattern.path, rest);
}

std::string any_host_filter(Channel channel) {
    auto const& pattern = pattern_of(kHostPatterns, channel);
    return join("host", "+", pattern.path, wildcards(pattern.parts));
}

std::string host_filter(domain::HostId const& host, Channel channel) {
    auto const& pattern = pattern_of(kHostPatterns, channel);
    return join("host", host.text(), pattern.path, wildcards(pattern.parts));
}

std::string site_topic(std::string_view site, SiteChannel channel, std::string_view rest) {
    auto const& pattern = pattern_of(kSitePatterns, channel);
    CHECK(is_site_name(site) && is_rest(rest, pattern.parts));
    return join("site", site, pattern.path, rest);
}

std::optional<HostTopic> parse_host_topic(std::string_view topic) {
    auto const owned = take_owner(topic, "host");
    if (!owned) return std::nullopt;
    auto const host = domain::HostId::parse(owned->owner);
    std::string_view rest;
    auto const pattern = match(kHostPatterns, owned->path, rest);
    if (!host || pattern == kHostPatterns.end()) return std::nullopt;
    return HostTopic{*host, pattern->channel, std::string{rest}};
}

std::optional<SiteTopic> parse_site_topic(std::string_view topic) {
    auto const owned = take_owner(topic, "site");
    if (!owned || !is_site_name(owned->owner)) return std::nullopt;
    std::string_view rest;
    auto const pattern = match(kSitePatterns, owned->path, rest);
    if (pattern == kSitePatterns.end()) return std::nullopt;
    return SiteTopic{std::string{owned->owner}, pattern->channel, std::string{rest}};
}

}  // namespace wire
