// What joining is made of: requests, secrets derived from a token, the list of revoked
// certificates and the ledger.
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <set>

#include "common/trust/certificates.hpp"
#include "common/trust/join_secrets.hpp"
#include "common/trust/ledger.hpp"
#include "common/trust/requests.hpp"
#include "common/trust/revocation.hpp"

namespace trust {
namespace {

base::WallTime in_2040() { return base::parse_rfc3339("2040-01-01T00:00:00Z").value(); }

TEST(Requests, Carry_a_name_and_prove_the_key) {
    auto const key = PrivateKey::generate();
    auto const request = make_request(key, "nexus");
    ASSERT_TRUE(request) << request.error().message;

    auto const facts = read_request(*request);

    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->common_name, "nexus");
    EXPECT_EQ(facts->key.id(), key.public_key().id());
}

TEST(Requests, Are_refused_when_another_key_signed_them) {
    auto const request = make_request(PrivateKey::generate(), "nexus").value();
    // One byte of the signature, near the end of the base64 text.
    auto forged = request;
    auto const at = forged.find("\n-----END") - 12;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';

    EXPECT_FALSE(read_request(forged));
    EXPECT_FALSE(read_request("-----BEGIN CERTIFICATE REQUEST-----\n"));
    EXPECT_FALSE(read_request(""));
    EXPECT_FALSE(read_request(std::string(20'000, 'A')));
}

TEST(JoinSecrets, Differ_by_token_and_by_purpose) {
    std::set<std::string> const all{join_password("a"), join_password("b"), join_key("a"),
                                    join_key("b"), renewal_password("a")};
    EXPECT_EQ(all.size(), 5u);
    EXPECT_EQ(join_key("a"), join_key("a"));
    EXPECT_NE(join_mac("k", "text"), join_mac("k", "texT"));
    EXPECT_NE(join_mac("k", "text"), join_mac("l", "text"));
    // RFC 4231, test case 2.
    EXPECT_EQ(join_mac("Jefe", "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(JoinSecrets, Are_shown_as_six_words_of_five_letters) {
    auto const words = six_words("invite|authority|request");
    EXPECT_EQ(words.size(), 6u * 5 + 5);
    EXPECT_EQ(std::ranges::count(words, ' '), 5);
    EXPECT_EQ(words, six_words("invite|authority|request"));
    EXPECT_NE(words, six_words("invite|authority|request2"));
}

TEST(JoinSecrets, Make_password_lines_with_a_fresh_salt) {
    auto const one = mosquitto_password_hash("secret");
    EXPECT_TRUE(one.starts_with("$7$101$"));
    EXPECT_NE(one, mosquitto_password_hash("secret"));
}

using List = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;

List read_list(std::string const& pem) {
    BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    List list{PEM_read_bio_X509_CRL(bio, nullptr, nullptr, nullptr), &X509_CRL_free};
    BIO_free(bio);
    return list;
}

TEST(RevocationList, Names_the_revoked_and_holds_as_long_as_the_authority) {
    auto const key = PrivateKey::generate();
    auto const ca = make_ca(key, "Tomte fleet home", in_2040()).value();
    CertificateRequest request;
    request.common_name = "nexus";
    request.not_after = in_2040();
    auto const certificate = issue(key, ca, key.public_key(), request).value();
    auto const serial = read_certificate(certificate)->serial_hex;

    auto const pem = make_revocation_list(key, ca, {{serial, in_2040()}}, 7);

    ASSERT_TRUE(pem) << pem.error().message;
    auto const list = read_list(*pem);
    ASSERT_TRUE(list);
    EXPECT_EQ(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list.get())), 1);
    EXPECT_EQ(ASN1_TIME_compare(X509_CRL_get0_lastUpdate(list.get()),
                                X509_CRL_get0_nextUpdate(list.get())),
              -1);
    auto const empty = make_revocation_list(key, ca, {}, 1);
    ASSERT_TRUE(empty);
    EXPECT_TRUE(read_list(*empty));
}

TEST(RevocationList, Is_not_made_by_a_foreign_key_or_with_a_wrong_serial) {
    auto const key = PrivateKey::generate();
    auto const ca = make_ca(key, "Tomte fleet home", in_2040()).value();
    EXPECT_FALSE(make_revocation_list(PrivateKey::generate(), ca, {}, 1));
    EXPECT_FALSE(make_revocation_list(key, ca, {{"no serial", in_2040()}}, 1));
}

TEST(Ledger, Reads_what_it_wrote) {
    auto const text = ledger_line({"nexus", "0a1b", in_2040(), std::nullopt}) +
                      ledger_line({"pi", "ff", in_2040(), in_2040()});
    auto const all = parse_ledger(text);
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->size(), 2u);
    EXPECT_EQ((*all)[0].serial_hex, "0a1b");
    EXPECT_FALSE((*all)[0].revoked);
    EXPECT_EQ((*all)[1].revoked, in_2040());
    EXPECT_FALSE(parse_ledger("{\"name\":\"nexus\"}\n"));
}

}  // namespace
}  // namespace trust
