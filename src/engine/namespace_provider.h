// NamespaceProvider: the instances of __NAMESPACE are the children of the namespace that is asked.
#pragma once

#include "engine/catalogue.h"
#include "provider/provider.h"

namespace wmi::engine {

class NamespaceProvider final : public provider::InstanceProvider {
 public:
  explicit NamespaceProvider(const Catalogue& catalogue) : catalogue_(catalogue) {}
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;

 private:
  const Catalogue& catalogue_;
};

}  // namespace wmi::engine
