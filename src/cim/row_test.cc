#include "cim/row.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace wmi::cim {
namespace {

Property Plain(std::string name, CimType type, Value value = Value(), bool is_array = false) {
  Property property;
  property.name = std::move(name);
  property.type = {type, is_array, ""};
  property.default_value = std::move(value);
  return property;
}

ClassPtr MakeClass(std::string name, std::vector<Property> properties, ClassPtr superclass = nullptr) {
  ClassDeclaration declaration;
  declaration.name = std::move(name);
  if (superclass != nullptr) declaration.superclass = superclass->name();
  declaration.properties = std::move(properties);
  return Class::Make(std::move(declaration), std::move(superclass), nullptr).value();
}

ClassPtr Sample() {
  return MakeClass("Sample",
                   {Plain("Text", CimType::kString, Value::Text("default text that is longer than a small string")),
                    Plain("Number", CimType::kUint32, Value::Unsigned(7)), Plain("Flag", CimType::kBoolean),
                    Plain("List", CimType::kString, Value(), true), Plain("Inner", CimType::kObject),
                    Plain("Ratio", CimType::kReal64), Plain("Delta", CimType::kSint64)});
}

TEST(ArenaTest, GivesAlignedMemoryAndCountsIt) {
  Arena arena;
  for (std::size_t i = 1; i < 300; ++i) {
    void* bytes = arena.Allocate(i, 1);
    std::memset(bytes, 0xAB, i);
    void* word = arena.Allocate(8, 8);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(word) % 8, 0u);
    std::memset(word, 0xCD, 8);
  }
  EXPECT_EQ(arena.bytes(), 299u * 300 / 2 + 299 * 8);
  void* large = arena.Allocate(1u << 20, 16);
  std::memset(large, 1, 1u << 20);
}

TEST(ArenaTest, RewindGivesTheSameMemoryAgain) {
  Arena arena;
  arena.Allocate(10, 1);
  const Arena::Mark mark = arena.Position();
  void* first = arena.Allocate(100, 1);
  arena.Rewind(mark);
  EXPECT_EQ(arena.bytes(), 10u);
  EXPECT_EQ(arena.Allocate(100, 1), first);
}

TEST(RowTest, RowStartsWithDefaults) {
  const ClassPtr cls = Sample();
  RowBlockBuilder builder;
  builder.BeginRow(cls);
  builder.SetBoolean(2, true);
  builder.CommitRow();
  std::vector<Object> objects;
  builder.Finish(objects);
  ASSERT_EQ(objects.size(), 1u);
  const Object& object = objects[0];
  EXPECT_TRUE(object.is_instance());
  EXPECT_FALSE(object.is_class());
  EXPECT_EQ(object.slot(0).text(), "default text that is longer than a small string");
  EXPECT_EQ(object.slot(1).unsigned_integer(), 7u);
  EXPECT_TRUE(object.slot(2).boolean());
  EXPECT_TRUE(object.slot(3).is_null());
  EXPECT_EQ(&object.schema(), cls.get());
  EXPECT_EQ(object.schema_ptr(), cls);
  EXPECT_GT(object.size_bytes(), 7 * sizeof(ValueView));
}

TEST(RowTest, ValuesAreCopiedAndOutliveTheirSource) {
  std::vector<Object> objects;
  {
    const ClassPtr cls = Sample();
    RowBlockBuilder builder;
    builder.BeginRow(cls);
    std::string text = "gone after this scope, long enough for the heap";
    builder.SetText(0, text);
    std::string a = "first", b = "second item that is long enough for the heap";
    const ValueView items[] = {ValueView::Text(a), ValueView::Text(b)};
    builder.Set(3, ValueView::Array(items));
    builder.SetReal(5, -0.5);
    builder.SetSigned(6, INT64_MIN);
    builder.CommitRow();
    text.assign(text.size(), 'x');
    a.assign(a.size(), 'x');
    b.assign(b.size(), 'x');
    builder.Finish(objects);
  }
  EXPECT_EQ(objects[0].slot(0).text(), "gone after this scope, long enough for the heap");
  ASSERT_EQ(objects[0].slot(3).items().size(), 2u);
  EXPECT_EQ(objects[0].slot(3).items()[0].text(), "first");
  EXPECT_EQ(objects[0].slot(3).items()[1].text(), "second item that is long enough for the heap");
  EXPECT_EQ(objects[0].slot(5).real(), -0.5);
  EXPECT_EQ(objects[0].slot(6).signed_integer(), INT64_MIN);
}

TEST(RowTest, EmptyTextIsNotNull) {
  RowBlockBuilder builder;
  builder.BeginRow(Sample());
  builder.SetText(0, "");
  builder.Set(3, ValueView::Array({}));
  builder.CommitRow();
  std::vector<Object> objects;
  builder.Finish(objects);
  EXPECT_EQ(objects[0].slot(0).kind(), ValueKind::kText);
  EXPECT_EQ(objects[0].slot(0).text(), "");
  EXPECT_EQ(objects[0].slot(3).kind(), ValueKind::kArray);
}

TEST(RowTest, DroppedRowsLeaveNothingBehind) {
  const ClassPtr cls = Sample();
  RowBlockBuilder builder;
  builder.BeginRow(cls);
  builder.SetText(0, "kept");
  builder.CommitRow();
  const std::size_t bytes = builder.bytes();
  const std::string large(10'000, 'y');
  for (int i = 0; i < 5000; ++i) {
    builder.BeginRow(cls);
    builder.SetText(0, large);
    EXPECT_EQ(builder.row().slots[0].text().size(), large.size());
    builder.DropRow();
  }
  EXPECT_EQ(builder.rows(), 1u);
  EXPECT_EQ(builder.bytes(), bytes);
  builder.BeginRow(cls);
  builder.SetText(0, "second");
  builder.CommitRow();
  std::vector<Object> objects;
  builder.Finish(objects);
  ASSERT_EQ(objects.size(), 2u);
  EXPECT_EQ(objects[0].slot(0).text(), "kept");
  EXPECT_EQ(objects[1].slot(0).text(), "second");
}

TEST(RowTest, OpenRowIsNotPartOfTheBlock) {
  RowBlockBuilder builder;
  builder.BeginRow(Sample());
  std::vector<Object> objects;
  builder.Finish(objects);
  EXPECT_TRUE(objects.empty());
}

TEST(RowTest, BuilderIsUsableAgainAfterFinish) {
  const ClassPtr cls = Sample();
  RowBlockBuilder builder;
  std::vector<Object> objects;
  for (std::uint64_t i = 0; i < 3; ++i) {
    builder.BeginRow(cls);
    builder.SetUnsigned(1, i);
    builder.CommitRow();
    builder.Finish(objects);
    EXPECT_EQ(builder.rows(), 0u);
    EXPECT_EQ(builder.bytes(), 0u);
  }
  ASSERT_EQ(objects.size(), 3u);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(objects[i].slot(1).unsigned_integer(), i);
}

TEST(RowTest, RowsOfSubclassesShareABlock) {
  const ClassPtr base = Sample();
  const ClassPtr derived = MakeClass("Derived", {Plain("Extra", CimType::kString)}, base);
  RowBlockBuilder builder;
  for (int i = 0; i < 100; ++i) {
    builder.BeginRow(i % 2 == 0 ? base : derived);
    builder.SetUnsigned(1, static_cast<std::uint64_t>(i));
    if (i % 2 == 1) builder.SetText(7, "extra " + std::to_string(i));
    builder.CommitRow();
  }
  std::vector<Object> objects;
  builder.Finish(objects);
  ASSERT_EQ(objects.size(), 100u);
  for (int i = 0; i < 100; ++i) {
    const Object& object = objects[static_cast<std::size_t>(i)];
    EXPECT_EQ(object.schema_ptr(), i % 2 == 0 ? base : derived);
    EXPECT_EQ(object.slot(1).unsigned_integer(), static_cast<std::uint64_t>(i));
    if (i % 2 == 1) {
      EXPECT_EQ(object.slot(7).text(), "extra " + std::to_string(i));
    }
  }
}

TEST(RowTest, VisibleSlotsFollowTheSelectList) {
  PropertySet visible;
  visible.Add(1);
  RowBlockBuilder builder(visible);
  builder.BeginRow(Sample());
  builder.CommitRow();
  std::vector<Object> objects;
  builder.Finish(objects);
  EXPECT_FALSE(objects[0].IsVisible(0));
  EXPECT_TRUE(objects[0].IsVisible(1));
  EXPECT_TRUE(Object(Sample()).IsVisible(0));
}

TEST(RowTest, EmbeddedObjectsAreKept) {
  const ClassPtr inner_class = MakeClass("Inner", {Plain("Name", CimType::kString)});
  std::vector<Object> outer;
  std::weak_ptr<const Class> watched;
  {
    std::vector<Object> inner;
    RowBlockBuilder builder;
    builder.BeginRow(inner_class);
    builder.SetText(0, "inside, and long enough not to be small");
    builder.CommitRow();
    builder.Finish(inner);
    RowBlockBuilder outside;
    outside.BeginRow(Sample());
    outside.Set(4, ValueView::OfObject(&inner[0]));
    const ValueView items[] = {ValueView::OfObject(&inner[0]), ValueView::OfObject(&inner[0])};
    outside.Set(3, ValueView::Array(items));
    outside.CommitRow();
    outside.Finish(outer);
  }
  ASSERT_EQ(outer[0].slot(4).kind(), ValueKind::kObject);
  EXPECT_EQ(outer[0].slot(4).object()->slot(0).text(), "inside, and long enough not to be small");
  EXPECT_EQ(outer[0].slot(3).items()[1].object()->slot(0).text(), "inside, and long enough not to be small");
}

TEST(RowTest, OneObjectKeepsItsBlockAlive) {
  std::vector<Object> objects;
  RowBlockBuilder builder;
  for (int i = 0; i < 10; ++i) {
    builder.BeginRow(Sample());
    builder.SetText(0, "row " + std::to_string(i));
    builder.CommitRow();
  }
  builder.Finish(objects);
  const Object kept = objects[9];
  objects.clear();
  EXPECT_EQ(kept.slot(0).text(), "row 9");
}

TEST(RowTest, ClassPointerDoesNotHoldTheRows) {
  ClassPtr held;
  ClassPtr cls = Sample();
  const long before = cls.use_count();
  {
    std::vector<Object> objects;
    RowBlockBuilder builder;
    builder.BeginRow(cls);
    builder.CommitRow();
    builder.Finish(objects);
    held = objects[0].schema_ptr();
  }
  EXPECT_EQ(cls.use_count(), before + 1);
}

TEST(RowTest, ObjectsMayBeCopiedInSeveralThreads) {
  std::vector<Object> objects;
  RowBlockBuilder builder;
  builder.BeginRow(Sample());
  builder.SetUnsigned(1, 42);
  builder.CommitRow();
  builder.Finish(objects);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([copy = objects[0], &wrong] {
      for (int n = 0; n < 1000; ++n) {
        const Object another = copy;
        if (another.slot(1).unsigned_integer() != 42 || another.schema_ptr()->name() != "Sample") ++wrong;
      }
    });
  }
  objects.clear();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(ClassObjectTest, SlotsAreDefaults) {
  const ClassPtr cls = Sample();
  const Object object(cls);
  EXPECT_TRUE(object.is_class());
  EXPECT_FALSE(object.is_instance());
  EXPECT_EQ(object.slot(1).unsigned_integer(), 7u);
  EXPECT_EQ(object.schema_ptr(), cls);
  EXPECT_FALSE(static_cast<bool>(Object()));
}

TEST(ValueTest, CopiesShareArraysAndLongTexts) {
  const std::string text(1000, 't');
  const Value value = Value::Array({Value::Text(text), Value::Text("short"), Value::Text("")});
  const Value copy = value;
  EXPECT_EQ(copy, value);
  EXPECT_EQ(copy.view().items()[0].text().data(), value.view().items()[0].text().data());
  EXPECT_EQ(Value::Copy(value.view()), value);
  const Value moved_from = Value::Text("small");
  Value target = moved_from;
  EXPECT_EQ(target.view().text(), "small");
}

TEST(ValueTest, SameValueIsDeepAndTyped) {
  EXPECT_TRUE(SameValue(ValueView(), ValueView()));
  EXPECT_FALSE(SameValue(ValueView(), ValueView::Unsigned(0)));
  EXPECT_FALSE(SameValue(ValueView::Signed(1), ValueView::Unsigned(1)));
  EXPECT_FALSE(SameValue(ValueView::Text("a"), ValueView::Text("A")));
  EXPECT_EQ(Value::Array({Value::Signed(1)}), Value::Array({Value::Signed(1)}));
  EXPECT_FALSE(Value::Array({Value::Signed(1)}) == Value::Array({Value::Signed(1), Value::Signed(2)}));

  const auto instance = [](std::uint64_t number) {
    std::vector<Object> objects;
    RowBlockBuilder builder;
    builder.BeginRow(Sample());
    builder.SetUnsigned(1, number);
    builder.CommitRow();
    builder.Finish(objects);
    return Value::OfObject(objects[0]);
  };
  EXPECT_EQ(instance(1), instance(1)) << "classes that are the same by name and properties";
  EXPECT_FALSE(instance(1) == instance(2));
  EXPECT_FALSE(instance(7) == Value::OfObject(Object(Sample()))) << "an instance is no class";
}

}  // namespace
}  // namespace wmi::cim
