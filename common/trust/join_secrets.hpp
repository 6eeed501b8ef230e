// What both ends of an invitation derive from its token, so that the token itself is never sent:
// the broker learns a password that opens the door to the enrolment topics and nothing else, and
// neither the broker nor whoever watches it can make or change a request or an answer.
#pragma once

#include <string>
#include <string_view>

namespace trust {

std::string join_password(std::string_view token);  // for the broker's second listener
std::string join_key(std::string_view token);       // authenticates requests and answers
// HMAC-SHA-256 as 64 hex digits.
std::string join_mac(std::string_view key, std::string_view text);

// The password of hosts whose certificate ran out: no secret, but nobody guesses it.
std::string renewal_password(std::string_view ca_fingerprint_hex);

// Six words to read to each other: 96 bits of SHA-256 over `text`, each word five letters that can
// be spoken (consonant, vowel, consonant, vowel, consonant), with single spaces.
std::string six_words(std::string_view text);

// A line's right half for Mosquitto's password file: "$7$101$salt$hash" (PBKDF2 with SHA-512).
std::string mosquitto_password_hash(std::string_view password);

}  // namespace trust
