#include "engine/catalogue.h"

#include <fmt/format.h>

#include <utility>

#include "cim/declaration.h"
#include "engine/transaction_target.h"
#include "mof/check_target.h"
#include "store/encoding/checksum.h"

namespace wmi::engine {
namespace {

// A namespace that does not exist yet has no classes to inherit from.
class NoClasses final : public mof::ClassLookup {
 public:
  cim::ClassPtr FindClass(std::string_view, std::string_view) const override { return nullptr; }
};

// The classes of every namespace, as ROOT has them.
class SystemClasses final : public mof::ClassLookup {
 public:
  explicit SystemClasses(const Catalogue& catalogue) : catalogue_(catalogue) {}
  cim::ClassPtr FindClass(std::string_view, std::string_view name) const override {
    return name.starts_with("__") ? catalogue_.FindClass("ROOT", name) : nullptr;
  }

 private:
  const Catalogue& catalogue_;
};

// What a source was when it was installed. The number in front changes when this version makes something else of the
// same text.
std::string Digest(const mof::Source& source) { return fmt::format("1:{:016x}", store::Checksum({source.text})); }

std::string NoteName(const mof::Source& source) { return "schema:" + source.file; }

}  // namespace

void Catalogue::SetSystemClasses(mof::Source source) {
  MutexLock lock(mutex_);
  system_source_ = std::move(source);
  is_parsed_ = false;
  system_classes_.clear();
}

Status Catalogue::ParseSystemClasses() {
  MutexLock lock(mutex_);
  if (is_parsed_) return Status();
  mof::Compiled compiled = mof::Compile(system_source_, "ROOT", server(), NoClasses());
  if (!compiled.errors.empty()) return compiled.errors.front();
  for (const cim::ClassPtr& schema : compiled.classes) system_classes_.push_back(cim::DeclarationOf(*schema));
  is_parsed_ = true;
  return Status();
}

Status Catalogue::CreateNamespace(std::string_view name) {
  TRY(ParseSystemClasses());
  return repository_.CreateNamespace(name, system_classes_);
}

Status Catalogue::AddNamespace(std::string_view name) {
  for (std::size_t end = name.find('\\');; end = name.find('\\', end + 1)) {
    const std::string_view prefix = name.substr(0, end);
    if (!Find(prefix)) {
      const Status status = CreateNamespace(prefix);
      // Somebody else was quicker.
      if (!status.ok() && status.code() != code::kAlreadyExists) return status;
    }
    if (end == std::string_view::npos) return Status();
  }
}

// ---- the product's schema -------------------------------------------------------------------------------------------

Status Catalogue::CompileProduct(store::Transaction& transaction, const mof::Source& source,
                                 std::string_view name_space, cim::PutMode instance_mode) {
  mof::CompileOptions options;
  options.instance_mode = instance_mode;
  options.default_namespace = std::string(name_space);
  options.server = server();
  TransactionTarget target(transaction, store::Author::kProduct, system_classes_, providers_);
  const mof::Report report = mof::CompileInto(source, options, target);
  return report.ok() ? Status() : report.errors.front();
}

Status Catalogue::Compile(const mof::Source& source, std::string_view name_space) {
  const NamespacePtr found = Find(name_space);
  if (!found) return Status(code::kInvalidNamespace, fmt::format("there is no namespace '{}'", name_space));
  TRY(ParseSystemClasses());
  return repository_.Change(
      [&](store::Transaction& transaction) { return CompileProduct(transaction, source, found->name()); });
}

Status Catalogue::InstallInto(store::Transaction& transaction, const std::vector<std::string>& namespaces,
                              const std::vector<File>& files) {
  if (TRY(transaction.Note(NoteName(system_source_))) != Digest(system_source_)) {
    for (const std::string& name : transaction.NamespaceNames()) {
      TRY(CompileProduct(transaction, system_source_, name));
    }
    TRY(transaction.SetNote(NoteName(system_source_), Digest(system_source_)));
  }
  for (const std::string& name : namespaces) {
    if (transaction.FindNamespace(name) == nullptr) TRY(transaction.CreateNamespace(name, system_classes_));
  }
  for (const File& file : files) {
    if (file.renewal == Renewal::kWhenChanged) {
      TRY(CompileProduct(transaction, file.source, file.name_space));
    } else {
      // The note may have been lost, with the instance still there.
      const Status made = CompileProduct(transaction, file.source, file.name_space, cim::PutMode::kCreateOnly);
      if (!made.ok() && made.code() != code::kAlreadyExists) return made;
    }
    TRY(transaction.SetNote(NoteName(file.source), Digest(file.source)));
  }
  return Status();
}

Status Catalogue::Install(const std::vector<std::string>& namespaces, const std::vector<File>& files) {
  bool is_complete = TRY(repository_.Note(NoteName(system_source_))) == Digest(system_source_);
  for (const std::string& name : namespaces) is_complete = is_complete && Find(name) != nullptr;
  std::vector<File> changed;
  for (const File& file : files) {
    const std::string installed = TRY(repository_.Note(NoteName(file.source)));
    const bool is_due = file.renewal == Renewal::kNever ? installed.empty() : installed != Digest(file.source);
    if (is_due) changed.push_back(file);
  }
  if (is_complete && changed.empty()) return Status();
  TRY(ParseSystemClasses());
  return repository_.Change(
      [&](store::Transaction& transaction) -> Status { return InstallInto(transaction, namespaces, changed); });
}

// ---- MOF of users ---------------------------------------------------------------------------------------------------

mof::Report Catalogue::CompileText(const mof::Source& source, mof::CompileOptions options, OnError on_error,
                                   const Preparation& first) {
  options.server = server();
  mof::Report report;
  Status status = ParseSystemClasses();
  if (status.ok()) {
    status = repository_.Change([&](store::Transaction& transaction) -> Status {
      report = mof::Report();
      if (first) TRY(first(transaction));
      TransactionTarget target(transaction, store::Author::kClient, system_classes_, providers_);
      report = mof::CompileInto(source, options, target);
      return report.ok() || on_error == OnError::kKeepTheRest ? Status() : report.errors.front();
    });
  }
  if (!status.ok() && report.ok()) {
    report.errors.push_back(status);
    report.first = {mof::Phase::kStore, status, 0, 0, 0};
  }
  return report;
}

template <typename Work>
mof::Report Catalogue::Check(mof::CompileOptions options, Work&& work) const {
  options.server = server();
  // A new namespace has what every one has, for example ROOT.
  const SystemClasses system(*this);
  mof::CheckTarget target(server(), mof::CheckTarget::Namespaces::kListed, *this, system);
  for (const NamespacePtr& found : repository_.Namespaces()) target.AddNamespace(found->name());
  return work(options, target);
}

mof::Report Catalogue::CheckText(const mof::Source& source, mof::CompileOptions options) {
  return Check(std::move(options), [&](const mof::CompileOptions& complete, mof::CheckTarget& target) {
    return mof::CompileInto(source, complete, target);
  });
}

mof::Report Catalogue::SplitText(const mof::Source& source, mof::CompileOptions options, mof::AmendmentTexts& texts) {
  return Check(std::move(options), [&](const mof::CompileOptions& complete, mof::CheckTarget& target) {
    return mof::WriteAmendment(source, complete, target, texts);
  });
}

cim::ClassPtr Catalogue::FindClass(std::string_view name_space, std::string_view name) const {
  const NamespacePtr found = Find(name_space);
  return found ? found->FindClass(name) : nullptr;
}

}  // namespace wmi::engine
