// Databases, printers, routers and other services: names of what they keep.
#include <algorithm>
#include <array>

#include "common/command/operand_checks.hpp"

namespace command::operand {
namespace {

template <std::size_t N>
bool is_one_of(std::array<std::string_view, N> const& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

}  // namespace

// No '=' and no "://": a client would take that for a whole connection to elsewhere.
Fit check_db_name(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_-", 63));
}

// A database's file in a folder of the owner; what it may be asked is the statement's grammar.
Fit check_db_file(std::string_view word, Context const& context) {
    static constexpr std::array<std::string_view, 6> kEnds{".db",  ".sqlite", ".sqlite3",
                                                           ".db3", ".s3db",   ".sqlitedb"};
    return fits_if(check_owner_folder(word, context) &&
                   std::ranges::any_of(kEnds, [&](auto end) { return word.ends_with(end); }));
}

// "alertname=Down", "severity=~warn.*"
Fit check_matcher(std::string_view word, Context const&) {
    auto const sign = word.find_first_of("=!");
    return fits_if(sign != word.npos && sign + 1 < word.size() &&
                   is_name(word.substr(0, sign), "_", 100) &&
                   (word[sign] == '=' || word[sign + 1] == '=' || word[sign + 1] == '~'));
}

Fit check_redis_key(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_:.{}/-", 200));
}

// What InfluxDB 1 tells of itself.
Fit check_influx_show(std::string_view word, Context const&) {
    static constexpr std::array<std::string_view, 11> kShow{"SHOW DATABASES",
                                                            "SHOW DIAGNOSTICS",
                                                            "SHOW STATS",
                                                            "SHOW SHARDS",
                                                            "SHOW SHARD GROUPS",
                                                            "SHOW QUERIES",
                                                            "SHOW RETENTION POLICIES",
                                                            "SHOW MEASUREMENTS",
                                                            "SHOW SERIES CARDINALITY",
                                                            "SHOW MEASUREMENT CARDINALITY",
                                                            "SHOW CONTINUOUS QUERIES"};
    std::string text;
    for (char const c : word) text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    while (!text.empty() && (text.back() == ';' || text.back() == ' ')) text.pop_back();
    auto const on = text.find(" ON ");
    if (on != text.npos) {
        if (!is_name(word.substr(on + 4, text.size() - on - 4), "_-", 63)) return wrong();
        text.resize(on);
    }
    return fits_if(is_one_of(kShow, text));
}

Fit check_mqtt_format(std::string_view word, Context const&) {
    return fits_if(!word.empty() && word[0] != '-');
}

Fit check_npm_package(std::string_view word, Context const&) {
    if (word.starts_with('@')) word.remove_prefix(1);
    return fits_if(is_name(word, "_./@^~-", 200) && word.find("..") == word.npos);
}

// "web", "group:web", "group:*"
Fit check_service_group(std::string_view word, Context const&) {
    if (word.ends_with(":*")) word.remove_suffix(2);
    return fits_if(is_name(word, "_.:@-", 120));
}

// Settings of OpenWrt in which no key stands; of the network only where it goes, not how it logs
// in.
Fit check_uci_path(std::string_view word, Context const&) {
    static constexpr std::array<std::string_view, 9> kOpen{
        "system", "dhcp", "firewall", "dropbear", "luci", "ucitrack", "sqm", "vnstat", "upnpd"};
    static constexpr std::array<std::string_view, 12> kNetwork{
        "proto", "ipaddr", "device", "ifname",    "netmask", "gateway",
        "dns",   "type",   "mtu",    "ip6assign", "metric",  "disabled"};
    if (!is_name(word, "_.@[]-", 120)) return wrong();
    auto const package = word.substr(0, word.find('.'));
    if (is_one_of(kOpen, package)) return fits();
    auto const last = word.rfind('.');
    return fits_if(package == "network" && last != package.size() && last != word.npos &&
                   is_one_of(kNetwork, word.substr(last + 1)));
}

Fit check_printer(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_.,@-", 127));
}

Fit check_bucket_path(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_./-", 250) && word.find("..") == word.npos &&
                   word.find("//") == word.npos);
}

Fit check_range(std::string_view word, Context const&) {
    auto const dots = word.find("..");
    return fits_if(dots != word.npos && all_digits(word.substr(0, dots)) &&
                   all_digits(word.substr(dots + 2)));
}

}  // namespace command::operand
