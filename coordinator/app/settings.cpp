#include "coordinator/app/settings.hpp"

#include <array>

namespace coordinator {

namespace {

using enum base::SettingType;

// name, type, default, least, most, what
constexpr std::array kTable{
    base::SettingSpec{"site", text, "home", "", "", "which site's hosts this coordinator serves"},
    base::SettingSpec{"store.path", path, "coordinator.db", "", "", "the journal and its tables"},
    base::SettingSpec{"store.keep", duration, "400d", "1d", "3650d",
                      "how long journal rows are kept"},
    base::SettingSpec{"store.bytes_max", bytes, "4GiB", "16MiB", "1000GiB",
                      "a larger store loses its oldest journal rows"},
    base::SettingSpec{"http.listen", text, "127.0.0.1:8400", "", "", "address:port of the service"},
    base::SettingSpec{"http.certificate", path, "", "", "",
                      "PEM chain for TLS; needed to listen beyond this machine"},
    base::SettingSpec{"http.key", path, "", "", "", "its key"},
    base::SettingSpec{"http.public_url", text, "", "", "",
                      "how people and Alertmanager call this service, such as https://tomte.lan"},
    base::SettingSpec{"http.hosts", list, "", "", "",
                      "further names it may be called by; loopback's always may"},
    base::SettingSpec{"http.tokens", path, "tokens.toml", "", "", "who may ask for what"},
    base::SettingSpec{"broker.host", text, "localhost", "", "", "the MQTT broker"},
    base::SettingSpec{"broker.port", integer, "8883", "1", "65535", "its TLS port"},
    base::SettingSpec{"broker.ca", path, "ca.crt", "", "", "who signed the broker's certificate"},
    base::SettingSpec{"broker.cert", path, "coordinator.crt", "", "", "our certificate"},
    base::SettingSpec{"broker.key", path, "coordinator.key", "", "", "its key"},
    base::SettingSpec{"trust.command_key", path, "command.key", "", "",
                      "signs every command; hosts pin its public half"},
    base::SettingSpec{"trust.approver_keys", path, "", "", "",
                      "public keys (PEM, one after the other) of those who approve and thaw"},
    base::SettingSpec{"trust.web_approver_keys", path, "", "", "",
                      "the same for keys that live in a browser: approvals only"},
    base::SettingSpec{"fleet.hosts", path, "hosts.toml", "", "", "the registry of known hosts"},
    base::SettingSpec{"enroll.ca_key", path, "", "", "",
                      "key of the fleet's authority; empty: nobody can be invited"},
    base::SettingSpec{"enroll.certificates", path, "certificates.jsonl", "", "",
                      "what the authority issued"},
    base::SettingSpec{"enroll.broker_files", path, "", "", "",
                      "folder of the broker's acl, passwords and revoked.pem, which are written "
                      "when hosts join or are revoked"},
    base::SettingSpec{"enroll.listener", text, "", "", "",
                      "address:port of the broker's listener for invitations, as hosts reach it"},
    base::SettingSpec{"catalog.remedies", path, TOMTE_CATALOG_DIR "/remedies", "", "",
                      "folder of remedies, *.toml"},
    base::SettingSpec{"catalog.routing", path, TOMTE_CATALOG_DIR "/routing.toml", "", "",
                      "on which host a fix must run"},
    base::SettingSpec{"metrics.prometheus_url", text, "", "", "",
                      "asked whether an alert is over; empty: nobody is"},
    base::SettingSpec{"notify.webhook_url", text, "", "", "", "told what people should know"},
    base::SettingSpec{"notify.webhook_token", text, "", "", "", "its bearer token", true},
    base::SettingSpec{"feed.listen", text, "", "", "",
                      "ZeroMQ endpoint of the feed, ipc://… or tcp://…; empty: there is none"},
    base::SettingSpec{"feed.curve_key", path, "", "", "",
                      "file with the feed's CURVE secret key; tcp needs one"},
    base::SettingSpec{"log.level", text, "info", "", "", "debug, info, warning or error"},
    base::SettingSpec{"loop.mailbox", integer, "20000", "64", "1000000",
                      "events that may wait; above it webhooks are answered 503"},
    base::SettingSpec{"telemetry.memory", bytes, "24MiB", "1MiB", "4GiB",
                      "for 24 h of one-minute points; one metric of one host takes 11.3 KiB"},
    base::SettingSpec{"core.gather", duration, "2s", "0s", "5m",
                      "how long an incident waits for signals of the same cause"},
    base::SettingSpec{"core.command_ttl", duration, "2m", "1s", "1h", "a command expires after it"},
    base::SettingSpec{"core.resend_first", duration, "2s", "100ms", "5m",
                      "an unacknowledged command is sent again after it, then after twice as long"},
    base::SettingSpec{"core.resend_max", duration, "30s", "100ms", "10m", "… up to this"},
    base::SettingSpec{"core.attempts_max", integer, "3", "1", "20", "per subject and window"},
    base::SettingSpec{"core.attempts_window", duration, "2h", "1m", "7d", "that window"},
    base::SettingSpec{"core.backoff_first", duration, "30s", "10ms", "1h",
                      "pause after a failed attempt, then twice as long"},
    base::SettingSpec{"core.confirm_within", duration, "5m", "1s", "1d",
                      "how long the metrics source may take to let go of an alert"},
    base::SettingSpec{"core.confirm_every", duration, "10s", "100ms", "10m",
                      "how often it is asked"},
    base::SettingSpec{"core.approval_within", duration, "30m", "1s", "7d",
                      "how long an approver may take to answer"},
    base::SettingSpec{"core.host_within", duration, "10m", "1s", "1d",
                      "how long an allowed plan waits for its host"},
    base::SettingSpec{"core.escalation_keeps", duration, "30d", "1m", "365d",
                      "an escalated incident nobody answered is abandoned after it"},
    base::SettingSpec{"core.concurrent_per_host", integer, "1", "1", "64", "attempts at one time"},
    base::SettingSpec{"core.concurrent_fleet", integer, "10", "1", "10000", "attempts at one time"},
    base::SettingSpec{"core.limits_lifted", boolean, "false", "", "",
                      "no limits of attempts and concurrency: for measuring only"},
};

}  // namespace

std::span<base::SettingSpec const> settings_table() { return kTable; }

CoreSettings core_settings(base::Settings const& settings) {
    CoreSettings core;
    core.gather = settings.duration("core.gather");
    core.command_ttl = settings.duration("core.command_ttl");
    core.resend_first = settings.duration("core.resend_first");
    core.resend_max = settings.duration("core.resend_max");
    core.attempts_max = static_cast<int>(settings.integer("core.attempts_max"));
    core.attempts_window = settings.duration("core.attempts_window");
    core.backoff_first = settings.duration("core.backoff_first");
    core.confirm_within = settings.duration("core.confirm_within");
    core.confirm_every = settings.duration("core.confirm_every");
    core.approval_within = settings.duration("core.approval_within");
    core.host_within = settings.duration("core.host_within");
    core.escalation_keeps = settings.duration("core.escalation_keeps");
    core.metrics_configured = !settings.text("metrics.prometheus_url").empty();
    core.concurrent_per_host = static_cast<int>(settings.integer("core.concurrent_per_host"));
    core.concurrent_fleet = static_cast<int>(settings.integer("core.concurrent_fleet"));
    core.limits_lifted = settings.boolean("core.limits_lifted");
    return core;
}

}  // namespace coordinator
