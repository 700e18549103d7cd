#include "engine/repository_export.h"

#include <fmt/format.h>

#include <memory>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "engine/class_damage.h"

namespace wmi::engine {
namespace {

constexpr std::size_t kChunk = 256;

// The classes of the namespace that are asked for, each once, with those above them.
Result<std::vector<cim::ClassPtr>> Select(const store::Namespace& space, const std::vector<std::string>& names) {
  if (names.empty()) {
    for (const std::string& name : space.ClassNames()) TRY(CheckReadable(space, name));
    return space.classes();
  }
  std::vector<cim::ClassPtr> classes;
  std::unordered_set<std::string, FoldedHash, FoldedEqual> known;
  for (const std::string& name : names) {
    TRY(CheckReadable(space, name));
    cim::ClassPtr cls = space.FindClass(name);
    if (cls == nullptr) {
      return Status(code::kNotFound, fmt::format("there is no class '{}' in {}", name, space.name()))
          .WithParameter(name);
    }
    for (; cls != nullptr && known.insert(std::string(cls->name())).second; cls = cls->superclass()) {
      classes.push_back(cls);
    }
  }
  return classes;
}

class OneByOne final : public store::RowSink {
 public:
  void Begin(const cim::ClassPtr& schema) override { rows_.BeginRow(schema); }
  void Set(std::size_t slot, cim::ValueView value) override { rows_.Set(slot, value); }
  void SetQualifiers(const cim::InstanceQualifiersPtr& qualifiers) override { rows_.SetOwnQualifiers(qualifiers); }
  void Commit() override { rows_.CommitRow(); }
  void Drop() override { rows_.DropRow(); }
  std::vector<cim::Object> Take() {
    std::vector<cim::Object> objects;
    if (rows_.rows() != 0) rows_.Finish(objects);
    return objects;
  }

 private:
  cim::RowBlockBuilder rows_;
};

// The stored instances of some classes, a chunk in memory at a time.
class Instances {
 public:
  Instances(const store::Repository& repository, std::vector<cim::ClassPtr> classes)
      : repository_(repository), classes_(std::move(classes)) {}

  // Empty at the end.
  Result<cim::Object> Next() {
    while (next_ == chunk_.size()) {
      if (cursor_ == nullptr && !Open()) return cim::Object();
      OneByOne sink;
      const bool has_more = TRY(cursor_->Read(kChunk, sink));
      chunk_ = sink.Take();
      next_ = 0;
      if (!has_more) cursor_.reset();
    }
    return chunk_[next_++];
  }

 private:
  bool Open() {
    while (cursor_ == nullptr && class_ < classes_.size()) {
      const cim::ClassPtr& cls = classes_[class_++];
      // The text of the namespace makes what __NAMESPACE stands for.
      if (cls->is_abstract() || EqualFolded(cls->name(), "__NAMESPACE")) continue;
      cursor_ = repository_.ReadInstances(cls, cim::PropertySet::All());
    }
    return cursor_ != nullptr;
  }

  const store::Repository& repository_;
  const std::vector<cim::ClassPtr> classes_;
  std::size_t class_ = 0;
  std::unique_ptr<store::InstanceCursor> cursor_;
  std::vector<cim::Object> chunk_;
  std::size_t next_ = 0;
};

Status ExportOne(const store::Repository& repository, const ExportSelection& selection, const store::Namespace& space,
                 const mof::TextSink& write) {
  mof::ExportedNamespace exported;
  exported.name = space.name();
  // Instances in the same order as their classes, so that a copy of a repository is exported as the same text.
  exported.classes = mof::InCompileOrder(TRY(Select(space, selection.classes)));
  Instances instances(repository, exported.classes);
  if (selection.instances == ExportSelection::Instances::kWrite) {
    exported.next_instance = [&instances] { return instances.Next(); };
  }
  const bool is_recursive = selection.depth == ExportSelection::Depth::kRecursive;
  return mof::WriteNamespace(exported, is_recursive ? mof::Creation::kWrite : mof::Creation::kNowhere, write);
}

bool IsInside(std::string_view name, std::string_view outer) {
  return EqualFolded(name.substr(0, outer.size()), outer) &&
         (name.size() == outer.size() || name[outer.size()] == '\\');
}

}  // namespace

Status ExportMof(const store::Repository& repository, const ExportSelection& selection, const mof::TextSink& write) {
  const store::NamespacePtr space = repository.FindNamespace(selection.name_space);
  if (space == nullptr) {
    return Status(code::kInvalidNamespace, fmt::format("there is no namespace '{}'", selection.name_space))
        .WithParameter(selection.name_space);
  }
  TRY(repository.damage());
  if (selection.depth == ExportSelection::Depth::kOne) return ExportOne(repository, selection, *space, write);
  for (const store::NamespacePtr& each : repository.Namespaces()) {
    if (IsInside(each->name(), space->name())) TRY(ExportOne(repository, selection, *each, write));
  }
  return Status();
}

}  // namespace wmi::engine
