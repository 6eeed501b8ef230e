#include "common/command/classify.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "common/base/nearest.hpp"
#include "common/command/names.hpp"

namespace command {
namespace {

constexpr std::size_t kLineMax = 4096;

enum class Slot { none, unit, container, count };

// One allowed line: its words, where "<unit>", "<container>" and "<count>" stand for an operand.
// The program is pinned to the path it has on every supported system.
struct Form {
    std::string_view rule;
    std::string_view program;
    std::string_view words;
    Lane lane = Lane::read;
};

// Only reads, and only of what a person who may see the host's state may know: nothing here prints
// an environment, another process's arguments or a file.
constexpr std::array kForms{
    Form{"exact.true", "/usr/bin/true", "true"},
    Form{"exact.uptime", "/usr/bin/uptime", "uptime"},
    Form{"exact.date", "/usr/bin/date", "date"},
    Form{"exact.hostname", "/usr/bin/hostname", "hostname"},
    Form{"exact.uname", "/usr/bin/uname", "uname -a"},
    Form{"exact.df", "/usr/bin/df", "df"},
    Form{"exact.df", "/usr/bin/df", "df -h"},
    Form{"exact.df", "/usr/bin/df", "df -i"},
    Form{"exact.free", "/usr/bin/free", "free"},
    Form{"exact.free", "/usr/bin/free", "free -m"},
    Form{"exact.free", "/usr/bin/free", "free -h"},
    Form{"exact.lsblk", "/usr/bin/lsblk", "lsblk"},
    Form{"exact.ip", "/usr/bin/ip", "ip -brief address"},
    Form{"exact.ip", "/usr/bin/ip", "ip -brief link"},
    Form{"exact.ip", "/usr/bin/ip", "ip route"},
    Form{"exact.ss", "/usr/bin/ss", "ss -tln"},
    Form{"exact.ss", "/usr/bin/ss", "ss -s"},
    Form{"systemctl.is_active", "/usr/bin/systemctl", "systemctl is-active <unit>"},
    Form{"systemctl.is_failed", "/usr/bin/systemctl", "systemctl is-failed <unit>"},
    Form{"systemctl.is_enabled", "/usr/bin/systemctl", "systemctl is-enabled <unit>"},
    Form{"systemctl.status", "/usr/bin/systemctl", "systemctl status <unit>"},
    Form{"systemctl.status", "/usr/bin/systemctl", "systemctl status --no-pager <unit>"},
    Form{"systemctl.failed", "/usr/bin/systemctl", "systemctl --failed"},
    Form{"systemctl.failed", "/usr/bin/systemctl", "systemctl list-units --failed"},
    Form{"systemctl.timers", "/usr/bin/systemctl", "systemctl list-timers"},
    Form{"journalctl.unit", "/usr/bin/journalctl", "journalctl -u <unit> -n <count>"},
    Form{"journalctl.unit", "/usr/bin/journalctl", "journalctl -u <unit> -n <count> --no-pager"},
    Form{"journalctl.disk_usage", "/usr/bin/journalctl", "journalctl --disk-usage"},
    // The engines' sockets are root's, so these reads are the privileged lane's.
    Form{"docker.ps", "/usr/bin/docker", "docker ps", Lane::fix},
    Form{"docker.ps", "/usr/bin/docker", "docker ps -a", Lane::fix},
    Form{"docker.logs", "/usr/bin/docker", "docker logs --tail <count> <container>", Lane::fix},
    Form{"podman.ps", "/usr/bin/podman", "podman ps", Lane::fix},
    Form{"podman.ps", "/usr/bin/podman", "podman ps -a", Lane::fix},
    Form{"podman.logs", "/usr/bin/podman", "podman logs --tail <count> <container>", Lane::fix},
};

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        auto const end = std::min(line.find(' '), line.size());
        if (end > 0) words.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

Slot slot_of(std::string_view word) {
    if (word == "<unit>") return Slot::unit;
    if (word == "<container>") return Slot::container;
    return word == "<count>" ? Slot::count : Slot::none;
}

// 1 to 1000: more lines than that are not read by a person, and would fill the result.
bool is_count(std::string_view word) {
    bool const digits = std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
    return digits && !word.empty() && word[0] != '0' && (word.size() <= 3 || word == "1000");
}

// The operand as it goes into argv; empty if it does not fit.
std::string operand(Slot slot, std::string_view word) {
    switch (slot) {
        case Slot::unit: {
            auto unit = std::string{word};
            if (!has_unit_type(word)) unit += ".service";
            return is_unit_name(unit) ? unit : std::string{};
        }
        case Slot::container:
            return is_container_name(word) ? std::string{word} : std::string{};
        case Slot::count: return is_count(word) ? std::string{word} : std::string{};
        case Slot::none: break;
    }
    return {};
}

// The argv of `words` if they have exactly this form; empty otherwise.
std::vector<std::string> fit(Form const& form, std::span<std::string_view const> words) {
    auto const wanted = split(form.words);
    if (wanted.size() != words.size()) return {};
    std::vector<std::string> argv{std::string{form.program}};
    for (std::size_t i = 1; i < words.size(); ++i) {
        auto const slot = slot_of(wanted[i]);
        auto text = slot == Slot::none ? std::string{words[i]} : operand(slot, words[i]);
        if (text.empty() || (slot == Slot::none && words[i] != wanted[i])) return {};
        argv.push_back(std::move(text));
    }
    return words[0] == wanted[0] ? argv : std::vector<std::string>{};
}

// In the lane that can do nothing: nobody wakes root for a line that will not run.
Classified forbidden(std::string rule, std::string reason) {
    return Classified{domain::Risk::forbidden, Lane::read, std::move(rule), std::move(reason), {}};
}

Classified unlisted(std::string_view program) {
    std::string forms;
    std::vector<std::string_view> programs;
    for (auto const& form : kForms) {
        auto const known = form.words.substr(0, form.words.find(' '));
        programs.push_back(known);
        if (known != program) continue;
        forms += (forms.empty() ? "" : ", ") + ("'" + std::string{form.words} + "'");
    }
    if (!forms.empty())
        return forbidden("unknown_form", "of this program only these lines are allowed: " + forms);
    std::string reason = "this program is not in the catalogue";
    if (auto const meant = base::nearest(program, programs); !meant.empty())
        reason += "; did you mean '" + std::string{meant} + "'?";
    return forbidden("unknown_program", std::move(reason));
}

}  // namespace

std::string_view to_string(Lane lane) { return lane == Lane::read ? "read" : "fix"; }

Classified classify(std::string_view line) {
    if (line.size() > kLineMax)
        return forbidden("bytes.length", "the line is longer than 4096 bytes");
    if (!std::ranges::all_of(line, [](char c) { return c >= 0x20 && c <= 0x7e; }))
        return forbidden("bytes.control", "the line holds bytes that are not printable ASCII");
    auto const words = split(line);
    if (words.empty()) return forbidden("bytes.empty", "the line is empty");
    for (auto const& form : kForms) {
        auto argv = fit(form, words);
        if (argv.empty()) continue;
        return Classified{domain::Risk::readonly,
                          form.lane,
                          std::string{form.rule},
                          "it is in the list of reading commands",
                          {std::move(argv)}};
    }
    return unlisted(words[0]);
}

}  // namespace command
