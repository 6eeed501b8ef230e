#include "common/trust/jws.hpp"

#include <gtest/gtest.h>

#include "common/trust/hash.hpp"

using trust::PrivateKey;
using trust::Purpose;

namespace {

constexpr std::string_view kPayload = R"({"v":1,"id":"01J9ZQ5Y3V8WXKJ4M6T7R8P9QA"})";

PrivateKey const& key() {
    static PrivateKey const key = PrivateKey::generate();
    return key;
}

// An envelope with any header, properly signed by our own key: what a signer who does not follow
// our rules would send.
std::string signed_with_header(std::string_view header) {
    auto const input = trust::to_base64url(header) + '.' + trust::to_base64url(kPayload);
    return input + '.' + trust::to_base64url(key().sign(input));
}

std::string header(std::string_view alg, std::string_view kid, std::string_view typ) {
    return R"({"alg":")" + std::string{alg} + R"(","kid":")" + std::string{kid} + R"(","typ":")" +
           std::string{typ} + R"("})";
}

base::Code refusal(std::string_view envelope) {
    auto const result = trust::verify(Purpose::command, key().public_key(), envelope);
    EXPECT_FALSE(result) << envelope;
    return result ? base::Code::internal : result.error().code;
}

}  // namespace

TEST(Jws, Gives_back_exactly_the_bytes_that_were_signed) {
    for (auto const& payload :
         {std::string{kPayload}, std::string{}, std::string{"\0\xFF", 2}}) {
        auto const envelope = trust::sign(Purpose::command, key(), payload);
        EXPECT_EQ(trust::verify(Purpose::command, key().public_key(), envelope), payload);
    }
}

TEST(Jws, Pins_the_header_the_way_the_format_says) {
    auto const id = key().public_key().id();
    auto const good = signed_with_header(header("ES256", id, "tomte-command"));
    EXPECT_EQ(trust::verify(Purpose::command, key().public_key(), good), kPayload);
}

TEST(Jws, Refuses_every_change_of_one_byte) {
    auto const envelope = trust::sign(Purpose::command, key(), kPayload);
    for (std::size_t i = 0; i < envelope.size(); ++i) {
        auto bent = envelope;
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(trust::verify(Purpose::command, key().public_key(), bent)) << i;
    }
}

TEST(Jws, Refuses_a_signature_made_for_another_purpose) {
    for (auto const purpose : {Purpose::cancel, Purpose::welcome, Purpose::heartbeat,
                               Purpose::document, Purpose::journal_ack, Purpose::freeze,
                               Purpose::chain_head, Purpose::birth, Purpose::ack, Purpose::result,
                               Purpose::journal, Purpose::approval, Purpose::thaw})
        EXPECT_EQ(refusal(trust::sign(purpose, key(), kPayload)), base::Code::denied)
            << to_string(purpose);
}

TEST(Jws, Refuses_another_key_even_when_it_claims_our_key_id) {
    auto const other = PrivateKey::generate();
    EXPECT_EQ(refusal(trust::sign(Purpose::command, other, kPayload)), base::Code::denied);
    auto const input =
        trust::to_base64url(header("ES256", key().public_key().id(), "tomte-command")) + '.' +
        trust::to_base64url(kPayload);
    EXPECT_EQ(refusal(input + '.' + trust::to_base64url(other.sign(input))), base::Code::denied);
}

TEST(Jws, Refuses_any_other_header_even_when_signed_by_our_key) {
    auto const id = key().public_key().id();
    for (auto const& foreign :
         {header("none", id, "tomte-command"), header("HS256", id, "tomte-command"),
          header("ES256", id, "tomte-cancel"), header("ES256", id, "JWT"),
          header("ES256", "0000000000000000", "tomte-command"),
          R"({"kid":")" + id + R"(","alg":"ES256","typ":"tomte-command"})",
          R"({"alg": "ES256","kid":")" + id + R"(","typ":"tomte-command"})",
          R"({"alg":"ES256","kid":")" + id + R"(","typ":"tomte-command","crit":["b64"]})",
          std::string{"{}"}, std::string{}})
        EXPECT_EQ(refusal(signed_with_header(foreign)), base::Code::denied) << foreign;
}

TEST(Jws, Refuses_other_shapes_and_sizes) {
    auto const envelope = trust::sign(Purpose::command, key(), kPayload);
    for (auto const& text :
         {std::string{}, std::string{"."}, std::string{".."}, envelope + ".", envelope + ".x",
          envelope + "=", envelope + "\n", " " + envelope, envelope.substr(0, envelope.size() - 1),
          envelope.substr(0, envelope.rfind('.')), envelope.substr(0, envelope.rfind('.') + 1)})
        EXPECT_FALSE(trust::verify(Purpose::command, key().public_key(), text)) << text;
    auto const large = trust::sign(Purpose::command, key(),
                                   std::string(trust::kEnvelopeBytesMax * 3 / 4, 'x'));
    auto const result = trust::verify(Purpose::command, key().public_key(), large);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, base::Code::invalid);
}

TEST(DetachedJws, Signs_a_payload_that_stays_readable) {
    auto const signature = trust::sign_detached(Purpose::result, key(), kPayload);
    EXPECT_NE(signature.find(".."), std::string::npos);
    auto const check = [&](Purpose purpose, std::string_view payload, std::string_view text) {
        return trust::verify_detached(purpose, key().public_key(), payload, text).has_value();
    };
    EXPECT_TRUE(check(Purpose::result, kPayload, signature));
    EXPECT_FALSE(check(Purpose::ack, kPayload, signature));
    EXPECT_FALSE(check(Purpose::result, std::string{kPayload} + " ", signature));
    EXPECT_FALSE(check(Purpose::result, kPayload, ""));
    EXPECT_FALSE(check(Purpose::result, kPayload, trust::sign(Purpose::result, key(), kPayload)));
    auto bent = signature;
    bent.back() = bent.back() == 'A' ? 'Q' : 'A';
    EXPECT_FALSE(check(Purpose::result, kPayload, bent));
}
