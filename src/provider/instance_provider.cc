#include <fmt/format.h>

#include "provider/provider.h"

namespace wmi::provider {
namespace {

Status NotCapable(const cim::Class& schema, std::string_view of_what) {
  return Status(code::kProviderNotCapable, fmt::format("the provider of {} cannot {}", schema.name(), of_what))
      .WithProvider(std::string(schema.qualifiers().Text("provider")));
}

}  // namespace

Result<std::string> InstanceProvider::Put(const PutRequest& request) {
  return NotCapable(request.instance.schema(), "write instances");
}

Status InstanceProvider::Delete(const DeleteRequest& request) {
  return NotCapable(*request.schema, "delete instances");
}

Result<cim::Object> InstanceProvider::Execute(const MethodRequest& request) {
  return NotCapable(*request.schema, "run the method " + request.method->name);
}

}  // namespace wmi::provider
