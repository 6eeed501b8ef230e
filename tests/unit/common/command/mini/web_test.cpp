#include "common/command/mini/web.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

Verdict curl(std::string_view text) { return check_curl(words(text)); }
Verdict wget(std::string_view text) { return check_wget(words(text)); }

TEST(Web, Lets_curl_ask_this_host) {
    expect_allowed(curl, {
                             "http://localhost:8123/",
                             "-I http://localhost:80",
                             "-s http://localhost:9090/api/v1/query?query=up",
                             "-sf --max-time 5 http://localhost:8080/health",
                             "-fsS -m5 -o /dev/null -w %{http_code}\\n http://127.0.0.1/",
                             "-so/dev/null http://[::1]:3000/api/health",
                             "-sS -o - -X GET https://localhost/ -k",
                             "-sS -H Accept:application/json http://localhost/",
                             "-w %header{server} http://localhost/",
                         });
    EXPECT_EQ(curl("-s http://localhost/a http://127.0.0.1/b").claims,
              (std::vector<Claim>{{"url_registered", "http://localhost/a"},
                                  {"url_registered", "http://127.0.0.1/b"}}));
}

TEST(Web, Refuses_to_let_curl_send_keep_or_go_elsewhere) {
    expect_refused(curl, {"",
                          "-s",
                          "http://example.com/",
                          "http://localhost.evil.example.com/",
                          "http://localhost@evil.example/",
                          "http://u:p@localhost/",
                          "http://127.1/",
                          "http://2130706433/",
                          "http://[::ffff:127.0.0.1]/",
                          "http://0.0.0.0/",
                          "http://169.254.169.254/latest",
                          "localhost:8080",
                          "file:///etc/shadow",
                          "ftp://localhost/",
                          "gopher://localhost/",
                          "HTTP://localhost/",
                          "http://localhost:99999999/",
                          "http://localhost:/",
                          "http://localhost:0/",
                          "http://localhost/../x",
                          "http://localhost//x",
                          "http://localhost/%2e%2e/x",
                          "http://localhost/{a,b}",
                          "http://localhost/[1-9]",
                          "http://localhost/#x",
                          "http://localhost\\@evil/",
                          "http://localhost?x",
                          "-o /etc/x http://localhost/",
                          "-o/etc/x http://localhost/",
                          "-so/etc/x http://localhost/",
                          "-O http://localhost/",
                          "-J http://localhost/",
                          "-L http://localhost/",
                          "--location http://localhost/",
                          "-K /tmp/x http://localhost/",
                          "--config /tmp/x"});
}

TEST(Web, Refuses_to_let_curl_send_anything) {
    expect_refused(curl, {"-T /etc/shadow http://localhost/",
                          "-F a=@/etc/shadow http://localhost/",
                          "-d x http://localhost/",
                          "-d @/etc/shadow http://localhost/",
                          "--data-binary @/etc/shadow http://localhost/",
                          "--url-query @/etc/passwd http://localhost/",
                          "--json {} http://localhost/",
                          "-b /etc/shadow http://localhost/",
                          "-c /etc/x http://localhost/",
                          "-D /etc/x http://localhost/",
                          "--trace /etc/x http://localhost/",
                          "--stderr /etc/x http://localhost/",
                          "--etag-save /etc/x http://localhost/",
                          "-x http://evil:1 http://localhost/",
                          "--unix-socket /var/run/docker.sock http://localhost/",
                          "--abstract-unix-socket x http://localhost/",
                          "--resolve localhost:80:203.0.113.7 http://localhost/",
                          "--connect-to ::203.0.113.7: http://localhost/",
                          "--interface eth0 http://localhost/",
                          "-u a:b http://localhost/",
                          "-E /x http://localhost/",
                          "-H @/etc/shadow http://localhost/",
                          "-H Authorization:Bearer http://localhost/",
                          "-H Cookie:x http://localhost/",
                          "-A @x http://localhost/"});
}

TEST(Web, Refuses_other_methods_and_spellings_of_curl) {
    expect_refused(curl, {
                             "-w @/etc/shadow http://localhost/",
                             "-w %output{/etc/x} http://localhost/",
                             "-w %{x http://localhost/",
                             "-X DELETE http://localhost/",
                             "-X PUT http://localhost/",
                             "-XPOST http://localhost/reboot",
                             "--request POST http://localhost:2375/containers/create",
                             "--silen http://localhost/",
                             "--max-time=5 http://localhost/",
                             "-- http://localhost/",
                             "--next http://localhost/",
                             "-: http://localhost/",
                             "-m 99999 http://localhost/",
                             "http://localhost/1 http://localhost/2 http://localhost/3 "
                             "http://localhost/4 http://localhost/5",
                         });
}

TEST(Web, Asks_a_person_before_a_service_reads_its_settings_again) {
    expect_risk(domain::Risk::risky, curl,
                {
                    "-fsS -X POST http://localhost:9090/-/reload",
                    "-XPOST http://127.0.0.1:9093/-/reload",
                });
}

TEST(Web, Lets_wget_ask_this_host_without_keeping_anything) {
    expect_allowed(wget, {
                             "-q --spider http://localhost:8080/health",
                             "-qO- http://localhost:8080/health",
                             "-qO /dev/null http://localhost/",
                             "-nv -O - -T 5 -t 1 http://localhost/",
                             "--quiet --tries=1 --timeout=5 --output-document=- http://127.0.0.1/",
                             "-S --spider http://localhost/",
                         });
    expect_refused(wget, {
                             "http://localhost/",
                             "-q http://localhost/",
                             "-O /etc/x http://localhost/",
                             "-qO/etc/x http://localhost/",
                             "-P /etc -O - http://localhost/",
                             "-o /etc/x --spider http://localhost/",
                             "-a /etc/x --spider http://localhost/",
                             "-i /etc/shadow",
                             "--input-file=/etc/shadow --spider",
                             "--post-data=x -O - http://localhost/",
                             "--post-file=/etc/shadow -O - http://localhost/",
                             "--method=DELETE -O - http://localhost/",
                             "--method=POST -O - http://localhost/-/reload",
                             "--use-askpass=/tmp/x --spider http://localhost/",
                             "-e http_proxy=x --spider http://localhost/",
                             "--execute=x --spider http://localhost/",
                             "--config=/tmp/x --spider http://localhost/",
                             "-r --spider http://localhost/",
                             "-m --spider http://localhost/",
                             "--spider http://example.com/",
                             "--spider=1 http://localhost/",
                             "--header=Authorization:x --spider http://localhost/",
                             "--load-cookies=/x --spider http://localhost/",
                             "--warc-file=/etc/x --spider http://localhost/",
                             "--outp=- http://localhost/",
                             "-b --spider http://localhost/",
                             "-c -O - http://localhost/",
                         });
}

TEST(Web, Knows_a_read_of_health_from_another_request) {
    for (auto const url :
         {"http://localhost:80", "http://localhost:8080/health",
          "http://localhost:9090/api/v1/query?query=up", "http://127.0.0.1:9100/metrics",
          "http://[::1]/", "http://localhost:9200/_cluster/health?pretty"})
        EXPECT_TRUE(is_health_url(url)) << url;
    for (auto const url :
         {"http://localhost:8086/query?q=DROP+DATABASE+home", "http://localhost:2375/version",
          "http://localhost:8123/api/services/homeassistant/stop", "http://localhost/reboot",
          "http://localhost:9090/api/v1/query?query=up&x=y", "http://localhost/?cmd=reboot",
          "http://localhost:9090/api/v1/query", "http://example.com/health",
          "http://localhost/health/../admin", "http://localhost:9090/api/v1/query?query=("})
        EXPECT_FALSE(is_health_url(url)) << url;
}

}  // namespace
}  // namespace command
