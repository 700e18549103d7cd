#include "engine/class_damage.h"

#include <fmt/format.h>

#include <string>

namespace wmi::engine {

Status CheckReadable(const store::Namespace& classes, std::string_view name) {
  Status damage = classes.DamageOf(name);
  if (damage.ok()) return damage;
  return Status(damage.code(), fmt::format("the class {}:{} cannot be read: {}; `wmi repository verify` lists all that "
                                           "is damaged",
                                           classes.name(), name, damage.Message()))
      .WithParameter(std::string(name));
}

}  // namespace wmi::engine
