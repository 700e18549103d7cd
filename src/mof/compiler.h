// The MOF compiler: text in, classes and errors out. No I/O of its own (contract 8.7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"

namespace wmi::mof {

// One file or buffer; UTF-8, or UTF-16 with a byte-order mark. `file` is the name that errors carry.
struct Source {
  std::string file;
  std::string text;
};

// What a compilation found. A value.
struct Compiled {
  std::vector<cim::ClassPtr> classes;  // in file order
  std::vector<Status> errors;          // in file order; empty when all is well
};

// Where superclasses outside the source are found.
class ClassLookup {
 public:
  virtual ~ClassLookup() = default;
  // Null when there is no such class.
  virtual cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const = 0;
};

// Compiles class declarations. Goes on after an error to report further ones, up to limits::kMofErrorsMax; each carries
// file, line, column and a WBEMMOF_E_ code or the code of the rule of the object model that is broken.
Compiled Compile(const Source& source, std::string_view default_namespace, std::string_view server,
                 const ClassLookup& existing);

}  // namespace wmi::mof
