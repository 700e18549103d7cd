// Validation maps: every class on the machine the tests run on, by the rules of rules/. Keys are unique, references
// lead somewhere, and each instance is found again by its key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "cim/object_path.h"
#include "cim/row.h"
#include "provider/provider.h"
#include "rules.h"
#include "schema.h"
#include "this_machine.h"

namespace wmi::classes {
namespace {

using cim::CimType;

// The storage kind that the declared type asks for, whatever the rule says.
bool FitsType(const cim::DataType& type, ValueView value) {
  if (type.is_array) return value.kind() == ValueKind::kArray;
  if (cim::IsUnsignedInteger(type.type)) return value.kind() == ValueKind::kUnsigned;
  if (cim::IsSignedInteger(type.type)) return value.kind() == ValueKind::kSigned;
  if (cim::IsTextual(type.type)) return value.kind() == ValueKind::kText;
  if (type.type == CimType::kReal32 || type.type == CimType::kReal64) return value.kind() == ValueKind::kReal;
  return type.type == CimType::kBoolean && value.kind() == ValueKind::kBoolean;
}

// "" when the row is as the rules say.
void CheckRow(const cim::Object& row, const Map& map, const std::set<std::size_t>& denied) {
  const cim::Class& schema = row.schema();
  for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) {
    const cim::Property& property = schema.properties()[slot];
    const ValueView value = row.slot(slot);
    const std::string where = cim::RelativePath(row).value_or(schema.name()) + "." + property.name;
    const auto found = map.find(property.name);
    if (found == map.end()) {
      EXPECT_TRUE(value.is_null()) << where << " has a value but no rule";
      continue;
    }
    if (value.is_null()) {
      EXPECT_TRUE(found->second.presence == Presence::kSometimes || denied.contains(slot)) << where << " is NULL";
      continue;
    }
    EXPECT_TRUE(FitsType(property.type, value)) << where;
    const std::string fault = found->second.check(value);
    EXPECT_TRUE(fault.empty()) << where << ": " << fault;
  }
}

// Enough to see a difference, few enough for classes with thousands of instances.
constexpr std::size_t kLookUpsMax = 25;

class ThisMachine : public testing::TestWithParam<std::string> {
 protected:
  const ClassRule& rule() const { return Rules::Get().by_class().at(GetParam()); }
  cim::ClassPtr schema() const { return Schema::Get().GetClass(GetParam()); }
  Rows All() const { return QueryByRule(GetParam()); }
};

TEST_P(ThisMachine, IsAsTheRulesSay) {
  ASSERT_NE(schema(), nullptr);
  for (const auto& [name, unused] : rule().properties) {
    ASSERT_TRUE(schema()->FindSlot(name).has_value()) << name << " is no property";
  }
  const Rows all = All();
  EXPECT_GE(all.rows.size(), rule().rows_min);
  for (const cim::Object& row : all.rows) CheckRow(row, rule().properties, all.denied);
}

TEST_P(ThisMachine, HasUniqueKeys) {
  std::unordered_set<std::string, FoldedHash, FoldedEqual> paths;
  for (const cim::Object& row : All().rows) {
    const std::string path = cim::RelativePath(row).value_or("");
    EXPECT_FALSE(path.empty());
    EXPECT_TRUE(paths.insert(path).second) << path;
  }
}

TEST_P(ThisMachine, FindsEachInstanceByItsKeyAgain) {
  if (schema()->key_slots().empty()) return;  // a singleton
  const Rows all = All();
  const std::size_t step = std::max<std::size_t>(1, all.rows.size() / kLookUpsMax);
  for (std::size_t i = 0; i < all.rows.size(); i += step) {
    const std::string path = cim::RelativePath(all.rows[i]).value_or("");
    const Rows found = Query(schema(), {KeysOf(all.rows[i])});
    if (rule().is_volatile && found.rows.empty()) continue;
    ASSERT_EQ(found.rows.size(), 1u) << path;
    EXPECT_EQ(cim::RelativePath(found.rows[0]).value_or(""), path);
    // A value that is there must be there in both; values themselves may change between two looks.
    for (std::size_t slot = 0; slot < schema()->properties().size() && !rule().is_volatile; ++slot) {
      const auto& known = rule().properties.find(schema()->properties()[slot].name);
      if (known == rule().properties.end() || known->second.presence == Presence::kSometimes) continue;
      EXPECT_EQ(found.rows[0].slot(slot).is_null(), all.rows[i].slot(slot).is_null())
          << path << "." << schema()->properties()[slot].name;
    }
  }
}

TEST_P(ThisMachine, NamesNobodyThatIsNotThere) {
  if (schema()->key_slots().empty()) return;
  provider::KeyTuple keys;
  for (const std::size_t slot : schema()->key_slots()) {
    const cim::CimType type = schema()->properties()[slot].type.type;
    keys.push_back(cim::IsUnsignedInteger(type) ? cim::Value::Unsigned(4'000'000'123u)
                   : cim::IsSignedInteger(type) ? cim::Value::Signed(-4'000'123)
                                                : cim::Value::Text("no such thing"));
  }
  EXPECT_TRUE(Query(schema(), {keys}).rows.empty());
}

TEST_P(ThisMachine, ReferencesLeadSomewhere) {
  std::vector<std::size_t> references;
  for (std::size_t slot = 0; slot < schema()->properties().size(); ++slot) {
    if (schema()->properties()[slot].type.type == CimType::kReference) references.push_back(slot);
  }
  if (references.empty()) return;
  const Rows all = All();
  const std::size_t step = std::max<std::size_t>(1, all.rows.size() / kLookUpsMax);
  for (std::size_t i = 0; i < all.rows.size(); i += step) {
    for (const std::size_t slot : references) {
      const ValueView value = all.rows[i].slot(slot);
      if (value.is_null()) continue;
      const auto path = cim::ParseObjectPath(value.text());
      ASSERT_TRUE(path.ok()) << value.text();
      const cim::ClassPtr target = Schema::Get().GetClass(path->class_name);
      ASSERT_NE(target, nullptr) << value.text();
      if (!target->is_dynamic()) continue;
      if (path->is_singleton) {
        EXPECT_EQ(Query(target).rows.size(), 1u) << value.text();
        continue;
      }
      const auto keys = cim::KeyValues(*path, *target);
      ASSERT_TRUE(keys.ok()) << value.text();
      if (rule().is_volatile) continue;
      EXPECT_EQ(Query(target, {*keys}).rows.size(), 1u) << value.text();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Classes, ThisMachine, testing::ValuesIn(RuledClasses()),
                         [](const auto& test) { return test.param; });

TEST(ThisProcess, IsFoundByItsHandle) {
  const cim::ClassPtr schema = Schema::Get().GetClass("Win32_Process");
  const std::vector<cim::Object> rows = Query(schema, {{cim::Value::Text(std::to_string(::getpid()))}}).rows;
  ASSERT_EQ(rows.size(), 1u);
  const auto get = [&](const char* name) { return rows[0].slot(schema->FindSlot(name).value()); };
  EXPECT_EQ(get("ProcessId").unsigned_integer(), static_cast<std::uint64_t>(::getpid()));
  EXPECT_EQ(get("ParentProcessId").unsigned_integer(), static_cast<std::uint64_t>(::getppid()));
  EXPECT_EQ(get("Name").text(), "classes_test");
  EXPECT_TRUE(get("ExecutablePath").text().ends_with("/classes_test")) << get("ExecutablePath").text();
  EXPECT_THAT(std::string(get("CommandLine").text()), testing::HasSubstr("classes_test"));
  // Standard streams, the process directory and the file that is being read at the least.
  EXPECT_GE(get("HandleCount").unsigned_integer(), 3u);
  EXPECT_EQ(cim::RelativePath(rows[0]), "Win32_Process.Handle=\"" + std::to_string(::getpid()) + "\"");
}

}  // namespace
}  // namespace wmi::classes
