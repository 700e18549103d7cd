// cim::DeclarationOf on the classes of the product: each one, made again from what it says itself, is the same class.
#include "cim/declaration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "mof/compile_for_test.h"

namespace wmi::mof {
namespace {

void ExpectSame(const cim::QualifierSet& a, const cim::QualifierSet& b, const std::string& where) {
  ASSERT_EQ(a.size(), b.size()) << where;
  for (const cim::Qualifier& left : a) {
    const cim::Qualifier* right = b.Find(left.name);
    ASSERT_NE(right, nullptr) << where << " " << left.name;
    EXPECT_EQ(left.name, right->name) << where;
    EXPECT_EQ(left.value, right->value) << where << " " << left.name;
    EXPECT_EQ(left.type, right->type) << where << " " << left.name;
    EXPECT_EQ(left.flavor, right->flavor) << where << " " << left.name;
    EXPECT_EQ(left.propagated, right->propagated) << where << " " << left.name;
  }
}

void ExpectSame(const cim::Property& a, const cim::Property& b, const std::string& where) {
  EXPECT_EQ(a.name, b.name) << where;
  EXPECT_EQ(a.type, b.type) << where;
  EXPECT_EQ(a.default_value, b.default_value) << where;
  EXPECT_EQ(a.origin, b.origin) << where;
  EXPECT_EQ(a.is_local, b.is_local) << where;
  EXPECT_EQ(a.is_overridden, b.is_overridden) << where;
  EXPECT_EQ(a.is_key, b.is_key) << where;
  ExpectSame(a.qualifiers, b.qualifiers, where);
}

void ExpectSame(const cim::Method& a, const cim::Method& b, const std::string& where) {
  EXPECT_EQ(a.name, b.name) << where;
  EXPECT_EQ(a.in, b.in) << where;
  EXPECT_EQ(a.out, b.out) << where;
  EXPECT_EQ(a.origin, b.origin) << where;
  EXPECT_EQ(a.is_local, b.is_local) << where;
  EXPECT_EQ(a.is_overridden, b.is_overridden) << where;
  ExpectSame(a.qualifiers, b.qualifiers, where);
}

void ExpectSame(const cim::Class& a, const cim::Class& b) {
  EXPECT_EQ(a.name(), b.name());
  EXPECT_EQ(a.derivation(), b.derivation()) << a.name();
  EXPECT_EQ(a.key_slots(), b.key_slots()) << a.name();
  EXPECT_EQ(a.is_abstract(), b.is_abstract()) << a.name();
  EXPECT_EQ(a.is_singleton(), b.is_singleton()) << a.name();
  EXPECT_EQ(a.is_association(), b.is_association()) << a.name();
  EXPECT_EQ(a.is_dynamic(), b.is_dynamic()) << a.name();
  ExpectSame(a.qualifiers(), b.qualifiers(), a.name());
  ASSERT_EQ(a.properties().size(), b.properties().size()) << a.name();
  for (std::size_t slot = 0; slot < a.properties().size(); ++slot) {
    ExpectSame(a.properties()[slot], b.properties()[slot], a.name() + "." + a.properties()[slot].name);
  }
  ASSERT_EQ(a.methods().size(), b.methods().size()) << a.name();
  for (std::size_t i = 0; i < a.methods().size(); ++i) {
    ExpectSame(a.methods()[i], b.methods()[i], a.name() + "." + a.methods()[i].name);
  }
}

TEST(DeclarationOfTest, EveryClassOfTheSchemaIsMadeAgain) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WMI_SOURCE_DIR) + "/schema")) {
    if (entry.path().filename() == "root_settings.mof") continue;  // instances, and no class
    if (entry.path().extension() == ".mof") files.push_back(entry.path());
  }
  // Superclasses first: the system, then CIM, then the rest by name.
  const auto rank = [](const std::filesystem::path& path) {
    return path.stem() == "system" ? 0 : path.stem() == "cim" ? 1 : 2;
  };
  std::sort(files.begin(), files.end(),
            [&](const auto& a, const auto& b) { return rank(a) != rank(b) ? rank(a) < rank(b) : a < b; });
  ClassTable classes;
  std::size_t count = 0;
  for (const std::filesystem::path& path : files) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const Compiled compiled = Compile({path.filename(), text}, "ROOT\\test", "HOST", classes);
    EXPECT_EQ(ErrorsOf(compiled), "") << path;
    for (const cim::ClassPtr& schema : compiled.classes) {
      classes.Add(schema);
      ++count;
      const auto again = cim::Class::Make(cim::DeclarationOf(*schema), schema->superclass(), nullptr);
      ASSERT_TRUE(again.ok()) << again.status().Message();
      ExpectSame(*schema, **again);
    }
  }
  EXPECT_GE(count, 20u);
}

}  // namespace
}  // namespace wmi::mof
