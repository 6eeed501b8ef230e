#include "tools/bench/floor.hpp"

#include <fcntl.h>
#include <mosquitto.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace bench {
namespace {

void must(int code, char const* what) {
    if (code != MOSQ_ERR_SUCCESS)
        throw std::runtime_error(std::string(what) + ": " + mosquitto_strerror(code));
}

mosquitto* connect(FloorSettings const& s, FloorPeer const& peer, void* context) {
    mosquitto* const client = mosquitto_new(nullptr, true, context);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    must(mosquitto_tls_set(client, s.ca.c_str(), nullptr, peer.certificate.c_str(),
                           peer.key.c_str(), nullptr), "tls");
    must(mosquitto_connect(client, "127.0.0.1", s.port, 60), "connect");
    return client;
}

void answer(mosquitto* client, void*, mosquitto_message const*) {
    char program[] = "/bin/true";
    char* argv[] = {program, nullptr};
    pid_t pid = 0;
    if (posix_spawn(&pid, program, nullptr, nullptr, argv, environ) == 0) waitpid(pid, nullptr, 0);
    mosquitto_publish(client, nullptr, "floor/answer", 2, "ok", 1, false);
}

[[noreturn]] void answer_forever(FloorSettings const& s) {
    mosquitto* const client = connect(s, s.answers, nullptr);
    mosquitto_message_callback_set(client, answer);
    mosquitto_subscribe(client, nullptr, "floor/question", 1);
    while (mosquitto_loop(client, 1000, 1) == MOSQ_ERR_SUCCESS) {}
    _exit(0);
}

}  // namespace

Samples measure_floor(FloorSettings const& s) {
    mosquitto_lib_init();
    pid_t const child = fork();
    if (child == 0) answer_forever(s);
    Samples samples;
    int answers = 0;
    mosquitto* const client = connect(s, s.asks, &answers);
    mosquitto_message_callback_set(
        client, [](mosquitto*, void* n, mosquitto_message const*) { ++*static_cast<int*>(n); });
    must(mosquitto_subscribe(client, nullptr, "floor/answer", 1), "subscribe");
    // The first questions may be asked before the other side listens: ask until one is answered.
    for (int tries = 0; answers == 0 && tries < 50; ++tries) {
        mosquitto_publish(client, nullptr, "floor/question", 4, "true", 1, false);
        for (int i = 0; answers == 0 && i < 10; ++i) mosquitto_loop(client, 20, 1);
    }
    if (answers == 0) throw std::runtime_error("the floor's other side does not answer");
    for (int i = 0; i < 50; ++i) mosquitto_loop(client, 5, 1);  // late answers of that
    for (int i = 0; i < s.count; ++i) {
        int const before = answers;
        Stopwatch watch;
        must(mosquitto_publish(client, nullptr, "floor/question", 4, "true", 1, false), "publish");
        while (answers == before) must(mosquitto_loop(client, 1000, 1), "loop");
        samples.add(watch.ms());
    }
    kill(child, SIGTERM);
    waitpid(child, nullptr, 0);
    mosquitto_disconnect(client);
    mosquitto_destroy(client);
    mosquitto_lib_cleanup();
    return samples;
}

Samples measure_fsync(std::string const& folder, int count) {
    std::string const path = folder + "/fsync";
    int const file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("cannot write " + path);
    Samples samples;
    std::string const row(256, 'x');
    for (int i = 0; i < count; ++i) {
        Stopwatch watch;
        if (write(file, row.data(), row.size()) < 0 || fdatasync(file) != 0)
            throw std::runtime_error("cannot write " + path);
        samples.add(watch.ms());
    }
    close(file);
    unlink(path.c_str());
    return samples;
}

}  // namespace bench
