// NamespaceProvider: the instances of __NAMESPACE are the children of the namespace that is asked. Putting one creates
// a namespace, deleting one deletes it with everything in it.
#pragma once

#include "engine/catalogue.h"
#include "provider/provider.h"

namespace wmi::engine {

class NamespaceProvider final : public provider::InstanceProvider {
 public:
  NamespaceProvider(Catalogue& catalogue, store::Repository& repository)
      : catalogue_(catalogue), repository_(repository) {}
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;
  Result<std::string> Put(const provider::PutRequest& request) override;
  Status Delete(const provider::DeleteRequest& request) override;

 private:
  Catalogue& catalogue_;
  store::Repository& repository_;
};

}  // namespace wmi::engine
