// The redactor never fails on text and never grows it without bound.
#include "common/base/json.hpp"
#include "common/redact/redact.hpp"
#include "tests/fuzz/target.hpp"

TOMTE_FUZZ_TARGET(redactor) {
    auto const clean = redact::redact(data);
    fuzz::must(clean.has_value() == (data.size() <= redact::kTextMax && base::json::is_utf8(data)));
    if (!clean) return;
    fuzz::must(base::json::is_utf8(*clean));
    fuzz::must(clean->size() <= data.size() * (redact::kRedacted.size() + 1) + 64);
}
