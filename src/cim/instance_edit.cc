#include "cim/instance_edit.h"

#include <utility>
#include <vector>

namespace wmi::cim {
namespace {

Object FinishOne(RowBlockBuilder& row) {
  row.CommitRow();
  std::vector<Object> instance;
  row.Finish(instance);
  return std::move(instance.front());
}

}  // namespace

Object NewInstance(const ClassPtr& schema) {
  RowBlockBuilder row;
  row.BeginRow(schema);
  return FinishOne(row);
}

Object EmptyInstance(const ClassPtr& schema) {
  RowBlockBuilder row;
  row.BeginRow(schema);
  for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) row.SetNull(slot);
  return FinishOne(row);
}

Object WithValue(const Object& instance, std::size_t slot, ValueView value) {
  RowBlockBuilder row(instance.visible());
  row.BeginRow(instance.schema_ptr());
  for (std::size_t i = 0; i < instance.schema().properties().size(); ++i) {
    row.Set(i, i == slot ? value : instance.slot(i));
  }
  row.SetOwnQualifiers(instance.own_qualifiers_ptr());
  return FinishOne(row);
}

Object WithQualifiers(const Object& instance, InstanceQualifiersPtr qualifiers) {
  RowBlockBuilder row(instance.visible());
  row.BeginRow(instance.schema_ptr());
  for (std::size_t i = 0; i < instance.schema().properties().size(); ++i) row.Set(i, instance.slot(i));
  row.SetOwnQualifiers(std::move(qualifiers));
  return FinishOne(row);
}

}  // namespace wmi::cim
