#include "store/namespace.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "store/encoding/row_code.h"

namespace wmi::store {
namespace {

std::string SuperclassName(const cim::Class& schema) {
  return schema.superclass() == nullptr ? std::string() : schema.superclass()->name();
}

// A lock of another process, or memory that lacks: reading the same may do later.
bool MayPass(const Status& failure) {
  return failure.code() == code::kTimedOut || failure.code() == code::kOutOfMemory;
}

bool HasKeys(const cim::Class& schema) { return schema.is_singleton() || !schema.key_slots().empty(); }

}  // namespace

Namespace::Namespace(Id id, std::string name, std::string server, std::shared_ptr<const ClassSource> source)
    : id_(id),
      home_(std::make_shared<const cim::Home>(cim::Home{std::move(server), std::move(name)})),
      source_(std::move(source)) {}

// ---- reading --------------------------------------------------------------------------------------------------------

const Namespace::Entry* Namespace::FindEntry(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &entries_[found->second];
}

Result<StoredClassPtr> Namespace::Peek(const Entry& entry) {
  MutexLock lock(entry.slot->mutex);
  if (!entry.slot->damage.ok()) return entry.slot->damage;
  return entry.slot->read;
}

Result<StoredClassPtr> Namespace::Keep(const Entry& entry, Result<StoredClassPtr> loaded) {
  if (!loaded.ok() && MayPass(loaded.status())) return loaded;
  MutexLock lock(entry.slot->mutex);
  // Whoever comes first: a class is one object, whoever asks for it.
  if (entry.slot->read == nullptr && entry.slot->damage.ok()) {
    if (loaded.ok()) {
      entry.slot->read = *loaded;
    } else {
      entry.slot->damage = loaded.status();
    }
  }
  if (!entry.slot->damage.ok()) return entry.slot->damage;
  return entry.slot->read;
}

Result<StoredClassPtr> Namespace::Load(const Entry& entry) const {
  // From the class up to the first one that was read; then down again.
  std::vector<const Entry*> line;
  Result<StoredClassPtr> loaded = StoredClassPtr();
  for (const Entry* next = &entry;;) {
    loaded = Peek(*next);
    if (!loaded.ok() || *loaded != nullptr) break;
    line.push_back(next);
    if (next->superclass.empty() || line.size() > limits::kDerivationDepthMax + 1) break;
    const Entry* above = FindEntry(next->superclass);
    if (above == nullptr) break;
    next = above;
  }
  for (auto next = line.rbegin(); next != line.rend(); ++next) {
    loaded = Keep(**next, Read(**next, loaded.ok() ? *loaded : nullptr));
    if (!loaded.ok() && MayPass(loaded.status())) break;
  }
  return loaded;
}

Result<StoredClassPtr> Namespace::Read(const Entry& entry, const StoredClassPtr& superclass) const {
  if (!entry.superclass.empty() && superclass == nullptr) {
    return Status(code::kCriticalError,
                  fmt::format("the superclass {} of {} cannot be read", entry.superclass, entry.name));
  }
  Result<cim::ClassDeclaration> declaration = source_->ReadDefinition(entry.definition);
  if (!declaration.ok()) return declaration.status().WithParameter(entry.name);
  Result<cim::ClassPtr> made =
      cim::Class::Make(std::move(declaration).value(), superclass == nullptr ? nullptr : superclass->schema, home_);
  if (!made.ok()) return made.status().WithParameter(entry.name);
  return Describe(std::move(made).value(), superclass.get(), entry.id, entry.definition);
}

StoredClassPtr Namespace::Describe(cim::ClassPtr schema, const StoredClass* superclass, Id id, Id definition) {
  auto stored = std::make_shared<StoredClass>();
  stored->id = id;
  stored->definition = definition;
  stored->key_root = superclass != nullptr && HasKeys(*superclass->schema) ? superclass->key_root : id;
  stored->layout = LayoutId(EncodeLayout(*schema));
  stored->schema = std::move(schema);
  return stored;
}

StoredClassPtr Namespace::FindStored(std::string_view name) const {
  const Entry* entry = FindEntry(name);
  if (entry == nullptr) return nullptr;
  Result<StoredClassPtr> loaded = Load(*entry);
  return loaded.ok() ? std::move(loaded).value() : nullptr;
}

cim::ClassPtr Namespace::FindClass(std::string_view name) const {
  const StoredClassPtr found = FindStored(name);
  return found == nullptr ? nullptr : found->schema;
}

std::vector<std::string> Namespace::ClassNames() const {
  std::vector<std::string> names;
  names.reserve(entries_.size());
  for (const Entry& entry : entries_) names.push_back(entry.name);
  return names;
}

std::vector<cim::ClassPtr> Namespace::classes() const {
  std::vector<cim::ClassPtr> classes;
  classes.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    if (const Result<StoredClassPtr> loaded = Load(entry); loaded.ok()) classes.push_back((*loaded)->schema);
  }
  return classes;
}

std::vector<cim::ClassPtr> Namespace::Children(std::string_view name) const {
  std::vector<cim::ClassPtr> classes;
  const auto children = children_.find(name);
  if (children == children_.end()) return classes;
  classes.reserve(children->second.size());
  for (const std::string& child : children->second) {
    if (cim::ClassPtr found = FindClass(child)) classes.push_back(std::move(found));
  }
  return classes;
}

std::vector<std::string> Namespace::NamesOfChildren(std::string_view name) const {
  const auto children = children_.find(name);
  return children == children_.end() ? std::vector<std::string>() : children->second;
}

std::vector<std::size_t> Namespace::PositionsOfFamily(std::size_t first) const {
  std::vector<std::size_t> positions = {first};
  // Breadth first; a class has one superclass, so nothing is met twice.
  for (std::size_t next = 0; next < positions.size(); ++next) {
    const auto children = children_.find(entries_[positions[next]].name);
    if (children == children_.end()) continue;
    for (const std::string& child : children->second) positions.push_back(index_.find(child)->second);
  }
  return positions;
}

std::vector<StoredClassPtr> Namespace::FamilyOf(std::string_view name) const {
  std::vector<StoredClassPtr> family;
  const auto found = index_.find(name);
  if (found == index_.end()) return family;
  for (const std::size_t position : PositionsOfFamily(found->second)) {
    Result<StoredClassPtr> loaded = Load(entries_[position]);
    if (loaded.ok()) family.push_back(std::move(loaded).value());
  }
  return family;
}

std::vector<std::string> Namespace::NamesOfFamily(std::string_view name) const {
  std::vector<std::string> names;
  const auto found = index_.find(name);
  if (found == index_.end()) return names;
  for (const std::size_t position : PositionsOfFamily(found->second)) names.push_back(entries_[position].name);
  return names;
}

std::vector<cim::ClassPtr> Namespace::ClassAndDescendants(const cim::ClassPtr& schema) const {
  std::vector<cim::ClassPtr> classes;
  for (StoredClassPtr& stored : FamilyOf(schema->name())) classes.push_back(stored->schema);
  // A class that is not (any more) in the namespace stands alone.
  if (classes.empty()) classes.push_back(schema);
  return classes;
}

Id Namespace::IdOf(std::string_view name) const {
  const Entry* entry = FindEntry(name);
  return entry == nullptr ? 0 : entry->id;
}

Status Namespace::DamageOf(std::string_view name) const {
  const Entry* entry = FindEntry(name);
  return entry == nullptr ? Status() : Load(*entry).status();
}

// ---- filling --------------------------------------------------------------------------------------------------------

void Namespace::AddStored(std::string name, std::string superclass, Id id, Id definition) {
  index_.emplace(name, entries_.size());
  children_[superclass].push_back(name);
  entries_.push_back({std::move(name), std::move(superclass), id, definition, std::make_shared<Slot>()});
}

void Namespace::TakeRead(const Namespace& before) {
  for (Entry& entry : entries_) {
    // The class and all above it must be the same, since a class contains what it inherits.
    const Entry* now = &entry;
    const Entry* then = before.FindEntry(entry.name);
    const Entry* same = then;
    for (std::size_t depth = 0; now != nullptr && then != nullptr; ++depth) {
      if (now->id != then->id || now->definition != then->definition || depth > limits::kDerivationDepthMax) {
        same = nullptr;
        break;
      }
      now = now->superclass.empty() ? nullptr : FindEntry(now->superclass);
      then = then->superclass.empty() ? nullptr : before.FindEntry(then->superclass);
    }
    if (same != nullptr && now == nullptr && then == nullptr) entry.slot = same->slot;
  }
}

void Namespace::Add(cim::ClassPtr schema, Id id, Id definition) {
  const std::string superclass = SuperclassName(*schema);
  const StoredClassPtr above = superclass.empty() ? nullptr : FindStored(superclass);
  auto slot = std::make_shared<Slot>();
  {
    MutexLock lock(slot->mutex);
    slot->read = Describe(schema, above.get(), id, definition);
  }
  Entry entry{schema->name(), superclass, id, definition, std::move(slot)};
  const auto found = index_.find(schema->name());
  if (found == index_.end()) {
    children_[superclass].push_back(entry.name);
    index_.emplace(entry.name, entries_.size());
    entries_.push_back(std::move(entry));
    return;
  }
  Entry& place = entries_[found->second];
  if (!EqualFolded(place.superclass, superclass)) {
    Unlink(place);
    children_[superclass].push_back(place.name);
  }
  place = std::move(entry);
}

void Namespace::ReadAgain(std::string_view name) {
  const auto found = index_.find(name);
  if (found == index_.end()) return;
  for (const std::size_t position : PositionsOfFamily(found->second)) {
    if (position != found->second) entries_[position].slot = std::make_shared<Slot>();
  }
}

void Namespace::Remove(std::string_view name) {
  const auto found = index_.find(name);
  if (found == index_.end()) return;
  const std::size_t position = found->second;
  Unlink(entries_[position]);
  children_.erase(entries_[position].name);
  index_.erase(found);
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(position));
  for (auto& [other, index] : index_) {
    if (index > position) --index;
  }
}

void Namespace::Unlink(const Entry& entry) {
  const auto siblings = children_.find(entry.superclass);
  if (siblings == children_.end()) return;
  std::erase_if(siblings->second, [&](const std::string& name) { return EqualFolded(name, entry.name); });
}

}  // namespace wmi::store
