// Invented secrets of many kinds, in the forms in which they turn up in what programs print.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace planted {

struct Secret {
    std::string kind;
    std::string text;                 // one or more lines, as a program would print it
    std::vector<std::string> leaks;   // none of these may be left of it
};

class Maker {
  public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}

    Secret make(std::size_t number) {
        auto const& [name, maker] = kinds()[number % kinds().size()];
        auto secret = (this->*maker)();
        secret.kind = name;
        return secret;
    }
    static std::size_t kind_count() { return kinds().size(); }

  private:
    using Make = Secret (Maker::*)();
    static std::vector<std::pair<std::string, Make>> const& kinds();

    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_);
    }
    std::string from(std::string_view alphabet, std::size_t length) {
        std::string text;
        while (text.size() < length) text += alphabet[below(alphabet.size())];
        return text;
    }
    std::string pick(std::initializer_list<char const*> words) {
        return *(words.begin() + static_cast<std::ptrdiff_t>(below(words.size())));
    }
    std::string base62(std::size_t length) { return from(kBase62, length); }
    std::string password() { return base62(4) + from("!%*+-.?^~", 1) + base62(5 + below(12)); }
    static Secret one(std::string const& before, std::string const& secret,
                      std::string const& after = "") {
        return {"", before + secret + after, {secret}};
    }

    Secret environment() {
        return one(pick({"DB_PASSWORD=", "export API_KEY=", "SECRET_KEY_BASE=", "PGPASSWORD=",
                         "RESTIC_PASSWORD=", "MYSQL_ROOT_PASSWORD=", "Environment=APP_TOKEN="}),
                   password());
    }
    Secret quoted() { return one("set CLIENT_SECRET='", password() + " " + password(), "'"); }
    Secret json() {
        return one(pick({R"({"user":"ann","password":")", R"({"a":{"clientSecret": ")",
                         R"("api_key" : ")", R"({"access_token":")"}),
                   password(), R"(","x":1})");
    }
    Secret escaped_json() {
        return one(R"(msg="{\"login\":\"ann\",\"password\":\")", password(), R"(\"}")");
    }
    Secret yaml() { return one("  " + pick({"password", "api_token", "psk"}) + ": ", password()); }
    Secret yaml_block() {
        auto const a = base62(12);
        auto const b = base62(12);
        return {"", "tls:\n  private_key: |\n    " + a + "\n    " + b + "\n  port: 1", {a, b}};
    }
    Secret ini() { return one(pick({"passwd = ", "secret=", "auth_token = "}), password()); }
    Secret option() {
        return one(pick({"tool --password ", "tool --token=", "restore --secret-key "}), password(),
                   " --verbose");
    }
    Secret short_option() {
        return one(pick({"mysql -u root -p", "sshpass -p ", "redis-cli -a ", "curl -s -u ann:",
                         "mosquitto_pub -u ann -P "}),
                   base62(14), " x");
    }
    Secret url_userinfo() {
        return one(pick({"postgres://app:", "https://ann:", "mqtt://user:", "redis://:",
                         "amqp://guest:"}),
                   base62(4 + below(20)), "@db.lan:5432/x");
    }
    Secret url_query() {
        return one("GET /api?x=1&" + pick({"access_token=", "api_key=", "sig=", "authkey="}),
                   base62(20), "&y=2 200");
    }
    Secret basic() { return one("Authorization: Basic ", base62(24) + "=="); }
    Secret bearer() {
        return one(pick({"authorization: Bearer ", "-H 'Authorization: Bearer ", "sent Bearer "}),
                   base62(32), "'");
    }
    Secret cookie() {
        return one(pick({"Cookie: session=", "Set-Cookie: sid=", "cookie: a=b; auth="}),
                   base62(20));
    }
    Secret pem() {
        auto const a = from(kBase64, 64);
        auto const b = from(kBase64, 64);
        auto const type = pick({"EC PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY",
                                "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"});
        return {"",
                "-----BEGIN " + type + "-----\n" + a + "\n" + b + "\n-----END " + type + "-----",
                {a, b}};
    }
    Secret pem_tail() {
        auto const a = from(kBase64, 64);
        auto const b = base62(18) + "==";
        return {"", "[... 900 bytes left out ...]\n" + a + "\n" + b +
                        "\n-----END OPENSSH PRIVATE KEY-----", {a, b}};
    }
    Secret jwt() {
        auto const body = from(kBase64Url, 60);
        auto const sign = from(kBase64Url, 43);
        return {"", "token eyJhbGciOiJIUzI1NiJ9." + body + "." + sign + " ok", {body, sign}};
    }
    Secret aws() {
        auto const id = from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        auto const key = from(kBase64, 40);
        return {"", "id AKIA" + id + "\naws_secret_access_key = " + key, {id, key}};
    }
    Secret github() { return one(pick({"ghp_", "gho_", "github_pat_"}), base62(36)); }
    Secret gitlab() { return one("remote: glpat-", from(kBase64Url, 20)); }
    Secret slack() {
        return one(pick({"xoxb-", "xoxp-"}), from("0123456789", 12) + "-" + base62(24));
    }
    Secret slack_hook() {
        return one("POST https://hooks.slack.com/services/", "T" + base62(8) + "/B" + base62(8) +
                                                                 "/" + base62(24));
    }
    Secret anthropic() { return one("key sk-ant-api03-", from(kBase64Url, 80) + "AA"); }
    Secret openai() { return one("using sk-proj-", base62(48)); }
    Secret google() { return one("AIza", from(kBase64Url, 35)); }
    Secret stripe() { return one("sk_live_", base62(24)); }
    Secret npm() { return one("//npm.example.net/:_authToken=npm_", base62(36)); }
    Secret telegram() {
        return one(from("123456789", 9) + ":", from(kBase64Url, 35));
    }
    Secret wireguard() {
        return one(pick({"PrivateKey = ", "PresharedKey = "}), from(kBase64, 43) + "=");
    }
    Secret bare_wireguard() { return one("wg0\t", from(kBase64, 43) + "=", "\t51820"); }
    Secret shadow() {
        return one("ann:", "$6$" + base62(8) + "$" + from("./" + std::string{kBase62}, 86),
                   ":19000:0:99999:7:::");
    }
    Secret docker_auth() { return one(R"("auths":{"r.lan":{"auth":")", base62(28) + "=", "\"}}"); }
    Secret netrc() { return one("machine git.lan login ann password ", base62(12)); }
    Secret pgpass() { return one("db.lan:5432:app:ann:", base62(16)); }
    Secret connection() {
        return one("Server=db;User Id=ann;Password=", base62(14), ";Timeout=5");
    }
    Secret encoded() {
        auto const inner = base64("password=" + base62(10));
        return one("decoding ", inner);
    }
    Secret kubernetes() {
        return one("data:\n  db-password: ", base64(base62(9)));
    }
    // The rule is for words of at least 4.0 bits a character; a few short random ones have less.
    Secret random_word() {
        auto word = base62(24 + below(40));
        while (bits_of(word) < 4.0) word = base62(24 + below(40));
        return one("blob ", word, " end");
    }
    static double bits_of(std::string const& word) {
        std::map<char, int> counts;
        for (char const c : word) ++counts[c];
        double bits = 0;
        auto const size = static_cast<double>(word.size());
        for (auto const& [c, count] : counts) bits -= count / size * std::log2(count / size);
        return bits;
    }
    Secret random_base64() { return one("value ", from(kBase64, 40 + below(24)), " end"); }
    Secret home_assistant() { return one("X-HA-Access: ", base62(20)); }
    Secret age() {
        return one("AGE-SECRET-KEY-1", from("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58));
    }
    Secret sql() { return one("CREATE USER ann IDENTIFIED BY '", base62(12), "'"); }

    static std::string base64(std::string const& text) {
        std::string out;
        std::uint32_t pending = 0;
        unsigned bits = 0;
        for (unsigned char const c : text) {
            pending = (pending << 8U) | c;
            for (bits += 8; bits >= 6;) {
                bits -= 6;
                out += kBase64[(pending >> bits) & 63U];
            }
        }
        if (bits > 0) out += kBase64[(pending << (6 - bits)) & 63U];
        while (out.size() % 4 != 0) out += '=';
        return out;
    }

    static constexpr std::string_view kBase62 =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    static constexpr std::string_view kBase64 =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static constexpr std::string_view kBase64Url =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::mt19937_64 random_;
};

inline std::vector<std::pair<std::string, Maker::Make>> const& Maker::kinds() {
    static std::vector<std::pair<std::string, Make>> const all{
        {"environment", &Maker::environment},   {"quoted", &Maker::quoted},
        {"json", &Maker::json},                 {"escaped json", &Maker::escaped_json},
        {"yaml", &Maker::yaml},                 {"yaml block", &Maker::yaml_block},
        {"ini", &Maker::ini},                   {"option", &Maker::option},
        {"short option", &Maker::short_option}, {"url userinfo", &Maker::url_userinfo},
        {"url query", &Maker::url_query},       {"basic", &Maker::basic},
        {"bearer", &Maker::bearer},             {"cookie", &Maker::cookie},
        {"pem", &Maker::pem},                   {"pem tail", &Maker::pem_tail},
        {"jwt", &Maker::jwt},                   {"aws", &Maker::aws},
        {"github", &Maker::github},             {"gitlab", &Maker::gitlab},
        {"slack", &Maker::slack},               {"slack hook", &Maker::slack_hook},
        {"anthropic", &Maker::anthropic},       {"openai", &Maker::openai},
        {"google", &Maker::google},             {"stripe", &Maker::stripe},
        {"npm", &Maker::npm},                   {"telegram", &Maker::telegram},
        {"wireguard", &Maker::wireguard},       {"bare wireguard", &Maker::bare_wireguard},
        {"shadow", &Maker::shadow},             {"docker auth", &Maker::docker_auth},
        {"netrc", &Maker::netrc},               {"pgpass", &Maker::pgpass},
        {"connection", &Maker::connection},     {"encoded", &Maker::encoded},
        {"kubernetes", &Maker::kubernetes},     {"random word", &Maker::random_word},
        {"random base64", &Maker::random_base64}, {"home assistant", &Maker::home_assistant},
        {"age", &Maker::age},                   {"sql", &Maker::sql},
    };
    return all;
}

}  // namespace planted
