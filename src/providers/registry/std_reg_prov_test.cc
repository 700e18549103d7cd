#include "providers/registry/std_reg_prov.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "win32/registry/registry_test_support.h"

namespace wmi::registry {
namespace {

using cim::CimType;
using cim::Value;
using testing::ElementsAre;

constexpr std::uint64_t kMachine = 0x80000002u;
constexpr char kKey[] = "SOFTWARE\\Acme\\Lamp";

struct Parameter {
  std::string name;
  Value value;  // NULL of an out-parameter
  CimType type = CimType::kString;
  bool is_array = false;
};

cim::ClassPtr Side(const std::vector<Parameter>& parameters) {
  cim::ClassDeclaration declaration;
  declaration.name = "__PARAMETERS";
  for (const Parameter& parameter : parameters) {
    cim::Property property;
    property.name = parameter.name;
    property.type.type = parameter.type;
    property.type.is_array = parameter.is_array;
    declaration.properties.push_back(std::move(property));
  }
  auto made = cim::Class::Make(std::move(declaration), nullptr, nullptr);
  EXPECT_TRUE(made.ok()) << made.status().Message();
  return std::move(made).value();
}

std::vector<std::string> TextsOf(const Value& value) {
  std::vector<std::string> texts;
  if (value.view().kind() != cim::ValueKind::kArray) return {"no array"};
  for (const cim::ValueView item : value.view().items()) texts.emplace_back(item.text());
  return texts;
}

class StdRegProvTest : public testing::Test {
 protected:
  // The ReturnValue; what was given besides is in `out`.
  std::uint64_t Run(const std::string& name, std::vector<Parameter> in, std::vector<Parameter> given = {}) {
    cim::Method method;
    method.name = name;
    method.in = Side(in);
    given.push_back({"ReturnValue", {}, CimType::kUint32});
    method.out = Side(given);
    cim::RowBlockBuilder row;
    row.BeginRow(method.in);
    for (std::size_t slot = 0; slot < in.size(); ++slot) row.Set(slot, in[slot].value.view());
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    provider::MethodRequest request;
    request.method = &method;
    request.in = built.front();
    const Result<cim::Object> answer = provider_.Execute(request);
    EXPECT_TRUE(answer.ok()) << answer.status().Message();
    if (!answer.ok()) return ~std::uint64_t{0};
    out.clear();
    for (std::size_t slot = 0; slot < given.size(); ++slot) out[given[slot].name] = Value::Copy(answer->slot(slot));
    return out.at("ReturnValue").view().unsigned_integer();
  }
  static std::vector<Parameter> Key(const std::string& key, std::uint64_t hive = kMachine) {
    return {{"hDefKey", Value::Unsigned(hive), CimType::kUint32}, {"sSubKeyName", Value::Text(key)}};
  }
  static std::vector<Parameter> Named(const std::string& name) {
    std::vector<Parameter> in = Key(kKey);
    in.push_back({"sValueName", Value::Text(name)});
    return in;
  }
  static std::vector<Parameter> With(const std::string& name, Parameter value) {
    std::vector<Parameter> in = Named(name);
    in.push_back(std::move(value));
    return in;
  }

  win32::TemporaryRegistry registry_;
  StdRegProv provider_;
  std::map<std::string, Value> out;
};

TEST_F(StdRegProvTest, KeysAreMadeListedAndDeleted) {
  EXPECT_EQ(Run("CreateKey", Key(kKey)), 0u);
  EXPECT_EQ(Run("EnumKey", Key("SOFTWARE\\acme"), {{"sNames", {}, CimType::kString, true}}), 0u);
  EXPECT_THAT(TextsOf(out.at("sNames")), ElementsAre("Lamp"));
  EXPECT_EQ(Run("EnumKey", Key(kKey), {{"sNames", {}, CimType::kString, true}}), 0u);
  EXPECT_TRUE(out.at("sNames").is_null());
  EXPECT_EQ(Run("EnumKey", Key("SOFTWARE\\None"), {{"sNames", {}, CimType::kString, true}}), 2u);
  EXPECT_EQ(Run("DeleteKey", Key("SOFTWARE\\Acme")), 5u);
  EXPECT_EQ(Run("DeleteKey", Key(kKey)), 0u);
  EXPECT_EQ(Run("DeleteKey", Key(kKey)), 2u);
  EXPECT_EQ(Run("CreateKey", Key("")), 87u);
  EXPECT_EQ(Run("CreateKey", Key(kKey, 0x80000005u)), 6u);
  EXPECT_EQ(Run("CreateKey", Key(kKey, 17)), 6u);
}

TEST_F(StdRegProvTest, ValuesOfAllTypes) {
  EXPECT_EQ(Run("SetStringValue", With("Text", {"sValue", Value::Text("blue")})), 2u);
  ASSERT_EQ(Run("CreateKey", Key(kKey)), 0u);
  ::setenv("OPENWMI_LAMP", "Nora", 1);
  const struct {
    std::string kind;
    Parameter value;
    Value read;
  } rows[] = {
      {"String", {"sValue", Value::Text("blue")}, Value::Text("blue")},
      {"ExpandedString", {"sValue", Value::Text("of %OPENWMI_LAMP%")}, Value::Text("of Nora")},
      {"DWORD", {"uValue", Value::Unsigned(7), CimType::kUint32}, Value::Unsigned(7)},
      {"QWORD", {"uValue", Value::Unsigned(1ull << 40), CimType::kUint64}, Value::Unsigned(1ull << 40)},
      {"MultiString",
       {"sValue", Value::Array({Value::Text("a"), Value::Text("b c")}), CimType::kString, true},
       Value::Array({Value::Text("a"), Value::Text("b c")})},
      {"Binary",
       {"uValue", Value::Array({Value::Unsigned(0), Value::Unsigned(255)}), CimType::kUint8, true},
       Value::Array({Value::Unsigned(0), Value::Unsigned(255)})},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.kind);
    Parameter none = row.value;
    none.value = Value();
    EXPECT_EQ(Run("Set" + row.kind + "Value", With(row.kind, none)), 87u);
    EXPECT_EQ(Run("Get" + row.kind + "Value", Named(row.kind), {none}), 1u);
    EXPECT_EQ(Run("Set" + row.kind + "Value", With(row.kind, row.value)), 0u);
    ASSERT_EQ(Run("Get" + row.kind + "Value", Named(row.kind), {none}), 0u);
    EXPECT_EQ(out.at(row.value.name), row.read);
  }
  EXPECT_EQ(Run("GetStringValue", Named("DWORD"), {{"sValue", {}}}), 0x80041005u);
  EXPECT_TRUE(out.at("sValue").is_null());
  EXPECT_EQ(
      Run("EnumValues", Key(kKey), {{"sNames", {}, CimType::kString, true}, {"Types", {}, CimType::kSint32, true}}),
      0u);
  EXPECT_THAT(TextsOf(out.at("sNames")),
              ElementsAre("Binary", "DWORD", "ExpandedString", "MultiString", "QWORD", "String"));
  std::vector<std::int64_t> types;
  for (const cim::ValueView type : out.at("Types").view().items()) types.push_back(type.signed_integer());
  EXPECT_THAT(types, ElementsAre(3, 4, 2, 7, 11, 1));
  EXPECT_EQ(Run("DeleteValue", Named("Binary")), 0u);
  EXPECT_EQ(Run("DeleteValue", Named("Binary")), 2u);
}

TEST_F(StdRegProvTest, RightsAreThoseOfTheFiles) {
  const auto check = [&](const std::string& key, std::uint64_t rights) {
    std::vector<Parameter> in = Key(key);
    in.push_back({"uRequired", Value::Unsigned(rights), CimType::kUint32});
    const std::uint64_t result = Run("CheckAccess", in, {{"bGranted", {}, CimType::kBoolean}});
    return std::pair(result, out.at("bGranted").view().boolean());
  };
  EXPECT_EQ(check("SOFTWARE", 1), std::pair(std::uint64_t{0}, true));
  EXPECT_EQ(check("SOFTWARE", 7), std::pair(std::uint64_t{0}, true));
  EXPECT_EQ(check("SOFTWARE", 0x40000), std::pair(std::uint64_t{0}, false));
  EXPECT_EQ(check("SOFTWARE\\None", 1), std::pair(std::uint64_t{2}, false));
}

TEST_F(StdRegProvTest, OtherMethodsAreNotThere) {
  cim::Method method;
  method.name = "GetSecurityDescriptor";
  provider::MethodRequest request;
  request.method = &method;
  EXPECT_EQ(provider_.Execute(request).status().code(), code::kProviderNotCapable);
}

}  // namespace
}  // namespace wmi::registry
