// The strict reader: what it takes it can also write, and takes again as the same.
#include "common/base/json.hpp"
#include "tests/fuzz/target.hpp"

TOMTE_FUZZ_TARGET(json) {
    using base::json::Document;
    auto const read = Document::parse(data);
    if (!read) return;
    auto const text = read->root().dump();
    auto const again = Document::parse(text, {.bytes_max = 8 * 1024 * 1024});
    fuzz::must(again.has_value());
    fuzz::must(again->root().dump() == text);
}
