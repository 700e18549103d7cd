// StoredInstances: the instances that the repository keeps, read as every other provider's are.
#pragma once

#include <memory>

#include "provider/provider.h"
#include "store/repository.h"

namespace wmi::engine {

// Opens a stream over the instances of request.schema, of exactly this class, as they are now. `request` outlives it.
std::unique_ptr<provider::InstanceStream> OpenStored(const store::Repository& repository,
                                                     const provider::Request& request);

// Whether it would look up an index in place of reading every row.
bool UsesIndex(const provider::Request& request);

}  // namespace wmi::engine
