// StdRegProv: the registry of the user as a class of methods.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "provider/provider.h"

namespace wmi::registry {

// Safe from several threads. Runs the methods of schema/default_registry.mof that are `implemented`.
class StdRegProv final : public provider::InstanceProvider {
 public:
  // There are none: the class is static.
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;
  Result<cim::Object> Execute(const provider::MethodRequest& request) override;

  // The methods that run, by name.
  static std::vector<std::string_view> Methods();
};

void RegisterRegistryProvider(provider::Registry& registry);

}  // namespace wmi::registry
