// The types of operands of containers, networks, backups and databases, word by word.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

#include "common/command/operand_types.hpp"

namespace {

void expect(std::string_view type, std::initializer_list<std::string_view> fitting,
            std::initializer_list<std::string_view> others) {
    auto const found = command::parse_operand_type(type);
    ASSERT_TRUE(found) << type;
    for (auto const word : fitting)
        EXPECT_TRUE(command::check_operand(*found, word, {})) << type << " takes " << word;
    for (auto const word : others)
        EXPECT_FALSE(command::check_operand(*found, word, {})) << type << " refuses " << word;
}

}  // namespace

TEST(ServiceOperands, Ports_and_platforms_are_exact) {
    expect("docker_port", {"80", "80/tcp", "53/udp"}, {"", "0", "80/sctp", "80/", "x"});
    expect("platform", {"linux/amd64", "linux/arm/v7"}, {"/linux", "a/b/c/d", ""});
    expect("port_range", {"1-1024", "80-81"}, {"80", "-80", "1-x", "0-5"});
    expect("mac", {"aa:bb:cc:dd:ee:ff", "AA-BB-CC-DD-EE-FF"}, {"aa:bb", "gg:bb:cc:dd:ee:ff", ""});
    expect("probe_count", {"1", "10", "1000"}, {"0", "1001", "-1", "99999", ""});
    expect("probe_interval", {"1", "0.2", "0.5", "60"}, {"0", "0.1", "0.002", ""});
    expect("slow_ms", {"20", "1000"}, {"1", "0", ""});
    expect("range", {"1..2", "10..200"}, {"1", "1..", "..2", "a..b"});
}

TEST(ServiceOperands, Compose_files_and_working_copies_lie_where_owners_keep_them) {
    expect("compose_file",
           {"/opt/stacks/home/docker-compose.yml", "compose.yaml", "/home/pi/x.yml"},
           {"/tmp/evil.yml", "/opt/../tmp/x.yml", "/opt/x.env", "../x.yml", "a/b.yml",
            "/dev/shm/x.yml"});
    expect("owner_folder", {"/srv/app", "/etc/nixos", "/home/pi/config"},
           {"/tmp/x", "/var/tmp/x", "/run/x", "/opt//x", "/srv/a b", "srv/app"});
    expect("repo_path", {"docs/x.md", ".", "/srv/app/x"}, {"../x", "-x", "/tmp/x", ":(attr)x", ""});
    expect("git_revision", {"HEAD", "HEAD~3", "origin/main", "a..b", "v1.0^{}", "@"},
           {"-x", "", "a b"});
    expect("git_format", {"%h %s", "oneline", "format:%an"}, {"%G?", "-x", "", "%h %GS"});
}

TEST(ServiceOperands, Of_Kubernetes_no_secrets_and_no_contents) {
    expect("k8s_kind", {"pods", "deploy,svc", "cm", "PersistentVolumes"},
           {"secrets", "pods,secret", "sealedsecrets.bitnami.com", "serviceaccounttokens", "",
            "a,,b"});
    expect("k8s_object", {"pod/web-0", "deployment/web"},
           {"secret/db", "cm/app", "configmaps/app", "pod", "pod/", "pod/../x", "Pod/Web"});
    expect("k8s_pod", {"pod/web-0", "job/backup"}, {"deployment/web", "ns/home", "secret/x"});
    expect("k8s_described", {"pods", "node"}, {"cm", "configmap", "pods,configmaps", "secret"});
    expect("k8s_open_kind", {"nodes", "pv,pvc", "Events"},
           {"pods", "deployments", "cm", "secrets"});
    expect("k8s_name", {"web-0", "n1.home.lan"}, {"Web", "-web", "a/b", ""});
}

TEST(ServiceOperands, A_path_through_an_object_reaches_no_environment) {
    expect("k8s_columns",
           {"jsonpath={.status.phase}", "jsonpath={.items[*].metadata.name}",
            "custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image",
            "jsonpath={.items[?(@.status.phase==\"Failed\")].metadata.name}",
            "jsonpath={range .items[*]}{.metadata.name}{end}"},
           {"jsonpath={.spec}", "jsonpath={.items}", "jsonpath={..env}",
            "jsonpath={.spec.containers}", "jsonpath={.spec.containers[*].env}", "jsonpath={.data}",
            "jsonpath={.metadata.annotations}", "jsonpath={.items[*]['data']}",
            "jsonpath={.spec.containers[*]}", "jsonpath={@}", "jsonpath={.spec['containers']}",
            "go-template={{.data}}", "custom-columns=X:.spec.*",
            "jsonpath={.items[?(@.data)].metadata.name}", "jsonpath={.metadata}", "jsonpath={.a[x}",
            "jsonpath={range .items[*]}{.}{end}"});
}

TEST(ServiceOperands, The_API_of_Proxmox_is_read_outside_of_guests) {
    expect("pve_path",
           {"/", "/nodes", "/nodes/pve/qemu/100/config", "/cluster/resources", "/storage"},
           {"/access/users", "/nodes/pve/qemu/100/agent/file-read", "/nodes/../access", "nodes",
            "/nodes/pve/report", "/nodes//pve", "/cluster/acme/account"});
    expect("pve_volume", {"local:iso/debian.iso", "tank:vm-100-disk-0"},
           {"local", "local:../x", ":x"});
    expect("guest", {"web", "vm-100"}, {"evil:web", "-web", "a/b"});
}

TEST(ServiceOperands, Strangers_are_not_asked) {
    expect("lan_host",
           {"localhost", "127.0.0.1", "192.168.1.5", "10.1.2.3", "172.20.0.1", "nas", "nas.local",
            "100.100.1.1", "::1", "fe80::1", "fd00::5"},
           {"203.0.113.7", "example.com", "172.32.0.1", "2001:db8::1", "0x7f000001", "2130706433",
            "", "evil.local.example.com"});
    expect("lan_host_port", {"localhost:443", "[::1]:8443", "nas.lan:993"},
           {"example.com:443", "localhost", "localhost:0", "::1:443"});
    expect("host_port", {"example.com:443", "203.0.113.7:22"}, {"example.com", "a b:1", ".:1"});
    expect("db_host", {"localhost", "/var/run/postgresql"},
           {"203.0.113.7", "/tmp", "db.example.com"});
    expect("dns_server", {"1.1.1.1", "192.168.1.53", "dns.google"},
           {"203.0.113.7", "ns.evil.example"});
    expect("dig_word", {"+short", "+noall", "+time=2", "@1.1.1.1", "+norecurse"},
           {"@203.0.113.7", "+ednsopt=65001:73", "+time=a", "+evil", "@", "+"});
    expect("delv_word", {"+rtrace", "+nocdflag", "@192.168.1.1"}, {"+root=x", "@203.0.113.7"});
}

TEST(ServiceOperands, Names_in_DNS_are_names) {
    expect("dns_name", {"example.com", "_dmarc.example.com", "example.com.", "."},
           {"", "..", "a..b", "-x.com", "AXFR", "ixfr=3", "a b", "x/y"});
    expect("dns_type", {"A", "mx", "TXT"}, {"AXFR", "x", ""});
    expect("mdns_service", {"_http._tcp", "_hap._udp"},
           {"http", "_http._sctp", "_http", "_a b._tcp"});
    expect("iface_glob", {"eth0", "en*", "br-?[0-9]"}, {"-x", "", "a/b"});
    expect("ip_selector", {"dev", "10.0.0.0/8", "table", "::/0"}, {"-x", "", "a;b", "$x"});
    expect("ss_filter", {"state", "( dport = :443 )", "!established"}, {"-K", "", "a;b", "$x"});
    expect("nft_word", {"inet", "f2b-sshd"}, {";", "a;b", "-x", ""});
}

TEST(ServiceOperands, Repositories_are_here_in_the_local_network_or_the_owners_cloud) {
    expect(
        "restic_repo",
        {"/backup/repo", "b2:bucket:home", "rclone:b2:bucket", "sftp:pi@nas.local:/repo",
         "sftp://pi@192.168.1.5:22//repo", "rest:http://nas:8000/", "s3:s3.amazonaws.com/bucket"},
        {"relative", "sftp:pi@203.0.113.7:/x", "rest:http://203.0.113.7/", "rest:https://u:p@nas/",
         "s3:https://evil.example/x", "rclone::sftp,host=x:", "ext:sh",
         "b2:", "sftp:-oProxyCommand=x:/y"});
    expect("borg_repo",
           {"/backup/repo", "/backup/repo::monday", "ssh://borg@nas:22/srv/repo", "pi@nas:repo",
            "::x"},
           {"ssh://203.0.113.7/x", "pi@evil.example:repo", "/backup/repo::a b", "repo", "-x", ""});
    expect("rclone_remote", {"b2:", "b2:bucket/path", "my-nas:a b"},
           {":sftp,host=x:", "b2,endpoint=x:y", "b2", "b2:../x", "-x:y"});
    expect("file_url", {"file:///backup"}, {"sftp://x/y", "file://../x", "/backup"});
    expect("secret_path", {"/root/.restic-pass", "/etc/restic/password"}, {"/etc/shadow"});
    expect("secret_path", {}, {"/tmp/x", "/etc/../x", "x", ""});
    expect("cert_file", {"/etc/letsencrypt/live/example.com/fullchain.pem", "/etc/ssl/certs/x.crt"},
           {"/etc/ssl/private/x.pem", "/etc/letsencrypt/live/a/privkey.pem", "/etc/shadow", "x.pem",
            ""});
    expect("zone_file", {"/etc/bind/db.home"},
           {"/etc/bind/rndc.key", "/etc/shadow", "/etc/bind/../x"});
}

TEST(ServiceOperands, Services_are_named_and_not_connected_elsewhere) {
    expect("db_name", {"app", "home_assistant"}, {"host=203.0.113.7", "postgresql://x", "a b", ""});
    expect("db_file", {"/var/lib/grafana/grafana.db", "/media/x.sqlite3"},
           {"/etc/shadow", "/tmp/x.db", "x.db"});
    expect("matcher", {"alertname=Down", "severity=~warn.*", "a!=b"},
           {"add", "expire", "=x", "a=", "-x=y"});
    expect("pm2_process", {"api", "0"}, {"x.js", "ecosystem.config.js", "-x"});
    expect("redis_key", {"session:1"}, {"-x", "a b", "*"});
    expect("influx_show", {"SHOW DATABASES", "show measurements on home", "SHOW STATS;"},
           {"DROP DATABASE x", "SHOW DATABASES; DROP DATABASE x", "SELECT 1", "",
            "SHOW DATABASES ON a b"});
    expect("mqtt_format", {"%t %p"}, {"", "-x"});
    expect("npm_package", {"@scope/pkg@1.0", "pm2"}, {"../x", "-x", ""});
    expect("service_group", {"web", "web:api", "web:*"}, {"-x", "", "a b"});
    expect("uci_path", {"dhcp", "system.@system[0].hostname", "network.wan.proto"},
           {"wireless", "network", "network.wan.password", "network.wan", "-x", "rpcd",
            "networkx.a.proto"});
    expect("printer", {"office", "office-12"}, {"-x", "", "/x"});
    expect("bucket_path", {"nas/bucket/x"}, {"../x", "a//b", "-x", ""});
}
