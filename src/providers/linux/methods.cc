#include "providers/linux/methods.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"

namespace wmi::linuxos {

std::string MethodCall::KeyText(std::size_t index) const {
  if (!request_.keys || index >= request_.keys->size()) return {};
  const cim::ValueView key = (*request_.keys)[index].view();
  return key.kind() == cim::ValueKind::kText ? std::string(key.text()) : std::string();
}

cim::ValueView MethodCall::In(std::string_view name) const {
  if (!request_.in) return {};
  const auto slot = request_.in.schema().FindSlot(name);
  return slot ? request_.in.slot(*slot) : cim::ValueView();
}

std::optional<std::string> MethodCall::InText(std::string_view name) const {
  const cim::ValueView value = In(name);
  if (value.kind() != cim::ValueKind::kText) return std::nullopt;
  return std::string(value.text());
}

std::optional<std::uint64_t> MethodCall::InUnsigned(std::string_view name) const {
  const cim::ValueView value = In(name);
  if (value.kind() != cim::ValueKind::kUnsigned) return std::nullopt;
  return value.unsigned_integer();
}

std::optional<std::int64_t> MethodCall::InSigned(std::string_view name) const {
  const cim::ValueView value = In(name);
  if (value.kind() != cim::ValueKind::kSigned) return std::nullopt;
  return value.signed_integer();
}

std::optional<bool> MethodCall::InBoolean(std::string_view name) const {
  const cim::ValueView value = In(name);
  if (value.kind() != cim::ValueKind::kBoolean) return std::nullopt;
  return value.boolean();
}

void MethodCall::SetOut(std::string_view name, cim::Value value) {
  if (!request_.method->out) return;
  if (const auto slot = request_.method->out->FindSlot(name)) out_.emplace_back(*slot, std::move(value));
}

Result<cim::Object> MethodCall::Return(std::uint64_t return_value) {
  if (!request_.method->out) return cim::Object();
  SetOut("ReturnValue", cim::Value::Unsigned(return_value));
  cim::RowBlockBuilder row;
  row.BeginRow(request_.method->out);
  for (const auto& [slot, value] : out_) row.Set(slot, value.view());
  row.CommitRow();
  std::vector<cim::Object> built;
  row.Finish(built);
  return std::move(built.front());
}

Result<cim::Object> RunMethod(std::span<const MethodRow> methods, const Machine& machine,
                              const provider::MethodRequest& request) {
  for (const MethodRow& method : methods) {
    if (!EqualFolded(method.name, request.method->name)) continue;
    MethodCall call(machine, request);
    return method.run(call);
  }
  return Status(code::kProviderNotCapable,
                fmt::format("{}.{} is not available on Linux", request.schema->name(), request.method->name));
}

}  // namespace wmi::linuxos
