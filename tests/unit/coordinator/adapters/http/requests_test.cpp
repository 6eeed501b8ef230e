#include <gtest/gtest.h>

#include "coordinator/adapters/http/http_server.hpp"
#include "coordinator/adapters/http/order_request.hpp"

namespace coordinator::http {
namespace {

TEST(Query, Decodes_names_and_values_and_leaves_broken_escapes) {
    auto const query = parse_query("a=1&b=x%20y+z&&c&d=%zz%4&a=2&%3D=%26");

    EXPECT_EQ(query.at("a"), "2");
    EXPECT_EQ(query.at("b"), "x y z");
    EXPECT_EQ(query.at("c"), "");
    EXPECT_EQ(query.at("d"), "%zz%4");
    EXPECT_EQ(query.at("="), "&");
    EXPECT_TRUE(parse_query("").empty());
}

TEST(Order, Reads_a_line_and_a_remedy) {
    auto const line = parse_order(R"({"line":"true","wait_s":1.5,"reason":"why not"})", "admin");
    ASSERT_TRUE(line) << line.error().message;
    EXPECT_EQ(std::get<domain::LineOrder>(line->order.order).line, "true");
    EXPECT_EQ(line->wait, base::Duration{1500});
    EXPECT_EQ(line->order.actor, "operator:admin");
    EXPECT_EQ(line->order.reason, "why not");

    auto const remedy = parse_order(
        R"({"remedy":"restart_service","params":{"unit":"nginx"},"timeout_s":90})", "admin");
    ASSERT_TRUE(remedy) << remedy.error().message;
    EXPECT_EQ(std::get<domain::RemedyOrder>(remedy->order.order).params.at("unit"), "nginx");
    EXPECT_EQ(remedy->order.timeout, base::Duration{90'000});
}

TEST(Order, Refuses_what_is_misspelt_doubtful_or_out_of_bounds) {
    for (auto const* body :
         {"", "[]", "{}", R"({"line":"true","remedy":"x"})", R"({"line":7})",
          R"({"line":"true","wait":1})", R"({"line":"true","params":{}})",
          R"({"remedy":"x","params":{"a":1}})", R"({"remedy":"x","params":[]})",
          R"({"line":"true","wait_s":121})", R"({"line":"true","wait_s":-1})",
          R"({"line":"true","wait_s":"1"})", R"({"line":"true","timeout_s":0})",
          R"({"line":"true","reason":7})"})
        EXPECT_FALSE(parse_order(body, "admin")) << body;
}

TEST(Order, Reads_how_long_to_wait_from_a_query) {
    EXPECT_EQ(parse_wait("").value(), base::Duration{0});
    EXPECT_EQ(parse_wait("0.25").value(), base::Duration{250});
    for (auto const* text : {"x", "1s", "-1", "121", "nan", "inf", "1e9"})
        EXPECT_FALSE(parse_wait(text)) << text;
}

}  // namespace
}  // namespace coordinator::http
