#include "engine/stored_instances.h"

#include <utility>
#include <vector>

namespace wmi::engine {
namespace {

class StoredStream final : public provider::InstanceStream {
 public:
  StoredStream(const provider::Request& request, store::Instances instances)
      : request_(request), instances_(std::move(instances)) {}

  Result<provider::ReadState> Read(provider::RowWriter& writer) override {
    const std::size_t total = instances_ ? instances_->size() : 0;
    while (next_ < total && !writer.full()) Write(writer, (*instances_)[next_++]);
    writer.SetProgress(next_, total);
    return next_ < total ? provider::ReadState::kMore : provider::ReadState::kEnd;
  }

 private:
  void Write(provider::RowWriter& writer, const cim::Object& instance) {
    writer.Begin();
    const std::size_t slots = request_.schema->properties().size();
    for (std::size_t slot = 0; slot < slots; ++slot) {
      if (request_.needed.Contains(slot)) writer.Set(slot, instance.slot(slot));
    }
    writer.Commit();
  }

  const provider::Request& request_;
  const store::Instances instances_;
  std::size_t next_ = 0;
};

store::Instances Lookup(const store::Repository& repository, const provider::Request& request) {
  const std::string& name_space = request.schema->home()->name_space;
  if (!request.has_keys) return repository.FindInstances(name_space, request.schema->name());
  auto found = std::make_shared<std::vector<cim::Object>>();
  for (const provider::KeyTuple& key : request.keys) {
    cim::Object instance = repository.FindInstance(name_space, request.schema->name(), key);
    if (instance) found->push_back(std::move(instance));
  }
  return found;
}

}  // namespace

std::unique_ptr<provider::InstanceStream> OpenStored(const store::Repository& repository,
                                                     const provider::Request& request) {
  return std::make_unique<StoredStream>(request, Lookup(repository, request));
}

}  // namespace wmi::engine
