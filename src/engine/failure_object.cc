#include "engine/failure_object.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace wmi::engine {
namespace {

void SetText(cim::RowBlockBuilder& row, const cim::Class& schema, std::string_view property, std::string_view text) {
  const auto slot = schema.FindSlot(property);
  if (slot && !text.empty()) row.SetText(*slot, text);
}

}  // namespace

cim::Object FailureObject(const cim::ClassPtr& schema, const Status& failure, std::string_view description) {
  cim::RowBlockBuilder row;
  row.BeginRow(schema);
  if (const auto slot = schema->FindSlot("StatusCode")) {
    row.SetUnsigned(*slot, static_cast<std::uint32_t>(failure.code()));
  }
  SetText(row, *schema, "Description", description);
  if (const ErrorDetail* detail = failure.detail()) {
    SetText(row, *schema, "Operation", detail->operation);
    SetText(row, *schema, "ParameterInfo", detail->parameter);
    SetText(row, *schema, "ProviderName", detail->provider);
  }
  row.CommitRow();
  std::vector<cim::Object> instance;
  row.Finish(instance);
  return std::move(instance.front());
}

}  // namespace wmi::engine
