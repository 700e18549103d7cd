#include "engine/class_damage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

Status WhatIsLeftOut(const store::Namespace& classes, const std::vector<std::string>& names, std::size_t readable) {
  if (names.size() == readable) return Status();
  constexpr std::size_t kNamedMax = 10;
  std::vector<std::string> damaged;
  for (const std::string& name : names) {
    if (!classes.DamageOf(name).ok()) damaged.push_back(name);
  }
  if (damaged.empty()) return Status();
  const std::size_t others = damaged.size() > kNamedMax ? damaged.size() - kNamedMax : 0;
  damaged.resize(damaged.size() - others);
  return Status(
      code::kPartialResults,
      fmt::format("left out, because their definitions in {} cannot be read: {}{}; `wmi repository verify` "
                  "lists all that is damaged",
                  classes.name(), fmt::join(damaged, ", "), others == 0 ? "" : fmt::format(" and {} more", others)));
}

}  // namespace wmi::engine
