// The classes of events, and some events, for the tests of this module. Header-only; included by tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/class.h"
#include "cim/class_finder.h"
#include "cim/row.h"
#include "cim/value.h"

namespace wmi::events::testing {

inline cim::Property MakeProperty(std::string name, cim::CimType type, std::string class_name = {}) {
  cim::Property property;
  property.name = std::move(name);
  property.type = {type, false, std::move(class_name)};
  return property;
}

// The classes of events as every namespace has them, an event class of a provider, and a class of instances.
class EventClasses : public cim::ClassFinder {
 public:
  EventClasses() {
    using cim::CimType;
    cim::Property descriptor = MakeProperty("SECURITY_DESCRIPTOR", CimType::kUint8);
    descriptor.type.is_array = true;
    Add("__SystemClass", "");
    Add("__IndicationRelated", "__SystemClass");
    Add("__Event", "__IndicationRelated", {descriptor, MakeProperty("TIME_CREATED", CimType::kUint64)});
    Add("__InstanceOperationEvent", "__Event", {MakeProperty("TargetInstance", CimType::kObject)});
    Add("__InstanceCreationEvent", "__InstanceOperationEvent");
    Add("__InstanceDeletionEvent", "__InstanceOperationEvent");
    Add("__InstanceModificationEvent", "__InstanceOperationEvent",
        {MakeProperty("PreviousInstance", CimType::kObject)});
    Add("__AggregateEvent", "__IndicationRelated",
        {MakeProperty("NumberOfEvents", CimType::kUint32), MakeProperty("Representative", CimType::kObject)});
    Add("__ExtrinsicEvent", "__Event");
    Add("T_Place", "",
        {MakeProperty("Room", CimType::kString), MakeProperty("Floor", CimType::kSint32),
         MakeProperty("Inside", CimType::kObject)});
    Add("T_Cellar", "T_Place");
    Add("T_Alarm", "__ExtrinsicEvent",
        {MakeProperty("Level", CimType::kUint32), MakeProperty("Source", CimType::kString),
         MakeProperty("Reason", CimType::kString), MakeProperty("Loud", CimType::kBoolean),
         MakeProperty("Heat", CimType::kReal64), MakeProperty("Place", CimType::kObject, "T_Place")});
    Add("T_Fire", "T_Alarm");
  }

  cim::ClassPtr FindClass(std::string_view name) const override {
    const auto found = classes_.find(name);
    return found == classes_.end() ? nullptr : found->second;
  }
  std::vector<std::string> ClassNames() const override {
    std::vector<std::string> names;
    for (const auto& [name, known] : classes_) names.push_back(known->name());
    return names;
  }

  // An instance with these values, the rest as the class has it.
  cim::Object Make(std::string_view class_name, const std::map<std::string, cim::ValueView>& values = {}) const {
    const cim::ClassPtr schema = FindClass(class_name);
    cim::RowBlockBuilder builder;
    builder.BeginRow(schema);
    for (const auto& [property, value] : values) builder.Set(*schema->FindSlot(property), value);
    builder.CommitRow();
    std::vector<cim::Object> made;
    builder.Finish(made);
    return made.front();
  }

 private:
  struct FoldedLess {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return CompareFolded(a, b) < 0; }
  };

  void Add(const std::string& name, const std::string& superclass, std::vector<cim::Property> properties = {}) {
    cim::ClassDeclaration declaration;
    declaration.name = name;
    declaration.superclass = superclass;
    declaration.properties = std::move(properties);
    auto made = cim::Class::Make(std::move(declaration), superclass.empty() ? nullptr : FindClass(superclass), nullptr);
    ASSERT_TRUE(made.ok()) << made.status().Message();
    classes_[name] = made.value();
  }

  std::map<std::string, cim::ClassPtr, FoldedLess> classes_;
};

// The value of a property, which the class has.
inline cim::ValueView Get(const cim::Object& object, std::string_view property) {
  const auto slot = object.schema().FindSlot(property);
  EXPECT_TRUE(slot.has_value()) << property;
  return slot ? object.slot(*slot) : cim::ValueView();
}

}  // namespace wmi::events::testing
