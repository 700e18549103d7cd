#include "engine/stored_instances.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "store/instance_index.h"
#include "wql/predicate.h"

namespace wmi::engine {
namespace {

// Hands rows of the repository on.
class WriterSink final : public store::RowSink {
 public:
  explicit WriterSink(provider::RowWriter& writer) : writer_(writer) {}
  void Begin(const cim::ClassPtr&) override { writer_.Begin(); }
  void Set(std::size_t slot, cim::ValueView value) override { writer_.Set(slot, value); }
  void SetQualifiers(const cim::InstanceQualifiersPtr& qualifiers) override { writer_.SetOwnQualifiers(qualifiers); }
  void Commit() override { writer_.Commit(); }
  void Drop() override { writer_.Drop(); }
  bool full() const override { return writer_.full(); }

 private:
  provider::RowWriter& writer_;
};

class StoredStream final : public provider::InstanceStream {
 public:
  explicit StoredStream(std::unique_ptr<store::InstanceCursor> cursor) : cursor_(std::move(cursor)) {}

  Result<provider::ReadState> Read(provider::RowWriter& writer) override {
    if (cursor_ == nullptr) return provider::ReadState::kEnd;  // the class was deleted since the call began
    WriterSink sink(writer);
    const bool has_more = TRY(cursor_->Read(kRowsPerRead, sink));
    writer.SetProgress(std::min(cursor_->done(), cursor_->total()), cursor_->total());
    return has_more ? provider::ReadState::kMore : provider::ReadState::kEnd;
  }

 private:
  // The writer is full before.
  static constexpr std::size_t kRowsPerRead = 4096;
  const std::unique_ptr<store::InstanceCursor> cursor_;
};

class LookupStream final : public provider::InstanceStream {
 public:
  LookupStream(const store::Repository& repository, const provider::Request& request)
      : repository_(repository), request_(request) {}

  Result<provider::ReadState> Read(provider::RowWriter& writer) override {
    for (; next_ < request_.keys.size(); ++next_) {
      if (writer.full()) return provider::ReadState::kMore;
      const cim::Object instance = TRY(
          repository_.FindInstance(request_.schema->home()->name_space, request_.schema->name(), request_.keys[next_]));
      if (instance) Write(writer, instance);
    }
    return provider::ReadState::kEnd;
  }

 private:
  void Write(provider::RowWriter& writer, const cim::Object& instance) {
    writer.Begin();
    const bool is_same = &instance.schema() == request_.schema.get();
    for (std::size_t slot = 0; slot < request_.schema->properties().size(); ++slot) {
      if (!request_.needed.Contains(slot)) continue;
      // The class may have changed since the call began.
      const auto from =
          is_same ? std::optional(slot) : instance.schema().FindSlot(request_.schema->properties()[slot].name);
      if (from) writer.Set(slot, instance.slot(*from));
    }
    if (is_same) writer.SetOwnQualifiers(instance.own_qualifiers_ptr());
    writer.Commit();
  }

  const store::Repository& repository_;
  const provider::Request& request_;
  std::size_t next_ = 0;
};

// The index that leaves the fewest values to look up.
std::optional<store::IndexLookup> LookupOf(const provider::Request& request) {
  const std::vector<cim::Value>* best = nullptr;
  std::string_view property;
  const std::size_t slots = request.filter == nullptr ? 0 : request.schema->properties().size();
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const std::vector<cim::Value>* values = request.filter->ValuesOf(slot);
    if (values == nullptr || (best != nullptr && best->size() <= values->size())) continue;
    if (!store::HasIndex(*request.schema, request.schema->properties()[slot].name)) continue;
    best = values;
    property = request.schema->properties()[slot].name;
  }
  if (best == nullptr) return std::nullopt;
  return store::IndexLookup{std::string(property), *best};
}

}  // namespace

bool UsesIndex(const provider::Request& request) { return !request.has_keys && LookupOf(request).has_value(); }

std::unique_ptr<provider::InstanceStream> OpenStored(const store::Repository& repository,
                                                     const provider::Request& request) {
  if (request.has_keys) return std::make_unique<LookupStream>(repository, request);
  const std::optional<store::IndexLookup> lookup = LookupOf(request);
  return std::make_unique<StoredStream>(
      repository.ReadInstances(request.schema, request.needed, lookup ? &*lookup : nullptr));
}

}  // namespace wmi::engine
