#include "provider/provider.h"

namespace wmi::provider {

void Registry::Register(std::string class_name, std::unique_ptr<InstanceProvider> provider) {
  providers_.insert_or_assign(std::move(class_name), std::move(provider));
}

InstanceProvider* Registry::Find(std::string_view class_name) const {
  auto found = providers_.find(class_name);
  return found == providers_.end() ? nullptr : found->second.get();
}

}  // namespace wmi::provider
