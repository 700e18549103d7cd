#include "engine/namespace_provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cim/object_path.h"

namespace wmi::engine {
namespace {

class NamespaceStream final : public provider::InstanceStream {
 public:
  NamespaceStream(const provider::Request& request, std::vector<std::string> names)
      : names_(std::move(names)), slot_(*request.schema->FindSlot("Name")), request_(request) {}

  Result<provider::ReadState> Read(provider::RowWriter& writer) override {
    while (next_ < names_.size()) {
      if (writer.full()) return provider::ReadState::kMore;
      const std::string& name = names_[next_++];
      if (request_.has_keys && !IsWanted(name)) continue;
      writer.Begin();
      writer.SetText(slot_, name);
      writer.Commit();
    }
    return provider::ReadState::kEnd;
  }

 private:
  bool IsWanted(const std::string& name) const {
    return std::any_of(request_.keys.begin(), request_.keys.end(),
                       [&](const provider::KeyTuple& key) { return EqualFolded(key.front().view().text(), name); });
  }

  const std::vector<std::string> names_;
  const std::size_t slot_;
  const provider::Request& request_;
  std::size_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<provider::InstanceStream>> NamespaceProvider::Open(const provider::Request& request) {
  const cim::Home* home = request.schema->home();
  return std::unique_ptr<provider::InstanceStream>(
      std::make_unique<NamespaceStream>(request, catalogue_.Children(home ? home->name_space : "")));
}

Result<std::string> NamespaceProvider::Put(const provider::PutRequest& request) {
  const cim::Object& instance = request.instance;
  const cim::ValueView name = instance.slot(*instance.schema().FindSlot("Name"));
  if (name.is_null()) return Status(code::kIllegalNull, "the Name of a new namespace is NULL");
  const std::string full = instance.schema().home()->name_space + "\\" + std::string(name.text());
  const bool exists = catalogue_.Find(full) != nullptr;
  if (exists && request.mode == cim::PutMode::kCreateOnly) {
    return Status(code::kAlreadyExists, fmt::format("there is a namespace {} already", full)).WithParameter(full);
  }
  if (!exists && request.mode == cim::PutMode::kUpdateOnly) {
    return Status(code::kNotFound, fmt::format("there is no namespace {}", full)).WithParameter(full);
  }
  if (!exists) TRY(catalogue_.CreateNamespace(full));
  return cim::RelativePath(instance).value_or(full);
}

Status NamespaceProvider::Delete(const provider::DeleteRequest& request) {
  const std::string full = request.schema->home()->name_space + "\\" + std::string(request.keys.front().view().text());
  if (!catalogue_.Find(full)) {
    return Status(code::kNotFound, fmt::format("there is no namespace {}", full)).WithParameter(full);
  }
  return repository_.DeleteNamespace(full);
}

}  // namespace wmi::engine
