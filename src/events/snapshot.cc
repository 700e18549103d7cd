#include "events/snapshot.h"

#include <utility>

#include "cim/object_path.h"

namespace wmi::events {

std::string Snapshot::PathOf(const cim::Class& schema, const provider::KeyTuple& keys) {
  cim::ObjectPath path;
  path.class_name = schema.name();
  path.is_singleton = schema.key_slots().empty();
  for (std::size_t i = 0; i < schema.key_slots().size() && i < keys.size(); ++i) {
    path.keys.push_back({schema.properties()[schema.key_slots()[i]].name, keys[i]});
  }
  return cim::FormatObjectPath(path);
}

std::string Snapshot::PathOf(const cim::Object& instance) {
  return cim::RelativePath(instance).value_or(std::string());
}

bool Differ(const cim::Object& a, const cim::Object& b) {
  if (&a.schema() != &b.schema() && a.schema().name() != b.schema().name()) return true;
  const std::size_t slots = a.schema().properties().size();
  if (slots != b.schema().properties().size()) return true;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    if (!cim::SameValue(a.slot(slot), b.slot(slot))) return true;
  }
  return false;
}

std::optional<Difference> Snapshot::Put(cim::Object instance) {
  std::string path = PathOf(instance);
  if (path.empty()) return std::nullopt;
  const auto [place, is_new] = instances_.try_emplace(std::move(path));
  size_bytes_ += instance.size_bytes() + (is_new ? place->first.size() : 0);
  if (!is_new) size_bytes_ -= place->second.size_bytes();
  Difference difference{std::exchange(place->second, std::move(instance)), place->second};
  if (!is_new && !Differ(difference.before, difference.after)) return std::nullopt;
  return difference;
}

std::optional<Difference> Snapshot::Remove(std::string_view path) {
  const auto place = instances_.find(std::string(path));
  if (place == instances_.end()) return std::nullopt;
  Difference difference{std::move(place->second), {}};
  size_bytes_ -= place->first.size() + difference.before.size_bytes();
  instances_.erase(place);
  return difference;
}

std::vector<Difference> Snapshot::Replace(std::vector<cim::Object> now, const std::unordered_set<std::string>& except,
                                          bool is_complete) {
  std::vector<Difference> differences;
  std::unordered_set<std::string> there;
  there.reserve(now.size());
  for (cim::Object& instance : now) {
    std::string path = PathOf(instance);
    if (path.empty() || except.contains(path)) continue;
    there.insert(std::move(path));
    if (std::optional<Difference> difference = Put(std::move(instance))) differences.push_back(*std::move(difference));
  }
  if (!is_complete) return differences;
  std::vector<std::string> gone;
  for (const auto& [path, instance] : instances_) {
    if (!there.contains(path) && !except.contains(path)) gone.push_back(path);
  }
  for (const std::string& path : gone) differences.push_back(*Remove(path));
  return differences;
}

}  // namespace wmi::events
