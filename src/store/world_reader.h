// From the tables to namespaces.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "store/database.h"
#include "store/namespace.h"
#include "store/transaction.h"

namespace wmi::store {

// Reads definitions with connections of its own.
class DefinitionReader final : public ClassSource {
 public:
  explicit DefinitionReader(std::shared_ptr<Database> database) : database_(std::move(database)) {}
  Result<cim::ClassDeclaration> ReadDefinition(Id definition) const override;

 private:
  const std::shared_ptr<Database> database_;
};

Result<std::uint64_t> CountInstances(sql::Connection& connection);

// All namespaces with the names of their classes, inside a transaction of the caller. What `before` has read of classes
// that are still the same is taken over.
Result<WorldPtr> ReadWorld(sql::Connection& connection, const std::string& server,
                           const std::shared_ptr<const ClassSource>& source, const World& before);

}  // namespace wmi::store
