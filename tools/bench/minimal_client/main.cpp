// The least an agent of these libraries can weigh: connects over mutual TLS, opens a database,
// signs once, and waits. Only there to be compared with.
#include <cjson/cJSON.h>
#include <mbedtls/sha256.h>
#include <mosquitto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <systemd/sd-daemon.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fprintf(stderr, "usage: tomte-bench-minimal PORT CA CERTIFICATE KEY DATABASE\n");
        return 2;
    }
    sqlite3* database = nullptr;
    if (sqlite3_open(argv[5], &database) != SQLITE_OK) return 1;
    sqlite3_exec(database, "PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS t(a)", nullptr,
                 nullptr, nullptr);
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    if (key == nullptr) return 1;
    EVP_PKEY_free(key);

    unsigned char digest[32];
    std::map<std::string, std::string> const words{{"one", "1"}, {"two", "2"}};
    std::string text = "{";
    for (auto const& [name, value] : words)
        text += (text.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
    text += "}";
    auto const* bytes = reinterpret_cast<unsigned char const*>(text.data());
    if (mbedtls_sha256_ret(bytes, text.size(), digest, 0) != 0) return 1;
    cJSON* const tree = cJSON_Parse(text.c_str());
    if (tree == nullptr) return 1;
    cJSON_Delete(tree);

    mosquitto_lib_init();
    mosquitto* const client = mosquitto_new(nullptr, true, nullptr);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_connect_callback_set(client, [](mosquitto*, void*, int code) {
        std::printf(code == 0 ? "connected\n" : "refused\n");
        std::fflush(stdout);
    });
    if (mosquitto_tls_set(client, argv[2], nullptr, argv[3], argv[4], nullptr) != 0) return 1;
    if (mosquitto_connect(client, "127.0.0.1", std::atoi(argv[1]), 10) != 0) return 1;
    sd_notify(0, "READY=1");
    return mosquitto_loop_forever(client, -1, 1);
}
