// An export and its signature, as somebody may hand them to us.
#include "common/audit/export.hpp"
#include "common/audit/heads.hpp"
#include "tests/fuzz/target.hpp"

TOMTE_FUZZ_TARGET(verify_audit) {
    static auto const key = trust::PrivateKey::generate();
    static auto const pub = key.public_key();
    auto const end = data.find('\n');
    auto const first = data.substr(0, end);
    auto const rest = end == data.npos ? std::string_view{} : data.substr(end + 1);
    fuzz::must(!audit::verify_export(data, first, pub));
    (void)audit::open_head(pub, data);
    // Signed by us, so that the walk is reached: only what fits may pass.
    audit::ExportFacts facts;
    facts.rows = 1;
    facts.end = {1, std::string(64, 'a')};
    facts.digest = trust::sha256_hex(data);
    fuzz::must(!audit::verify_export(data, audit::sign_export(key, facts), pub));
    (void)rest;
}
