// Catalogue: MOF into the repository, the schema that comes with the product and that of users.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/put_mode.h"
#include "mof/amendment_text.h"
#include "mof/compiler.h"
#include "provider/provider.h"
#include "store/repository.h"

namespace wmi::engine {

using store::Namespace;
using store::NamespacePtr;

// What happens to the right parts of a source that has errors elsewhere.
enum class OnError { kKeepNothing, kKeepTheRest };

// Safe from several threads once SetSystemClasses was called.
class Catalogue final : public mof::ClassLookup {
 public:
  Catalogue(store::Repository& repository, const provider::Registry& providers)
      : repository_(repository), providers_(providers) {}

  // The name of this machine, for __SERVER and paths.
  const std::string& server() const { return repository_.server(); }

  // The classes that every namespace has, and starts with when it is created. Parsed when they are first needed.
  void SetSystemClasses(mof::Source source);
  // Makes the repository hold the schema of the product: the namespaces that are missing, and of the files those that
  // are not the ones that were installed last. All or nothing; nothing is parsed when nothing is to be done. The first
  // error.
  enum class Renewal {
    kWhenChanged,  // the product's: another version replaces it
    kNever,        // one instance that users change: put into a repository that never had it
  };
  struct File {
    mof::Source source;
    std::string name_space;
    Renewal renewal = Renewal::kWhenChanged;
  };
  Status Install(const std::vector<std::string>& namespaces, const std::vector<File>& files);

  // Creates the namespaces of `name` that do not exist ("ROOT\\cimv2" creates ROOT too), each with the system classes.
  Status AddNamespace(std::string_view name);
  // One namespace inside one that exists; kAlreadyExists, kInvalidNamespace.
  Status CreateNamespace(std::string_view name);
  // Compiles MOF of the product into a namespace that exists. The first error is the status; nothing is added then.
  Status Compile(const mof::Source& source, std::string_view name_space);
  // Compiles MOF of a user, in one transaction. A failure of the repository itself, such as a full disk, is the last
  // error of the report. `first` runs before the text, in the same transaction, and may fail it.
  using Preparation = std::function<Status(store::Transaction&)>;
  mof::Report CompileText(const mof::Source& source, mof::CompileOptions options, OnError on_error,
                          const Preparation& first = {});
  // Finds what is wrong with a text and changes nothing.
  mof::Report CheckText(const mof::Source& source, mof::CompileOptions options);
  // The same, and the two texts of a source with amendments.
  mof::Report SplitText(const mof::Source& source, mof::CompileOptions options, mof::AmendmentTexts& texts);

  // Without case; null when there is no such namespace.
  NamespacePtr Find(std::string_view name) const { return repository_.FindNamespace(name); }
  // The names of the direct children, "cimv2" for "ROOT".
  std::vector<std::string> Children(std::string_view name) const { return repository_.ChildNamespaces(name); }
  cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const override;

 private:
  Status InstallInto(store::Transaction& transaction, const std::vector<std::string>& namespaces,
                     const std::vector<File>& files);
  Status CompileProduct(store::Transaction& transaction, const mof::Source& source, std::string_view name_space,
                        cim::PutMode instance_mode = cim::PutMode::kCreateOrUpdate);
  Status ParseSystemClasses();
  // Runs `work(options, target)` on a target that only looks.
  template <typename Work>
  mof::Report Check(mof::CompileOptions options, Work&& work) const;

  store::Repository& repository_;
  const provider::Registry& providers_;
  mof::Source system_source_;
  // Parsed at the first need: most starts find everything installed.
  Mutex mutex_;
  bool is_parsed_ WMI_GUARDED_BY(mutex_) = false;
  std::vector<cim::ClassDeclaration> system_classes_;  // set once, under the mutex
};

}  // namespace wmi::engine
