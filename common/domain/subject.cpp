#include "common/domain/subject.hpp"

#include "common/domain/names.hpp"

#include <algorithm>

namespace domain {
namespace {

constexpr NameTable<SubjectKind, 9> kKinds{{
    {SubjectKind::host, "host"},
    {SubjectKind::service, "service"},
    {SubjectKind::container, "container"},
    {SubjectKind::addon, "addon"},
    {SubjectKind::mount, "mount"},
    {SubjectKind::tunnel, "tunnel"},
    {SubjectKind::certificate, "certificate"},
    {SubjectKind::job, "job"},
    {SubjectKind::target, "target"},
}};

}  // namespace

std::string_view to_string(SubjectKind kind) { return name_of(kKinds, kind); }

std::optional<SubjectKind> parse_subject_kind(std::string_view text) {
    return value_of(kKinds, text);
}

std::string to_text(Subject const& subject) {
    std::string text = subject.host.text();
    text += '/';
    text += to_string(subject.kind);
    if (!subject.name.empty()) {
        text += '/';
        text += subject.name;
    }
    return text;
}

std::optional<Subject> parse_subject(std::string_view text) {
    auto const host_end = text.find('/');
    if (host_end == std::string_view::npos) return std::nullopt;
    auto const host = HostId::parse(text.substr(0, host_end));
    auto const rest = text.substr(host_end + 1);
    auto const kind_end = rest.find('/');
    auto const kind = parse_subject_kind(rest.substr(0, kind_end));
    if (!host || !kind) return std::nullopt;
    auto const name =
        kind_end == std::string_view::npos ? std::string_view{} : rest.substr(kind_end + 1);
    bool const printable =
        std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
    if (!printable || name.empty() != (*kind == SubjectKind::host)) return std::nullopt;
    return Subject{*host, *kind, std::string{name}};
}

}  // namespace domain
