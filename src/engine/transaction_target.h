// TransactionTarget: MOF compiled into the repository, under one transaction for a whole file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mof/target.h"
#include "provider/provider.h"
#include "store/transaction.h"

namespace wmi::engine {

// For the thread that runs the transaction. An instance of __NAMESPACE makes a namespace; one of a class that a
// provider serves goes to the provider if it is built in, outside of the transaction, and is refused with
// kProviderNotCapable otherwise.
class TransactionTarget final : public mof::Target {
 public:
  TransactionTarget(store::Transaction& transaction, store::Author author,
                    const std::vector<cim::ClassDeclaration>& system_classes, const provider::Registry& providers)
      : transaction_(transaction), author_(author), system_classes_(system_classes), providers_(providers) {}

  cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const override;
  Result<std::string> FindNamespace(std::string_view name) override;
  Result<cim::ClassPtr> PutClass(std::string_view name_space, cim::ClassDeclaration declaration, cim::PutMode mode,
                                 cim::ClassUpdate update) override;
  Result<std::string> PutInstance(std::string_view name_space, const cim::Object& instance, cim::PutMode mode) override;
  Status DeleteClass(std::string_view name_space, std::string_view name) override;
  Status DeleteInstance(std::string_view name_space, std::string_view path) override;

 private:
  Result<std::string> PutNamespace(std::string_view parent, const cim::Object& instance, cim::PutMode mode);

  store::Transaction& transaction_;
  const store::Author author_;
  const std::vector<cim::ClassDeclaration>& system_classes_;
  const provider::Registry& providers_;
};

}  // namespace wmi::engine
