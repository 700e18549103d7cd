// The small world of the WQL tests: a few classes and rows with every type, subclasses, NULLs and embedded objects.
// Header-only; included by tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/class.h"
#include "cim/row.h"
#include "wql/query.h"

namespace wmi::wql::testing {

using cim::CimType;
using cim::Value;

inline cim::Property MakeProperty(std::string name, CimType type, std::string class_name = {}) {
  cim::Property property;
  property.name = std::move(name);
  property.type = {type, false, std::move(class_name)};
  return property;
}

inline cim::Property MakeKey(std::string name, CimType type) {
  cim::Property property = MakeProperty(std::move(name), type);
  property.qualifiers.Set(
      {"key", Value::Boolean(true), {CimType::kBoolean, false, {}}, cim::flavor::kToInstance, false});
  return property;
}

inline cim::Property MakeArray(std::string name, CimType type) {
  cim::Property property = MakeProperty(std::move(name), type);
  property.type.is_array = true;
  return property;
}

// The rows of all classes, and the finder of the classes.
class Table : public ClassFinder {
 public:
  Table() {
    AddClasses();
    AddThings();
    AddOthers();
    builder_.Finish(objects_);
    for (const cim::Object& object : objects_) slots_.push_back(SlotsOf(object));
  }

  cim::ClassPtr FindClass(std::string_view name) const override {
    const auto found = classes_.find(name);
    return found == classes_.end() ? nullptr : found->second;
  }
  std::vector<std::string> ClassNames() const override { return names_; }

  const std::vector<std::string>& names() const { return names_; }
  const std::vector<cim::Object>& objects() const { return objects_; }

  // The row behind objects()[index].
  cim::Row row(std::size_t index) const { return {&objects_[index].schema(), slots_[index].data()}; }

  // The key values of a row, joined by '/'.
  static std::string Id(const cim::Object& object) {
    std::string id;
    for (const std::size_t slot : object.schema().key_slots()) {
      if (!id.empty()) id += '/';
      id += Text(object.slot(slot));
    }
    return id;
  }

  static std::string Text(cim::ValueView view) {
    switch (view.kind()) {
      case cim::ValueKind::kBoolean:
        return view.boolean() ? "TRUE" : "FALSE";
      case cim::ValueKind::kSigned:
        return std::to_string(view.signed_integer());
      case cim::ValueKind::kUnsigned:
        return std::to_string(view.unsigned_integer());
      case cim::ValueKind::kText:
        return std::string(view.text());
      default:
        return "?";
    }
  }

 private:
  static std::vector<cim::ValueView> SlotsOf(const cim::Object& object) {
    std::vector<cim::ValueView> slots;
    for (std::size_t i = 0; i < object.schema().properties().size(); ++i) slots.push_back(object.slot(i));
    slots.emplace_back();  // data() is never null
    return slots;
  }

  void AddClass(std::string name, std::string superclass, std::vector<cim::Property> properties) {
    cim::ClassDeclaration declaration;
    declaration.name = name;
    declaration.superclass = superclass;
    declaration.properties = std::move(properties);
    static const auto home = std::make_shared<const cim::Home>(cim::Home{"HOST", "ROOT\\test"});
    auto made = cim::Class::Make(std::move(declaration), superclass.empty() ? nullptr : FindClass(superclass), home);
    ASSERT_TRUE(made.ok()) << name << ": " << made.status().Message();
    names_.push_back(name);
    classes_[name] = made.value();
  }

  void AddClasses() {
    AddClass("T_Part", "",
             {MakeProperty("Label", CimType::kString), MakeProperty("Count", CimType::kUint32),
              MakeProperty("Inner", CimType::kObject, "T_Part")});
    AddClass("T_FinePart", "T_Part", {MakeProperty("Polish", CimType::kString)});
    AddClass("T_Thing", "",
             {MakeKey("Name", CimType::kString), MakeProperty("Size", CimType::kUint32),
              MakeProperty("Level", CimType::kSint32), MakeProperty("On", CimType::kBoolean),
              MakeProperty("Ratio", CimType::kReal64), MakeProperty("Weight", CimType::kReal32),
              MakeProperty("Big", CimType::kUint64), MakeProperty("Deep", CimType::kSint64),
              MakeProperty("When", CimType::kDatetime), MakeProperty("Letter", CimType::kChar16),
              MakeArray("Tags", CimType::kString), MakeProperty("Part", CimType::kObject, "T_Part"),
              MakeProperty("Any", CimType::kObject), MakeProperty("Next", CimType::kReference, "T_Thing"),
              MakeProperty("Note", CimType::kString), MakeProperty("Group", CimType::kString)});
    AddClass("T_Gadget", "T_Thing", {MakeProperty("Maker", CimType::kString)});
    AddClass("T_Pair", "",
             {MakeKey("B", CimType::kString), MakeKey("A", CimType::kUint32), MakeProperty("C", CimType::kSint32)});
    AddClass("T_Flag", "", {MakeKey("F", CimType::kBoolean), MakeKey("S", CimType::kSint8)});
    AddClass("T_Moment", "", {MakeKey("When", CimType::kDatetime)});
    AddClass("T_Bare", "", {MakeProperty("X", CimType::kUint32)});
  }

  void Begin(std::string_view class_name) {
    open_ = FindClass(class_name);
    builder_.BeginRow(open_);
  }
  void Set(std::string_view name, cim::ValueView value) { builder_.Set(*open_->FindSlot(name), value); }
  void SetText(std::string_view name, std::string_view text) { Set(name, cim::ValueView::Text(text)); }
  void Commit() { builder_.CommitRow(); }

  cim::Object MakePart(std::string_view class_name, std::string_view label, std::uint64_t count) {
    cim::RowBlockBuilder builder;
    const cim::ClassPtr schema = FindClass(class_name);
    builder.BeginRow(schema);
    builder.SetText(0, label);
    builder.SetUnsigned(1, count);
    if (schema->IsA("T_FinePart")) {
      const cim::Object inner = MakePart("T_Part", "core", 7);
      builder.Set(2, cim::ValueView::OfObject(&inner));
      builder.SetText(3, "high");
    }
    builder.CommitRow();
    std::vector<cim::Object> out;
    builder.Finish(out);
    return out.front();
  }

  void AddThings() {
    Begin("T_Thing");  // every property has a value
    SetText("Name", "alpha");
    Set("Size", cim::ValueView::Unsigned(10));
    Set("Level", cim::ValueView::Signed(-5));
    Set("On", cim::ValueView::Boolean(true));
    Set("Ratio", cim::ValueView::Real(0.5));
    Set("Weight", cim::ValueView::Real(static_cast<double>(0.1F)));
    Set("Big", cim::ValueView::Unsigned(18446744073709551615U));
    Set("Deep", cim::ValueView::Signed(INT64_MIN));
    SetText("When", "20240229120000.000000+000");
    Set("Letter", cim::ValueView::Unsigned('a'));
    const cim::Object part = MakePart("T_Part", "wheel", 4);
    Set("Part", cim::ValueView::OfObject(&part));
    Set("Any", cim::ValueView::OfObject(&part));
    SetText("Next", "T_Thing.Name=\"beta\"");
    SetText("Note", "50% off [now]_\\");
    SetText("Group", "one");
    Commit();

    Begin("T_Thing");
    SetText("Name", "beta");
    Set("Size", cim::ValueView::Unsigned(20));
    Set("Level", cim::ValueView::Signed(1));
    Set("On", cim::ValueView::Boolean(false));
    Set("Ratio", cim::ValueView::Real(-2.25));
    Set("Big", cim::ValueView::Unsigned(9223372036854775808U));
    Set("Deep", cim::ValueView::Signed(-1));
    SetText("When", "20240229140000.000000+120");
    Set("Letter", cim::ValueView::Unsigned('Z'));
    const cim::Object fine = MakePart("T_FinePart", "Crown", 9);
    Set("Part", cim::ValueView::OfObject(&fine));
    SetText("Note", "");
    SetText("Group", "two");
    Commit();

    Begin("T_Gadget");
    SetText("Name", "gamma");
    Set("Size", cim::ValueView::Unsigned(20));
    Set("Level", cim::ValueView::Signed(-1));
    Set("Any", cim::ValueView::OfObject(&fine));
    SetText("When", "20240301000000.000000+***");
    SetText("Maker", "Ωmega & Sons");
    SetText("Note", "STRAßE");
    Commit();

    Begin("T_Gadget");  // only the key
    SetText("Name", "1");
    Commit();
  }

  void AddOthers() {
    const std::vector<std::pair<std::uint64_t, std::string>> pairs{{1, "x"}, {1, "y"}, {2, "x"}, {3, "Z"}};
    for (const auto& [a, b] : pairs) {
      Begin("T_Pair");
      Set("A", cim::ValueView::Unsigned(a));
      SetText("B", b);
      Set("C", cim::ValueView::Signed(static_cast<std::int64_t>(a) - 2));
      Commit();
    }
    for (const bool flag : {false, true}) {
      Begin("T_Flag");
      Set("F", cim::ValueView::Boolean(flag));
      Set("S", cim::ValueView::Signed(flag ? -1 : 1));
      Commit();
    }
    Begin("T_Moment");
    SetText("When", "20240229120000.000000+000");
    Commit();
  }

  struct FoldedLess {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return CompareFolded(a, b) < 0; }
  };
  std::map<std::string, cim::ClassPtr, FoldedLess> classes_;
  std::vector<std::string> names_;
  cim::RowBlockBuilder builder_;
  cim::ClassPtr open_;
  std::vector<cim::Object> objects_;
  std::vector<std::vector<cim::ValueView>> slots_;
};

inline const Table& TheTable() {
  static const Table table;
  return table;
}

}  // namespace wmi::wql::testing
