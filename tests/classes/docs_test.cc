// The pages of docs/classes are made of the schema and the tables of the providers: each class with instances has a
// provider, a page and rules, and each column is a property.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/text.h"
#include "providers/linux/register.h"
#include "rules.h"
#include "schema.h"

namespace wmi::classes {
namespace {

std::vector<std::string> ClassesOfTheProvider() {
  std::vector<std::string> names;
  for (const cim::ClassPtr& schema : Schema::Get().classes()) {
    if (schema->is_dynamic() && schema->qualifiers().Text("provider") == "OpenWMI Linux")
      names.push_back(schema->name());
  }
  return names;
}

TEST(Pages, ThereIsOneForEachClassWithInstances) {
  std::vector<std::string> pages;
  for (const linuxos::ClassPage& page : linuxos::LinuxClassPages()) pages.push_back(page.class_name);
  EXPECT_THAT(pages, testing::UnorderedElementsAreArray(ClassesOfTheProvider()));
}

TEST(Pages, EachClassHasRules) {
  for (const std::string& name : ClassesOfTheProvider()) {
    EXPECT_TRUE(Rules::Get().by_class().contains(name)) << name << " needs rules in tests/classes/rules";
  }
}

TEST(Pages, EachColumnIsAPropertyWithASource) {
  for (const linuxos::ClassPage& page : linuxos::LinuxClassPages()) {
    const cim::ClassPtr schema = Schema::Get().GetClass(page.class_name);
    ASSERT_NE(schema, nullptr);
    EXPECT_FALSE(page.about.empty()) << page.class_name;
    std::unordered_set<std::string, FoldedHash, FoldedEqual> seen;
    for (const linuxos::ClassPage::PropertyRow& row : page.properties) {
      EXPECT_TRUE(schema->FindSlot(row.name).has_value()) << page.class_name << "." << row.name;
      EXPECT_FALSE(row.source.empty()) << page.class_name << "." << row.name;
      EXPECT_TRUE(seen.insert(row.name).second) << page.class_name << "." << row.name;
    }
  }
}

TEST(Pages, EachRuleIsOfAColumn) {
  for (const linuxos::ClassPage& page : linuxos::LinuxClassPages()) {
    const auto rule = Rules::Get().by_class().find(page.class_name);
    if (rule == Rules::Get().by_class().end()) continue;
    std::set<std::string> columns;
    for (const linuxos::ClassPage::PropertyRow& row : page.properties) columns.insert(row.name);
    for (const auto& [name, unused] : rule->second.properties) {
      EXPECT_TRUE(columns.contains(name)) << page.class_name << "." << name << " has a rule and no source";
    }
  }
}

TEST(Pages, AMethodRunsWhenTheSchemaSaysSo) {
  for (const linuxos::ClassPage& page : linuxos::LinuxClassPages()) {
    const cim::ClassPtr schema = Schema::Get().GetClass(page.class_name);
    std::vector<std::string> implemented;
    for (const cim::Method& method : schema->methods()) {
      if (method.qualifiers.IsTrue("implemented")) implemented.push_back(method.name);
    }
    std::vector<std::string> running;
    for (const linuxos::ClassPage::MethodNote& method : page.methods) running.push_back(method.name);
    EXPECT_THAT(running, testing::UnorderedElementsAreArray(implemented)) << page.class_name;
  }
}

}  // namespace
}  // namespace wmi::classes
