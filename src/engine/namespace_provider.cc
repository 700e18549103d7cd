#include "engine/namespace_provider.h"

#include <algorithm>
#include <utility>

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

}  // namespace wmi::engine
