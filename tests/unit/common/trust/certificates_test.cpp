#include "common/trust/certificates.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "common/trust/hash.hpp"

using trust::CertificateRequest;
using trust::PrivateKey;

namespace {

using namespace std::chrono;

base::WallTime at(int year_number) { return sys_days{year{year_number} / January / 1}; }

struct Ca {
    PrivateKey key = PrivateKey::generate();
    std::string pem = *trust::make_ca(key, "Tomte CA", at(2076));

    base::Result<std::string> issue(CertificateRequest const& request,
                                    PrivateKey const& subject = PrivateKey::generate()) const {
        return trust::issue(key, pem, subject.public_key(), request);
    }
};

CertificateRequest host(std::string name = "nexus") {
    CertificateRequest request;
    request.common_name = std::move(name);
    request.not_before = at(2026);
    request.not_after = at(2036);
    return request;
}

CertificateRequest broker() {
    CertificateRequest request;
    request.common_name = "localhost";
    request.dns_names = {"localhost", "broker.home.example"};
    request.ip_addresses = {"127.0.0.1", "::1"};
    request.server = true;
    request.not_before = base::WallTime{};
    request.not_after = at(2060);
    return request;
}

// Runs the openssl program: the verdict of a reader that shares no code with ours.
class Openssl : public testing::Test {
  protected:
    void SetUp() override { std::filesystem::create_directory(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string write(std::string const& name, std::string const& text) const {
        auto const path = (folder_ / name).string();
        std::ofstream{path} << text;
        return path;
    }

    struct Run {
        int exit = -1;
        std::string output;
    };
    Run openssl(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "openssl");
        std::vector<char*> argv;
        for (auto& argument : arguments) argv.push_back(argument.data());
        argv.push_back(nullptr);
        auto const output = (folder_ / "output").string();
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
        pid_t child = 0;
        int const error = posix_spawnp(&child, "openssl", &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        Run run;
        int status = 0;
        if (error != 0 || waitpid(child, &status, 0) != child) return run;
        run.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        std::stringstream text;
        text << std::ifstream{output}.rdbuf();
        run.output = text.str();
        return run;
    }

    // `openssl verify`, strictly, with further options.
    Run verify(std::string const& pem, std::vector<std::string> const& options) const {
        std::vector<std::string> arguments{"verify", "-x509_strict", "-CAfile",
                                           write("ca.crt", ca_.pem)};
        arguments.insert(arguments.end(), options.begin(), options.end());
        arguments.push_back(write("certificate.crt", pem));
        return openssl(std::move(arguments));
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("tomte-certs-" + trust::random_token());
    Ca ca_;
};

}  // namespace

TEST(Certificates, Say_who_they_are_for_and_until_when) {
    Ca const ca;
    auto const key = PrivateKey::generate();
    auto const pem = ca.issue(host(), key);
    ASSERT_TRUE(pem) << pem.error().message;
    auto const facts = trust::read_certificate(*pem);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->common_name, "nexus");
    EXPECT_EQ(facts->not_before, at(2026));
    EXPECT_EQ(facts->not_after, at(2036));
    EXPECT_EQ(facts->serial_hex.size(), 32U);
    EXPECT_EQ(facts->fingerprint_hex.size(), 64U);
    auto const public_key = trust::certificate_key(*pem);
    ASSERT_TRUE(public_key);
    EXPECT_EQ(public_key->id(), key.public_key().id());
}

TEST(Certificates, Of_the_fleet_may_begin_before_any_unset_clock) {
    Ca const ca;
    auto const pem = ca.issue(broker());
    ASSERT_TRUE(pem) << pem.error().message;
    EXPECT_EQ(trust::read_certificate(*pem)->not_before, base::WallTime{});
    EXPECT_EQ(trust::read_certificate(ca.pem)->not_before, base::WallTime{});
    EXPECT_TRUE(trust::verify_chain(*pem, ca.pem, base::WallTime{}));
}

TEST(Certificates, Have_serial_numbers_of_their_own) {
    Ca const ca;
    EXPECT_NE(trust::read_certificate(*ca.issue(host()))->serial_hex,
              trust::read_certificate(*ca.issue(host()))->serial_hex);
}

TEST(Certificates, Are_judged_by_the_given_time_and_not_by_the_clock) {
    Ca const ca;
    auto const pem = *ca.issue(host());
    EXPECT_TRUE(trust::verify_chain(pem, ca.pem, at(2026)));
    EXPECT_TRUE(trust::verify_chain(pem, ca.pem, at(2030)));
    auto const early = trust::verify_chain(pem, ca.pem, at(2025));
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, base::Code::denied);
    EXPECT_FALSE(trust::verify_chain(pem, ca.pem, at(2037)));
}

TEST(Certificates, Of_another_CA_with_the_same_name_are_refused) {
    Ca const ca;
    Ca const other;
    auto const status = trust::verify_chain(*other.issue(host()), ca.pem, at(2030));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, base::Code::denied);
}

TEST(Certificates, Cannot_issue_others) {
    Ca const ca;
    auto const middle_key = PrivateKey::generate();
    auto const middle = *ca.issue(host("middle"), middle_key);
    auto const leaf =
        trust::issue(middle_key, middle, PrivateKey::generate().public_key(), host("leaf"));
    ASSERT_TRUE(leaf);
    EXPECT_FALSE(trust::verify_chain(*leaf + middle, ca.pem, at(2030)));
}

TEST(Certificates, Are_refused_for_names_that_brokers_or_X509_would_take_apart) {
    Ca const ca;
    for (std::string const name :
         {"", "a+b", "#", "a/b", "a\nb", "a,O=b", "a=b", "a\\,b", " a", "a ", "\xC3\xA4"})
        EXPECT_FALSE(ca.issue(host(name))) << name;
    EXPECT_FALSE(ca.issue(host(std::string(65, 'a'))));
    EXPECT_TRUE(ca.issue(host("@coordinator")));
    EXPECT_TRUE(ca.issue(host(std::string(63, 'a'))));
    EXPECT_FALSE(trust::make_ca(ca.key, "Tomte/CA", at(2076)));
}

TEST(Certificates, Are_refused_for_impossible_dates_addresses_and_foreign_CA_keys) {
    Ca const ca;
    auto request = host();
    request.not_after = request.not_before;
    EXPECT_FALSE(ca.issue(request));
    request = host();
    request.not_before = at(1969);
    EXPECT_FALSE(ca.issue(request));
    request = broker();
    request.ip_addresses = {"127.0.0.300"};
    EXPECT_FALSE(ca.issue(request));
    request = broker();
    request.dns_names = {"a b"};
    EXPECT_FALSE(ca.issue(request));
    auto const stranger = PrivateKey::generate();
    EXPECT_FALSE(trust::issue(stranger, ca.pem, stranger.public_key(), host()));
}

TEST(Certificates, That_are_damaged_are_refused) {
    Ca const ca;
    EXPECT_FALSE(trust::read_certificate(""));
    EXPECT_FALSE(trust::read_certificate("-----BEGIN CERTIFICATE-----\nAAAA\n"));
    auto bent = *ca.issue(host());
    bent[bent.size() / 2] = bent[bent.size() / 2] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(trust::verify_chain(bent, ca.pem, at(2030)));
}

TEST_F(Openssl, Verifies_a_server_by_name_and_address_and_for_its_purpose) {
    auto const pem = *ca_.issue(broker());
    using Options = std::vector<std::string>;
    for (auto const& options :
         {Options{"-purpose", "sslserver", "-verify_hostname", "localhost"},
          Options{"-purpose", "sslserver", "-verify_ip", "::1"},
          Options{"-purpose", "sslserver", "-verify_ip", "127.0.0.1", "-attime", "86400"}}) {
        auto const run = verify(pem, options);
        EXPECT_EQ(run.exit, 0) << options.back() << run.output;
    }
    for (auto const& options :
         {Options{"-purpose", "sslclient"},
          Options{"-purpose", "sslserver", "-verify_hostname", "example.com"},
          Options{"-purpose", "sslserver", "-verify_ip", "127.0.0.2"}})
        EXPECT_GT(verify(pem, options).exit, 0) << options.back();
}

TEST_F(Openssl, Verifies_a_host_as_a_client_only) {
    auto const pem = *ca_.issue(host());
    auto const run = verify(pem, {"-attime", "1900000000", "-purpose", "sslclient"});
    EXPECT_EQ(run.exit, 0) << run.output;
    EXPECT_GT(verify(pem, {"-attime", "1900000000", "-purpose", "sslserver"}).exit, 0);
    auto const subject = openssl({"x509", "-noout", "-subject", "-in", write("host.crt", pem)});
    EXPECT_EQ(subject.output, "subject=CN = nexus\n");
}

TEST_F(Openssl, Computes_the_same_key_id) {
    auto const key = PrivateKey::generate();
    auto const der = (folder_ / "key.der").string();
    auto const file = write("key.pub", key.public_key().to_pem());
    EXPECT_EQ(openssl({"pkey", "-pubin", "-in", file, "-outform", "DER", "-out", der}).exit, 0);
    auto const run = openssl({"dgst", "-sha256", "-r", der});
    EXPECT_EQ(run.output.substr(0, 16), key.public_key().id());
}
