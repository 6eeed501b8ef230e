#include "tools/tomte/audit_command.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>

#include "common/adapters/sqlite_database.hpp"
#include "common/audit/export.hpp"
#include "common/audit/spool_audit.hpp"
#include "common/base/files.hpp"
#include "common/base/json.hpp"
#include "common/base/toml.hpp"

namespace tomte {
namespace {

namespace fs = std::filesystem;
using adapters::Database;
using base::Code;
using base::Result;
using Lines = std::vector<std::string>;

Result<Database> open(std::string const& path) {
    if (!fs::exists(path)) return base::fail(Code::not_found, path + ": no such file");
    adapters::DatabaseOptions options;
    options.path = path;
    options.access = adapters::DatabaseOptions::Access::read_only;
    options.quick_check = true;
    auto opened = Database::open(options);
    if (!opened) {
        auto error = opened.error();
        error.message = path + ": " + error.message;
        if (error.code == Code::busy)
            error.message += "; the agent has it: stop it for the check, or look at a copy";
        return tl::make_unexpected(error);
    }
    return opened;
}

// The key that was named, or one that lies where `tomte init` puts it; none is no error.
Result<std::optional<trust::PublicKey>> find_key(std::string const& named, fs::path const& folder,
                                                 std::initializer_list<char const*> names) {
    if (!named.empty()) {
        auto key = trust::PublicKey::load(named);
        if (!key) return tl::make_unexpected(key.error());
        return std::optional{*std::move(key)};
    }
    for (auto const* name : names) {
        if (!fs::exists(folder / name)) continue;
        auto key = trust::PublicKey::load((folder / name).string());
        if (!key) return tl::make_unexpected(key.error());
        return std::optional{*std::move(key)};
    }
    return std::optional<trust::PublicKey>{};
}

std::string sentence(std::string const& path, audit::Report const& report) {
    auto text = path + ": good, " + std::to_string(report.rows) + " rows";
    if (report.rows > 0)
        text += " (" + std::to_string(report.begin.seq + 1) + " to " +
                std::to_string(report.end.seq) + ")";
    if (report.begin.seq > 0)
        text += ", those up to " + std::to_string(report.begin.seq) + " were let go";
    if (report.gaps > 0)
        text += ", " + std::to_string(report.gaps) + " gaps of rows dropped for want of room";
    return text + ", " + std::to_string(report.anchors_held) + " signed heads agree; head " +
           report.end.hash;
}

struct Keys {
    std::optional<trust::PublicKey> coordinator;
    std::optional<trust::PublicKey> host;
};

// The coordinator's list of hosts, which lies beside its store, names each one's key.
Result<trust::PublicKey> key_in_hosts(std::string const& path, std::string const& host) {
    auto const text = base::read_file(path);
    if (!text) return tl::make_unexpected(text.error());
    auto const document = base::toml::Document::parse(*text, path);
    if (!document) return tl::make_unexpected(document.error());
    auto const pem = document->root()["hosts"][host]["key"].string();
    if (!pem) return base::fail(Code::not_found, path + " has no key of host '" + host + "'");
    return trust::PublicKey::from_pem(*pem);
}

Result<Keys> find_keys(VerifyOptions const& options) {
    Keys keys;
    auto const& near = options.store.empty() ? options.spool : options.store;
    auto const* const name = options.store.empty() ? "coordinator.pub" : "command.pub";
    auto coordinator = find_key(options.coordinator_key, fs::path{near}.parent_path(), {name});
    if (!coordinator) return tl::make_unexpected(coordinator.error());
    keys.coordinator = *std::move(coordinator);
    if (auto const hosts = fs::path{options.store}.parent_path() / "hosts.toml";
        options.host_key.empty() && !options.store.empty() && !options.host.empty() &&
        fs::exists(hosts)) {
        auto listed = key_in_hosts(hosts.string(), options.host);
        if (!listed) return tl::make_unexpected(listed.error());
        keys.host = *std::move(listed);
        return keys;
    }
    auto host = find_key(options.host_key, fs::path{options.spool}.parent_path(), {"host.pub"});
    if (!host) return tl::make_unexpected(host.error());
    keys.host = *std::move(host);
    return keys;
}

base::Status verify_store(VerifyOptions const& options, Keys const& keys, Lines& lines) {
    auto store = open(options.store);
    if (!store) return tl::make_unexpected(store.error());
    std::vector<audit::Anchor> anchors;
    if (!options.spool.empty()) {
        if (!keys.coordinator)
            return base::fail(Code::invalid, "--key: the heads that the agent kept need the "
                                             "coordinator's public key (command.pub)");
        auto spool = open(options.spool);
        if (!spool) return tl::make_unexpected(spool.error());
        auto kept = audit::anchors_in_spool(*spool, *keys.coordinator, options.spool);
        if (!kept) return tl::make_unexpected(kept.error());
        anchors = *std::move(kept);
    }
    auto report = audit::audit_store(*store, keys.coordinator, std::move(anchors));
    if (!report) return tl::make_unexpected(base::with_context(options.store)(report.error()));
    lines.push_back(sentence(options.store, *report));
    if (!keys.coordinator)
        lines.push_back("no public key was named (--key command.pub): the heads that the "
                        "coordinator signed were not looked at");
    return {};
}

base::Status verify_spool(VerifyOptions const& options, Keys const& keys, Lines& lines) {
    auto spool = open(options.spool);
    if (!spool) return tl::make_unexpected(spool.error());
    std::vector<audit::Anchor> anchors;
    if (!options.store.empty()) {
        if (options.host.empty() || !keys.host)
            return base::fail(Code::invalid,
                              "--host and --host-key: the heads that the coordinator kept need "
                              "the host's name and public key");
        auto store = open(options.store);
        if (!store) return tl::make_unexpected(store.error());
        auto kept = audit::anchors_of_host(*store, options.host, *keys.host);
        if (!kept) return tl::make_unexpected(kept.error());
        anchors = *std::move(kept);
    }
    auto report = audit::audit_spool(*spool, std::move(anchors));
    if (!report) return tl::make_unexpected(base::with_context(options.spool)(report.error()));
    lines.push_back(sentence(options.spool, *report));
    return {};
}

base::Status verify_exported(VerifyOptions const& options, Lines& lines) {
    auto const text = base::read_file(options.exported);
    if (!text) return tl::make_unexpected(text.error());
    auto const path =
        options.signature.empty() ? options.exported + ".sig" : options.signature;
    auto signature = base::read_file(path);
    if (!signature) return tl::make_unexpected(signature.error());
    while (!signature->empty() && signature->back() == '\n') signature->pop_back();
    auto const folder = fs::path{options.exported}.parent_path();
    auto const key = find_key(options.coordinator_key, folder, {"command.pub"});
    if (!key) return tl::make_unexpected(key.error());
    if (!*key) return base::fail(Code::invalid, "--key: the coordinator's public key is needed");
    auto const facts = audit::verify_export(*text, *signature, **key);
    if (!facts) return tl::make_unexpected(base::with_context(options.exported)(facts.error()));
    lines.push_back(options.exported + ": good, " + std::to_string(facts->rows) +
                    " rows, signed by key " + (*key)->id());
    return {};
}

class OutFile {
  public:
    explicit OutFile(std::string const& path)
        : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}
    ~OutFile() {
        if (file_ >= 0) ::close(file_);
    }
    OutFile(OutFile const&) = delete;
    OutFile& operator=(OutFile const&) = delete;

    bool good() const { return file_ >= 0; }
    base::Status write(std::string_view text) const {
        while (!text.empty()) {
            auto const count = ::write(file_, text.data(), text.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return base::fail(Code::unavailable, std::strerror(errno));
            text.remove_prefix(static_cast<std::size_t>(count));
        }
        return {};
    }

  private:
    int file_;
};

base::Status write_new(std::string const& path, std::string const& text) {
    OutFile const file{path};
    if (!file.good()) return base::fail(Code::invalid, path + ": " + std::strerror(errno));
    return file.write(text);
}

int tell(char const* command, Result<Lines> const& lines, bool json) {
    if (json) {
        base::json::Writer out;
        out.begin_object().member("v", 1).member("good", lines.has_value());
        if (lines) {
            out.key("found").begin_array();
            for (auto const& line : *lines) out.value(line);
            out.end_array();
        } else {
            out.member("reason", lines.error().message);
        }
        std::cout << out.end_object().text() << "\n";
    } else if (lines) {
        for (auto const& line : *lines) std::cout << line << "\n";
    } else {
        std::cerr << "tomte " << command << ": " << lines.error().message << "\n";
    }
    return lines ? 0 : 1;
}

}  // namespace

Result<Lines> verify(VerifyOptions const& options) {
    Lines lines;
    base::Status done;
    if (options.store.empty() && options.spool.empty() && options.exported.empty())
        return base::fail(Code::invalid, "--store, --spool or --export: what is to be looked at?");
    auto const keys = find_keys(options);
    if (!keys) return tl::make_unexpected(keys.error());
    if (!options.store.empty()) done = verify_store(options, *keys, lines);
    bool const named = !options.host.empty() || options.store.empty();
    if (done && !options.spool.empty() && named) done = verify_spool(options, *keys, lines);
    if (done && !options.exported.empty()) done = verify_exported(options, lines);
    if (!done) return tl::make_unexpected(done.error());
    return lines;
}

Result<Lines> export_journal(ExportOptions const& options) {
    auto const key_path = options.key.empty()
                              ? (fs::path{options.store}.parent_path() / "command.key").string()
                              : options.key;
    auto const key = trust::PrivateKey::load(key_path);
    if (!key) return tl::make_unexpected(base::with_context("--key")(key.error()));
    auto store = open(options.store);
    if (!store) return tl::make_unexpected(store.error());
    OutFile const file{options.out};
    if (!file.good())
        return base::fail(Code::invalid, options.out + ": " + std::strerror(errno));
    auto const facts = audit::export_journal(
        *store, [&](std::string_view line) { return file.write(line); });
    if (!facts) return tl::make_unexpected(base::with_context(options.store)(facts.error()));
    auto const signature = options.out + ".sig";
    if (auto done = write_new(signature, audit::sign_export(*key, *facts) + "\n"); !done)
        return tl::make_unexpected(done.error());
    return Lines{options.out + ": " + std::to_string(facts->rows) + " rows", signature +
                 ": signed by key " + key->public_key().id()};
}

int verify_command(VerifyOptions const& options, bool json) {
    return tell("verify", verify(options), json);
}

int export_command(ExportOptions const& options, bool json) {
    return tell("export", export_journal(options), json);
}

}  // namespace tomte
