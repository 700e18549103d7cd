#include "consumers/register.h"

namespace wmi::consumers {

void RegisterConsumers(provider::EventConsumers&, provider::AuditLog&, const Options&) {}

}  // namespace wmi::consumers
