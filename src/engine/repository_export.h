// The content of a repository as MOF that compiles back to the same objects (`wmi export`).
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "mof/export.h"
#include "store/repository.h"

namespace wmi::engine {

struct ExportSelection {
  enum class Instances { kOmit, kWrite };
  enum class Depth { kOne, kRecursive };
  std::string name_space;
  // With what they need to compile, the classes above them. None: all of the namespace. System classes, which every
  // namespace has, are not written; instances of theirs are, for example registrations of providers.
  std::vector<std::string> classes;
  Instances instances = Instances::kOmit;
  Depth depth = Depth::kOne;
};

// One namespace without a directive, so that it compiles into any namespace; with kRecursive every namespace below too,
// each made and entered by the text, and then it stands where it was. Instances are those that are stored, of exactly
// these classes; those of providers are not. The state is that at the start for the classes, and for instances that
// when each class is read. kInvalidNamespace, kNotFound for a class that is not there, the failure of `write`, and
// kCriticalError for what is damaged.
Status ExportMof(const store::Repository& repository, const ExportSelection& selection, const mof::TextSink& write);

}  // namespace wmi::engine
