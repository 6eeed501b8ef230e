// The network: who may be asked, names in DNS, and the words of ip, ss and nft.
#include <algorithm>
#include <array>
#include <charconv>

#include "common/command/operand_checks.hpp"
#include "common/command/paths.hpp"

namespace command::operand {
namespace {

std::string upper(std::string_view word) {
    std::string made{word};
    for (char& c : made)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return made;
}

template <std::size_t N>
bool is_one_of(std::array<std::string_view, N> const& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

unsigned to_number(std::string_view digits) {
    unsigned value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

// Loopback, private, link-local and shared (VPN) addresses.
bool is_lan_address(std::string_view word) {
    if (word.find(':') != word.npos) {
        auto const start = upper(word.substr(0, 4));
        return word == "::1" || start.starts_with("FE8") || start.starts_with("FC") ||
               start.starts_with("FD");
    }
    auto const dot = word.find('.');
    auto const first = to_number(word.substr(0, dot));
    auto const second = to_number(word.substr(dot + 1, word.find('.', dot + 1) - dot - 1));
    return first == 127 || first == 10 || (first == 192 && second == 168) ||
           (first == 172 && second >= 16 && second <= 31) || (first == 169 && second == 254) ||
           (first == 100 && second >= 64 && second <= 127);
}

bool is_address(std::string_view word) { return bool{check_ip(word, {})}; }

bool is_dns_name(std::string_view word) {
    if (word == ".") return true;
    // dig takes these as types: a zone as a whole.
    if (auto const type = upper(word); type == "AXFR" || type.starts_with("IXFR")) return false;
    if (word.ends_with('.')) word.remove_suffix(1);
    if (word.empty() || word.size() > 253) return false;
    while (true) {
        auto const end = std::min(word.find('.'), word.size());
        auto const label = word.substr(0, end);
        if (label.starts_with('_') ? !is_name(label.substr(1), "_-", 62)
                                   : !is_name(label, "_-", 63))
            return false;
        if (end == word.size()) return true;
        word.remove_prefix(end + 1);
    }
}

bool is_lan_host(std::string_view word) {
    if (is_address(word)) return is_lan_address(word);
    // A name of digits and dots alone would be an address in one of its odd spellings.
    if (word.find_first_not_of("0123456789.xX") == word.npos || word.starts_with("0x"))
        return false;
    if (!is_dns_name(word) || word == ".") return false;
    if (word.find('.') == word.npos) return true;
    static constexpr std::array<std::string_view, 11> kEnds{
        ".local",    ".lan",     ".home",   ".internal",  ".home.arpa", ".localdomain",
        ".intranet", ".private", ".ts.net", ".fritz.box", ".local."};
    return std::ranges::any_of(kEnds, [&](auto end) { return word.ends_with(end); });
}

template <class Test>
bool is_with_port(std::string_view word, Test const& test) {
    auto const colon = word.rfind(':');
    if (colon == word.npos || !check_port(word.substr(colon + 1), {})) return false;
    auto host = word.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != host.npos)
        return false;
    return test(host);
}

// Resolvers that everybody knows; asking a stranger's server would tell it something.
constexpr std::array<std::string_view, 22> kResolvers{"1.1.1.1",
                                                      "1.0.0.1",
                                                      "1.1.1.2",
                                                      "1.1.1.3",
                                                      "8.8.8.8",
                                                      "8.8.4.4",
                                                      "9.9.9.9",
                                                      "149.112.112.112",
                                                      "9.9.9.10",
                                                      "208.67.222.222",
                                                      "208.67.220.220",
                                                      "94.140.14.14",
                                                      "94.140.15.15",
                                                      "2606:4700:4700::1111",
                                                      "2606:4700:4700::1001",
                                                      "2001:4860:4860::8888",
                                                      "2001:4860:4860::8844",
                                                      "2620:fe::fe",
                                                      "one.one.one.one",
                                                      "dns.google",
                                                      "dns.quad9.net",
                                                      "resolver1.opendns.com"};

bool is_resolver(std::string_view word) { return is_one_of(kResolvers, word) || is_lan_host(word); }

// "+short", "+notcp", "+time=2": known flags only, so that no data can be hidden in one (+ednsopt).
template <std::size_t N>
bool is_query_flag(std::string_view word, std::array<std::string_view, N> const& known) {
    if (!word.starts_with('+')) return false;
    word.remove_prefix(1);
    auto const equals = word.find('=');
    if (equals != word.npos) {
        auto const value = word.substr(equals + 1);
        if (value.empty() || value.size() > 43 ||
            value.find_first_not_of("0123456789./:") != value.npos)
            return false;
        word = word.substr(0, equals);
    }
    if (is_one_of(known, word)) return true;
    return word.starts_with("no") && is_one_of(known, word.substr(2));
}

constexpr std::array<std::string_view, 72> kDigFlags{"aaflag",
                                                     "aaonly",
                                                     "additional",
                                                     "adflag",
                                                     "all",
                                                     "answer",
                                                     "authority",
                                                     "badcookie",
                                                     "besteffort",
                                                     "bufsize",
                                                     "cdflag",
                                                     "class",
                                                     "cmd",
                                                     "coflag",
                                                     "comments",
                                                     "cookie",
                                                     "crypto",
                                                     "defname",
                                                     "dns64prefix",
                                                     "dnssec",
                                                     "do",
                                                     "dscp",
                                                     "edns",
                                                     "ednsflags",
                                                     "ednsnegotiation",
                                                     "expandaaaa",
                                                     "expire",
                                                     "fail",
                                                     "header-only",
                                                     "idnin",
                                                     "idnout",
                                                     "identify",
                                                     "ignore",
                                                     "keepalive",
                                                     "keepopen",
                                                     "mapped",
                                                     "multiline",
                                                     "ndots",
                                                     "nsid",
                                                     "nssearch",
                                                     "onesoa",
                                                     "opcode",
                                                     "padding",
                                                     "qid",
                                                     "qr",
                                                     "question",
                                                     "raflag",
                                                     "rdflag",
                                                     "recurse",
                                                     "retry",
                                                     "rrcomments",
                                                     "search",
                                                     "short",
                                                     "showallmessages",
                                                     "showbadcookie",
                                                     "showsearch",
                                                     "split",
                                                     "stats",
                                                     "subnet",
                                                     "tcflag",
                                                     "tcp",
                                                     "time",
                                                     "timeout",
                                                     "tls",
                                                     "trace",
                                                     "tries",
                                                     "ttlid",
                                                     "ttlunits",
                                                     "unknownformat",
                                                     "vc",
                                                     "yaml",
                                                     "zflag"};

constexpr std::array<std::string_view, 24> kDelvFlags{
    "short",         "cdflag", "class", "crypto",   "multiline", "rtrace", "mtrace", "vtrace",
    "rrcomments",    "split",  "all",   "comments", "trust",     "ttl",    "tcp",    "yaml",
    "unknownformat", "dnssec", "root",  "ns",       "hint",      "qmin",   "strace", "dlv"};

constexpr std::array<std::string_view, 30> kTypes{
    "A",     "AAAA",   "ANY",   "CAA",        "CDNSKEY",    "CDS",  "CERT",  "CNAME",
    "DNAME", "DNSKEY", "DS",    "HINFO",      "HTTPS",      "SVCB", "LOC",   "MX",
    "NAPTR", "NS",     "NSEC",  "NSEC3PARAM", "OPENPGPKEY", "PTR",  "RRSIG", "SOA",
    "SPF",   "SRV",    "SSHFP", "TLSA",       "TXT",        "URI"};

}  // namespace

Fit check_lan_host(std::string_view word, Context const&) { return fits_if(is_lan_host(word)); }
Fit check_host_port(std::string_view word, Context const&) {
    return fits_if(is_with_port(
        word, [](auto host) { return is_address(host) || (is_dns_name(host) && host != "."); }));
}
Fit check_lan_host_port(std::string_view word, Context const&) {
    return fits_if(is_with_port(word, is_lan_host));
}

Fit check_db_host(std::string_view word, Context const&) {
    return fits_if(is_lan_host(word) || word == "/var/run/postgresql" || word == "/run/postgresql");
}

Fit check_port_range(std::string_view word, Context const& context) {
    auto const dash = word.find('-');
    if (dash == word.npos || !check_port(word.substr(0, dash), context)) return wrong();
    return check_port(word.substr(dash + 1), context);
}

// Milliseconds between two questions.
Fit check_slow_ms(std::string_view word, Context const&) {
    return fits_if(all_digits(word, 6) && to_number(word) >= 20);
}

Fit check_mac(std::string_view word, Context const&) {
    if (word.size() != 17) return wrong();
    for (std::size_t i = 0; i < word.size(); ++i) {
        bool const hex =
            std::string_view{"0123456789abcdefABCDEF"}.find(word[i]) != std::string_view::npos;
        if (i % 3 == 2 ? word[i] != ':' && word[i] != '-' : !hex) return wrong();
    }
    return fits();
}

Fit check_iface_glob(std::string_view word, Context const&) {
    return fits_if(!word.empty() && word.size() <= 32 && std::ranges::all_of(word, [](char c) {
        return is_alnum(c) || std::string_view{"_.:@-*?[]"}.find(c) != std::string_view::npos;
    }) && word[0] != '-');
}

// After a verb that only shows, every word of ip(8), bridge(8) and tc(8) selects what is shown.
Fit check_ip_selector(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_.:/%@-", 64) ||
                   (word.starts_with("::") && is_address(word.substr(0, word.find('/')))));
}

Fit check_ss_filter(std::string_view word, Context const&) {
    constexpr std::string_view kSigns{" _.:=<>!()*/[]&|-%"};
    return fits_if(!word.empty() && word[0] != '-' && std::ranges::all_of(word, [&](char c) {
        return is_alnum(c) || kSigns.find(c) != kSigns.npos;
    }));
}

Fit check_nft_word(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_.-", 64));
}

Fit check_dns_name(std::string_view word, Context const&) { return fits_if(is_dns_name(word)); }
Fit check_dns_server(std::string_view word, Context const&) { return fits_if(is_resolver(word)); }
Fit check_dns_type(std::string_view word, Context const&) {
    return fits_if(is_one_of(kTypes, upper(word)));
}
Fit check_dig_word(std::string_view word, Context const&) {
    if (word.starts_with('@')) return fits_if(is_resolver(word.substr(1)));
    return fits_if(is_query_flag(word, kDigFlags));
}
Fit check_delv_word(std::string_view word, Context const&) {
    if (word.starts_with('@')) return fits_if(is_resolver(word.substr(1)));
    return fits_if(is_query_flag(word, kDelvFlags));
}

// "_http._tcp"
Fit check_mdns_service(std::string_view word, Context const&) {
    auto const dot = word.find("._");
    return fits_if(word.starts_with('_') && dot != word.npos &&
                   is_name(word.substr(1, dot - 1), "-_", 40) &&
                   (word.substr(dot) == "._tcp" || word.substr(dot) == "._udp"));
}

// A folder of backups: a local path, a service of the cloud with the owner's key, or the local
// network; never a server made up on the line.
Fit check_restic_repo(std::string_view word, Context const&) {
    if (word.starts_with('/')) return fits_if(why_not(word, PathUse::meta).empty());
    auto const colon = word.find(':');
    if (colon == word.npos) return wrong();
    auto const kind = word.substr(0, colon);
    auto rest = word.substr(colon + 1);
    if (rest.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@-") != rest.npos)
        return wrong();
    if (kind == "b2" || kind == "gs" || kind == "azure" || kind == "swift")
        return fits_if(is_alnum(rest[0]));
    if (kind == "rclone") return check_rclone_remote(rest, {});
    auto const after_user = [](std::string_view text) { return text.substr(text.find('@') + 1); };
    if (kind == "sftp") {
        if (rest.starts_with("//")) rest.remove_prefix(2);
        if (!is_alnum(rest.empty() ? '-' : rest[0])) return wrong();
        auto const host = after_user(rest);
        return fits_if(
            is_lan_host(host.substr(0, std::min(host.find_first_of(":/"), host.size()))));
    }
    if (kind != "rest" && kind != "s3") return wrong();
    for (std::string_view const head : {"https://", "http://"})
        if (rest.starts_with(head)) rest.remove_prefix(head.size());
    if (rest.find('@') != rest.npos) return wrong();
    auto const host = rest.substr(0, std::min(rest.find_first_of(":/"), rest.size()));
    return fits_if(is_lan_host(host) || (kind == "s3" && (host.ends_with(".amazonaws.com") ||
                                                          host.ends_with(".backblazeb2.com") ||
                                                          host.ends_with(".wasabisys.com"))));
}

Fit check_borg_repo(std::string_view word, Context const&) {
    auto const archive = word.find("::");
    if (archive != word.npos) {
        if (archive + 2 < word.size() && !is_name(word.substr(archive + 2), "_.:@+-", 200))
            return wrong();
        word = word.substr(0, archive);
        if (word.empty()) return fits();
    }
    if (word.starts_with('/')) return fits_if(why_not(word, PathUse::meta).empty());
    bool const url = word.starts_with("ssh://");
    if (url) word.remove_prefix(6);
    if (word.empty() || !is_name(word, "_./:@~-", 250)) return wrong();
    auto const host = word.substr(word.find('@') + 1);
    auto const end = host.find_first_of(url ? ":/" : ":");
    return fits_if(end != host.npos && is_lan_host(host.substr(0, end)));
}

// "b2:bucket/path": a remote of the configuration; a comma or a leading ':' would make up another.
Fit check_rclone_remote(std::string_view word, Context const&) {
    auto const colon = word.find(':');
    if (colon == word.npos || !is_name(word.substr(0, colon), "_-", 60)) return wrong();
    auto const path = word.substr(colon + 1);
    return fits_if(path.find("..") == path.npos && std::ranges::all_of(path, [](char c) {
                       return is_alnum(c) ||
                              std::string_view{"_./ @+=-"}.find(c) != std::string_view::npos;
                   }));
}

Fit check_file_url(std::string_view word, Context const&) {
    constexpr std::string_view kFile{"file://"};
    return fits_if(word.starts_with(kFile) &&
                   why_not(word.substr(kFile.size()), PathUse::meta).empty());
}

// A zone's file of a name server.
Fit check_zone_file(std::string_view word, Context const&) {
    static constexpr std::array<std::string_view, 7> kFolders{
        "/etc/bind/",     "/var/lib/bind/", "/var/cache/bind/", "/etc/nsd/",
        "/var/lib/knot/", "/etc/knot/",     "/var/named/"};
    return fits_if(
        is_canonical(word) && is_name(word.substr(1), "_./-", 200) &&
        word.find(".key") == word.npos &&
        std::ranges::any_of(kFolders, [&](auto folder) { return word.starts_with(folder); }));
}

// A certificate: it is public, and the programs that take one show nothing else of the file.
Fit check_cert_file(std::string_view word, Context const&) {
    if (!is_canonical(word) || !is_name(word.substr(1), "_./@+-", 200)) return wrong();
    for (std::string_view const no : {"key", "KEY", "priv", "/proc/", "/dev/"})
        if (word.find(no) != word.npos) return wrong();
    static constexpr std::array<std::string_view, 6> kEnds{".pem",  ".crt", ".cer",
                                                           ".cert", ".der", ".csr"};
    return fits_if(std::ranges::any_of(kEnds, [&](auto end) { return word.ends_with(end); }));
}

// A file with a password that a program takes for itself and shows to nobody.
Fit check_secret_path(std::string_view word, Context const&) {
    static constexpr std::array<std::string_view, 8> kFolders{
        "/etc/", "/root/", "/home/", "/opt/", "/var/lib/", "/run/secrets/", "/config/", "/srv/"};
    static constexpr std::array<std::string_view, 7> kNames{"pass", "pw",    "key",   "secret",
                                                            "cred", "token", "restic"};
    auto const base = word.substr(word.rfind('/') + 1);
    if (base.starts_with("passwd") ||
        std::ranges::none_of(kNames, [&](auto part) { return base.find(part) != base.npos; }))
        return wrong();
    return fits_if(
        is_canonical(word) && word.size() <= 200 && is_name(word.substr(1), "_./@-") &&
        std::ranges::any_of(kFolders, [&](auto folder) { return word.starts_with(folder); }));
}

}  // namespace command::operand
