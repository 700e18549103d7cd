#include "cim/instance_edit.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace wmi::cim {
namespace {

ClassPtr Thing() {
  ClassDeclaration declaration;
  declaration.name = "Thing";
  const auto add = [&](std::string name, CimType type, bool is_array, Value value) {
    Property property;
    property.name = std::move(name);
    property.type = {type, is_array, ""};
    property.default_value = std::move(value);
    declaration.properties.push_back(std::move(property));
  };
  add("Name", CimType::kString, false, Value::Text("default"));
  add("Size", CimType::kUint32, false, Value::Unsigned(5));
  add("Tags", CimType::kString, true, Value());
  add("Part", CimType::kObject, false, Value());
  return Class::Make(std::move(declaration), nullptr, nullptr).value();
}

TEST(InstanceEditTest, NewInstanceHasDefaultsAndEmptyInstanceNone) {
  const ClassPtr thing = Thing();
  const Object fresh = NewInstance(thing);
  ASSERT_TRUE(fresh.is_instance());
  EXPECT_EQ(fresh.slot(0).text(), "default");
  EXPECT_EQ(fresh.slot(1).unsigned_integer(), 5u);
  const Object empty = EmptyInstance(thing);
  for (std::size_t slot = 0; slot < 4; ++slot) EXPECT_TRUE(empty.slot(slot).is_null()) << slot;
}

TEST(InstanceEditTest, WithValueLeavesItsSourceAlone) {
  const ClassPtr thing = Thing();
  const Object before = NewInstance(thing);
  Object after;
  {
    const Value tags = Value::Array({Value::Text(std::string(100, 'x')), Value::Text("y")});
    const Value part = Value::OfObject(NewInstance(thing));
    after = WithValue(WithValue(before, 2, tags.view()), 3, part.view());
  }
  after = WithValue(after, 1, ValueView::Unsigned(6));
  EXPECT_EQ(before.slot(1).unsigned_integer(), 5u);
  EXPECT_TRUE(before.slot(2).is_null());
  EXPECT_EQ(after.slot(0).text(), "default");
  EXPECT_EQ(after.slot(1).unsigned_integer(), 6u);
  EXPECT_EQ(after.slot(2).items()[0].text(), std::string(100, 'x'));
  EXPECT_EQ(after.slot(3).object()->slot(0).text(), "default");
}

TEST(InstanceEditTest, WithValueKeepsTheSelection) {
  PropertySet selected;
  selected.Add(1);
  RowBlockBuilder row(selected);
  row.BeginRow(Thing());
  row.CommitRow();
  std::vector<Object> instance;
  row.Finish(instance);
  const Object after = WithValue(instance[0], 1, ValueView::Unsigned(6));
  EXPECT_FALSE(after.IsVisible(0));
  EXPECT_TRUE(after.IsVisible(1));
}

// A program may write one object as often as it likes: nothing of the former values stays behind.
TEST(InstanceEditTest, ManyWritesDoNotGrowTheInstance) {
  Object instance = NewInstance(Thing());
  const std::size_t size = WithValue(instance, 1, ValueView::Unsigned(1)).size_bytes();
  for (unsigned i = 0; i < 1000; ++i) instance = WithValue(instance, 1, ValueView::Unsigned(i));
  EXPECT_EQ(instance.size_bytes(), size);
}

}  // namespace
}  // namespace wmi::cim
