// docs/formats/settings.md is what the programs really read: each one's table stands in it as it is
// built in.
#include <gtest/gtest.h>

#include "agent/app/settings.hpp"
#include "agent/hand/settings.hpp"
#include "common/base/files.hpp"
#include "coordinator/app/settings.hpp"

namespace {

std::string page() {
    auto const text = base::read_file(std::string{TOMTE_SOURCE_DIR} + "/docs/formats/settings.md");
    EXPECT_TRUE(text) << text.error().message;
    return text.value_or("");
}

// Where the shipped catalogue lies is said by the build; the page calls it CATALOGUE.
std::string as_written(std::string table) {
    std::string const folder = std::string{TOMTE_SOURCE_DIR} + "/coordinator/catalog";
    for (auto at = table.find(folder); at != std::string::npos; at = table.find(folder))
        table.replace(at, folder.size(), "CATALOGUE");
    return table;
}

void expect_on_page(std::span<base::SettingSpec const> table) {
    auto const wanted = as_written(base::settings_markdown(table));
    EXPECT_NE(page().find(wanted), std::string::npos)
        << "docs/formats/settings.md must hold:\n" << wanted;
}

}  // namespace

TEST(SettingsPageTest, HoldsTheCoordinatorsTable) { expect_on_page(coordinator::settings_table()); }

TEST(SettingsPageTest, HoldsTheAgentsTable) { expect_on_page(agent::settings_table()); }

TEST(SettingsPageTest, HoldsTheHandsTable) { expect_on_page(hand::settings_table()); }
