// What the tests of this module share: classes and instances in few words.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cim/class.h"
#include "cim/row.h"
#include "store/instance_index.h"
#include "store/repository.h"

namespace wmi::store {

inline constexpr std::uint32_t kBothFlavors = cim::flavor::kToInstance | cim::flavor::kToSubclass;
inline constexpr std::uint32_t kFixedFlavors = kBothFlavors | cim::flavor::kNotOverridable;

inline cim::Qualifier Flag(std::string name, std::uint32_t flavors = 0) {
  return {std::move(name), cim::Value::Boolean(true), {cim::CimType::kBoolean, false, ""}, flavors};
}
inline cim::Qualifier Text(std::string name, std::string text, std::uint32_t flavors = 0) {
  return {std::move(name), cim::Value::Text(std::move(text)), {cim::CimType::kString, false, ""}, flavors};
}

inline cim::Property Prop(std::string name, cim::CimType type = cim::CimType::kString,
                          std::initializer_list<cim::Qualifier> qualifiers = {}) {
  cim::Property property;
  property.name = std::move(name);
  property.type = {type, false, ""};
  for (const cim::Qualifier& qualifier : qualifiers) property.qualifiers.Set(qualifier);
  return property;
}
inline cim::Property Key(std::string name, cim::CimType type = cim::CimType::kString) {
  return Prop(std::move(name), type, {Flag("key")});
}

// A declaration that can be written in one expression.
struct Declare : cim::ClassDeclaration {
  explicit Declare(std::string class_name, std::string parent = "") {
    name = std::move(class_name);
    superclass = std::move(parent);
  }
  Declare& With(cim::Qualifier qualifier) {
    qualifiers.Set(std::move(qualifier));
    return *this;
  }
  Declare& With(cim::Property property) {
    properties.push_back(std::move(property));
    return *this;
  }
  Declare& WithMethod(std::string method_name, cim::ClassPtr in = nullptr) {
    cim::Method method;
    method.name = std::move(method_name);
    method.in = std::move(in);
    methods.push_back(std::move(method));
    return *this;
  }
};

inline constexpr std::string_view kRoot = "ROOT";
inline constexpr std::string_view kSpace = "ROOT\\test";

inline Code Put(Repository& repository, const cim::ClassDeclaration& declaration,
                ClassUpdate update = ClassUpdate::kCompatible, PutMode mode = PutMode::kCreateOrUpdate) {
  return repository.PutClass(kSpace, declaration, mode, update).code();
}

struct Setting {
  std::string name;
  cim::Value value;
};

inline cim::Object InstanceOf(const cim::ClassPtr& schema, const std::vector<Setting>& settings,
                              cim::PropertySet visible = cim::PropertySet::All()) {
  cim::RowBlockBuilder builder(std::move(visible));
  builder.BeginRow(schema);
  for (const Setting& setting : settings) builder.Set(schema->FindSlot(setting.name).value(), setting.value.view());
  builder.CommitRow();
  std::vector<cim::Object> rows;
  builder.Finish(rows);
  return rows.front();
}
inline cim::Object InstanceOf(const Repository& repository, std::string_view name,
                              const std::vector<Setting>& settings) {
  return InstanceOf(repository.FindNamespace(kSpace)->FindClass(name), settings);
}

inline cim::Value T(std::string text) { return cim::Value::Text(std::move(text)); }
inline cim::Value U(std::uint64_t number) { return cim::Value::Unsigned(number); }

inline Code PutIn(Repository& repository, std::string_view name, const std::vector<Setting>& settings,
                  PutMode mode = PutMode::kCreateOrUpdate) {
  return repository.PutInstance(kSpace, InstanceOf(repository, name, settings), mode).status().code();
}

// Of exactly this class.
inline std::vector<cim::Object> Rows(const Repository& repository, std::string_view name_space,
                                     std::string_view class_name) {
  Result<std::vector<cim::Object>> rows = repository.ListInstances(name_space, class_name);
  EXPECT_TRUE(rows.ok()) << rows.status().Message();
  return rows.ok() ? std::move(rows).value() : std::vector<cim::Object>();
}
// By its index; nothing when the property has none.
inline Result<std::vector<cim::Object>> LookUpValue(const Repository& repository, std::string_view name_space,
                                                    std::string_view class_name, std::string_view property,
                                                    cim::Value value) {
  const NamespacePtr classes = repository.FindNamespace(name_space);
  const cim::ClassPtr schema = classes == nullptr ? nullptr : classes->FindClass(class_name);
  if (schema == nullptr || !HasIndex(*schema, property)) return std::vector<cim::Object>();
  const IndexLookup lookup{std::string(property), {std::move(value)}};
  const auto cursor = repository.ReadInstances(schema, cim::PropertySet::All(), &lookup);
  ObjectSink found;
  while (TRY(cursor->Read(2, found))) {
  }
  return found.Take();
}

inline std::vector<cim::Object> FindByValue(const Repository& repository, std::string_view name_space,
                                            std::string_view class_name, std::string_view property, cim::Value value) {
  auto found = LookUpValue(repository, name_space, class_name, property, std::move(value));
  EXPECT_TRUE(found.ok()) << found.status().Message();
  return found.ok() ? std::move(found).value() : std::vector<cim::Object>();
}

inline cim::Object Find(const Repository& repository, std::string_view name_space, std::string_view class_name,
                        const KeyTuple& keys) {
  Result<cim::Object> row = repository.FindInstance(name_space, class_name, keys);
  EXPECT_TRUE(row.ok()) << row.status().Message();
  return row.ok() ? std::move(row).value() : cim::Object();
}

// Classes of the product, in one transaction.
inline Status Load(Repository& repository, std::string_view name_space,
                   const std::vector<cim::ClassDeclaration>& classes) {
  return repository.Change([&](Transaction& transaction) -> Status {
    for (const cim::ClassDeclaration& declaration : classes) {
      TRY(transaction.PutClass(name_space, declaration, PutMode::kCreateOrUpdate, ClassUpdate::kForce,
                               Author::kProduct));
    }
    return Status();
  });
}

// With the namespaces ROOT and ROOT\test.
struct TestRepository : Repository {
  explicit TestRepository(RepositoryLimits limits = {}) : Repository("HOST", limits) {
    EXPECT_TRUE(CreateNamespace(kRoot, {}).ok());
    EXPECT_TRUE(CreateNamespace(kSpace, {}).ok());
  }
  cim::ClassPtr FindClass(std::string_view name) const { return FindNamespace(kSpace)->FindClass(name); }
  std::size_t Count(std::string_view name) const { return Rows(*this, kSpace, name).size(); }
};

}  // namespace wmi::store
