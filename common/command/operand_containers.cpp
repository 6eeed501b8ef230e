// Containers, guests and Kubernetes: names, objects, and the fields of an object that may be shown.
#include <algorithm>
#include <array>

#include "common/command/mini/docker_format.hpp"
#include "common/command/operand_checks.hpp"
#include "common/command/paths.hpp"

namespace command::operand {
namespace {

constexpr std::string_view kLower{"abcdefghijklmnopqrstuvwxyz"};

std::string lower(std::string_view word) {
    std::string made{word};
    for (char& c : made)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return made;
}

template <std::size_t N>
bool is_one_of(std::array<std::string_view, N> const& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

// One kind or its short form, in any case. What holds secrets by its kind is none of ours.
bool is_kind(std::string_view word) {
    auto const kind = lower(word);
    if (kind.empty() || kLower.find(kind[0]) == kLower.npos || !is_name(kind, ".-", 120))
        return false;
    return kind.find("secret") == kind.npos && kind.find("token") == kind.npos &&
           kind.find("credential") == kind.npos;
}

// The contents of config maps are configuration files, with passwords in them.
bool holds_contents(std::string_view word) {
    auto const kind = lower(word);
    return kind == "cm" || kind.starts_with("configmap");
}

bool is_object_name(std::string_view word) {
    return is_name(word, ".-", 253) && word == lower(word);
}

template <class Test>
bool all_in_list(std::string_view list, Test const& test) {
    while (true) {
        auto const end = std::min(list.find(','), list.size());
        if (!test(list.substr(0, end))) return false;
        if (end == list.size()) return true;
        list.remove_prefix(end + 1);
    }
}

// Fields that a path through an object may pass; below 'status' every field is allowed, since there
// the cluster tells what it sees, not what somebody configured.
constexpr std::array<std::string_view, 56> kFields{"items",
                                                   "metadata",
                                                   "name",
                                                   "namespace",
                                                   "creationTimestamp",
                                                   "deletionTimestamp",
                                                   "uid",
                                                   "labels",
                                                   "generation",
                                                   "ownerReferences",
                                                   "kind",
                                                   "apiVersion",
                                                   "spec",
                                                   "nodeName",
                                                   "replicas",
                                                   "selector",
                                                   "containers",
                                                   "initContainers",
                                                   "image",
                                                   "imagePullPolicy",
                                                   "resources",
                                                   "requests",
                                                   "limits",
                                                   "memory",
                                                   "cpu",
                                                   "restartPolicy",
                                                   "serviceAccountName",
                                                   "clusterIP",
                                                   "clusterIPs",
                                                   "externalIPs",
                                                   "ports",
                                                   "port",
                                                   "targetPort",
                                                   "nodePort",
                                                   "protocol",
                                                   "type",
                                                   "capacity",
                                                   "storage",
                                                   "accessModes",
                                                   "storageClassName",
                                                   "volumeName",
                                                   "claimRef",
                                                   "schedule",
                                                   "suspend",
                                                   "involvedObject",
                                                   "reason",
                                                   "message",
                                                   "lastTimestamp",
                                                   "count",
                                                   "loadBalancerIP",
                                                   "rules",
                                                   "host",
                                                   "unschedulable",
                                                   "taints",
                                                   "effect",
                                                   "status"};

// Objects that hold more than their allowed fields, so they may not be shown whole.
constexpr std::array<std::string_view, 9> kNotWhole{
    "items", "metadata",        "spec", "containers", "initContainers",
    "rules", "ownerReferences", "",     "claimRef"};

// A walk over the paths of a template: ".spec.containers[*].image".
class FieldPaths {
  public:
    explicit FieldPaths(std::string_view text) : text_(text) {}

    bool allowed() {
        while (at_ < text_.size()) {
            char const c = text_[at_];
            if (c == '\'' || c == '"' || c == '$' || c == '`' || c == '\\') {
                if (!quoted()) return false;
            } else if (c == '.' || c == '@') {
                if (!path()) return false;
            } else {
                ++at_;
            }
        }
        return true;
    }

  private:
    // Text between quotes is shown or compared, unless it is a field's name in brackets.
    bool quoted() {
        char const quote = text_[at_];
        if (quote != '\'' && quote != '"') return false;
        if (at_ > 0 && text_[at_ - 1] == '[') return false;
        auto const end = text_.find(quote, at_ + 1);
        if (end == text_.npos) return false;
        at_ = end + 1;
        return true;
    }

    bool path() {
        // "{range .items[*]}" walks over objects and shows none of them.
        bool const walks = text_.substr(0, at_).ends_with("range ");
        if (text_[at_] == '@') ++at_;
        std::string_view leaf;
        bool told = false;
        while (at_ < text_.size() && text_[at_] == '.') {
            ++at_;
            auto const begin = at_;
            while (at_ < text_.size() &&
                   (is_alnum(text_[at_]) || text_[at_] == '-' || text_[at_] == '_'))
                ++at_;
            leaf = text_.substr(begin, at_ - begin);
            if (!told && !is_one_of(kFields, leaf)) return false;
            told = told || leaf == "status";
            if (!brackets()) return false;
        }
        return told || (walks && !leaf.empty()) || !is_one_of(kNotWhole, leaf);
    }

    // [*], [0], [0:3] and [?(…)], whose inside is looked at like the rest.
    bool brackets() {
        while (at_ < text_.size() && text_[at_] == '[') {
            auto const end = text_.find(']', at_);
            if (end == text_.npos) return false;
            auto const inside = text_.substr(at_ + 1, end - at_ - 1);
            if (inside.starts_with("?(")) {
                if (!FieldPaths{inside.substr(2)}.allowed()) return false;
            } else if (inside.find_first_not_of("0123456789:*-") != inside.npos) {
                return false;
            }
            at_ = end + 1;
        }
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// Folders in which owners of machines keep stacks and working copies; never where anybody writes.
constexpr std::array<std::string_view, 22> kOwnersFolders{
    "/opt/",     "/srv/",     "/etc/",     "/home/",       "/root/",      "/data/",
    "/mnt/",     "/media/",   "/var/lib/", "/var/www/",    "/usr/local/", "/docker/",
    "/config/",  "/share/",   "/storage/", "/containers/", "/stacks/",    "/apps/",
    "/appdata/", "/volume1/", "/volume2/", "/compose/"};

bool is_in_owners_folder(std::string_view word) {
    if (!is_canonical(word) || word.size() > 250) return false;
    if (word.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./@+=-") != word.npos)
        return false;
    auto const inside = std::string{word} + '/';  // "/config" is in "/config/" too
    return std::ranges::any_of(kOwnersFolders,
                               [&](auto folder) { return inside.starts_with(folder); });
}

bool is_relative(std::string_view word) {
    return is_name(word, "_./-", 200) && word.find("..") == word.npos &&
           word.find("//") == word.npos;
}

// Kinds whose whole objects hold no environment and no contents.
constexpr std::array<std::string_view, 46> kOpenKinds{"node",
                                                      "nodes",
                                                      "no",
                                                      "namespace",
                                                      "namespaces",
                                                      "ns",
                                                      "persistentvolume",
                                                      "persistentvolumes",
                                                      "pv",
                                                      "persistentvolumeclaim",
                                                      "persistentvolumeclaims",
                                                      "pvc",
                                                      "event",
                                                      "events",
                                                      "ev",
                                                      "service",
                                                      "services",
                                                      "svc",
                                                      "endpoints",
                                                      "ep",
                                                      "endpointslices",
                                                      "ingress",
                                                      "ingresses",
                                                      "ing",
                                                      "storageclass",
                                                      "storageclasses",
                                                      "sc",
                                                      "resourcequota",
                                                      "resourcequotas",
                                                      "quota",
                                                      "limitrange",
                                                      "limits",
                                                      "hpa",
                                                      "horizontalpodautoscaler",
                                                      "horizontalpodautoscalers",
                                                      "pdb",
                                                      "poddisruptionbudgets",
                                                      "networkpolicy",
                                                      "networkpolicies",
                                                      "netpol",
                                                      "priorityclasses",
                                                      "pc",
                                                      "leases",
                                                      "ingressclasses",
                                                      "componentstatuses",
                                                      "cs"};

}  // namespace

// A listing's format: what a line shows, where no whole object is at hand.
Fit check_docker_list_format(std::string_view word, Context const&) {
    auto verdict = command::check_docker_format(word, false);
    return Fit{verdict.risk, std::move(verdict.rule), std::move(verdict.reason)};
}

Fit check_docker_port(std::string_view word, Context const& context) {
    auto const slash = word.find('/');
    if (slash != word.npos && word.substr(slash) != "/tcp" && word.substr(slash) != "/udp")
        return wrong();
    return check_port(word.substr(0, slash), context);
}

Fit check_platform(std::string_view word, Context const&) {
    return fits_if(is_name(word, "/_", 40) && std::ranges::count(word, '/') <= 2);
}

Fit check_guest(std::string_view word, Context const&) { return fits_if(is_name(word, "_.-", 64)); }

Fit check_compose_file(std::string_view word, Context const&) {
    if (!word.ends_with(".yml") && !word.ends_with(".yaml")) return wrong();
    return fits_if(is_in_owners_folder(word) || (is_relative(word) && word.find('/') == word.npos));
}
Fit check_owner_folder(std::string_view word, Context const&) {
    return fits_if(is_in_owners_folder(word));
}

Fit check_repo_path(std::string_view word, Context const&) {
    return fits_if(is_relative(word) || is_in_owners_folder(word) || word == ".");
}

Fit check_git_revision(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_./@{}~^+-", 200) || word == "@");
}

// Placeholders of 'git log --format'; %G runs the signature checker that the repository names.
Fit check_git_format(std::string_view word, Context const&) {
    return fits_if(!word.empty() && word[0] != '-' && word.find("%G") == word.npos);
}

Fit check_k8s_kind(std::string_view word, Context const&) {
    return fits_if(all_in_list(word, is_kind));
}
Fit check_k8s_name(std::string_view word, Context const&) { return fits_if(is_object_name(word)); }

Fit check_k8s_object(std::string_view word, Context const&) {
    auto const slash = word.find('/');
    if (slash == word.npos) return wrong();
    auto const kind = word.substr(0, slash);
    return fits_if(is_kind(kind) && !holds_contents(kind) &&
                   is_object_name(word.substr(slash + 1)));
}

Fit check_k8s_pod(std::string_view word, Context const& context) {
    auto const kind = word.substr(0, word.find('/'));
    bool const comes_again =
        kind == "pod" || kind == "pods" || kind == "po" || kind == "job" || kind == "jobs";
    return comes_again ? check_k8s_object(word, context) : wrong();
}

Fit check_k8s_described(std::string_view word, Context const&) {
    return fits_if(
        all_in_list(word, [](auto kind) { return is_kind(kind) && !holds_contents(kind); }));
}

Fit check_k8s_open_kind(std::string_view word, Context const&) {
    return fits_if(all_in_list(word, [](auto kind) { return is_one_of(kOpenKinds, lower(kind)); }));
}

Fit check_k8s_columns(std::string_view word, Context const&) {
    for (std::string_view const head : {"custom-columns=", "jsonpath="})
        if (word.starts_with(head)) return fits_if(FieldPaths{word.substr(head.size())}.allowed());
    return wrong();
}

// The API of Proxmox VE: what it tells of nodes, guests, storages; never what it reads out of a
// guest, files, reports of everything, or who may do what.
Fit check_pve_path(std::string_view word, Context const&) {
    static constexpr std::array<std::string_view, 19> kNever{"agent",
                                                             "access",
                                                             "vncwebsocket",
                                                             "download",
                                                             "download-url",
                                                             "file-restore",
                                                             "query-url-metadata",
                                                             "report",
                                                             "spiceproxy",
                                                             "termproxy",
                                                             "vncproxy",
                                                             "vncshell",
                                                             "cloudinit",
                                                             "metrics",
                                                             "notifications",
                                                             "cfg",
                                                             "join",
                                                             "mtunnel",
                                                             "acme"};
    if (word == "/") return fits();
    if (!is_canonical(word) || word.size() > 200) return wrong();
    word.remove_prefix(1);
    auto const top = word.substr(0, word.find('/'));
    if (top != "nodes" && top != "cluster" && top != "storage" && top != "pools" &&
        top != "version")
        return wrong();
    while (!word.empty()) {
        auto const end = std::min(word.find('/'), word.size());
        auto const part = word.substr(0, end);
        if (!is_name(part, "_.:@-", 120) || is_one_of(kNever, part)) return wrong();
        word.remove_prefix(std::min(end + 1, word.size()));
    }
    return fits();
}

Fit check_pve_volume(std::string_view word, Context const&) {
    auto const colon = word.find(':');
    if (colon == word.npos || !is_name(word.substr(0, colon), "_.-", 64)) return wrong();
    return fits_if(is_relative(word.substr(colon + 1)));
}

}  // namespace command::operand
