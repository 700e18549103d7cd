// Compiler: a MOF text to classes (contract 8.7). It does no I/O and changes nothing: what it returns is for the caller
// to put in place.
//
// In scope: class declarations whole, qualifier declarations of both kinds, `#pragma namespace`. Instances, aliases and
// the directives that delete, include, amend or restrict are recognised and refused with kNotSupported at their place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"

namespace wmi::mof {

// A file: its name for messages, and its bytes (UTF-8, UTF-16 with a byte-order mark, or Latin-1).
struct Source {
  std::string file;
  std::string text;
};

// The classes in the order of the file, each with its Home; and what is wrong, in the order it was found, each with
// file, line and column, at most limits::kMofErrorsMax. Classes without errors are there even when others have some.
struct Compiled {
  std::vector<cim::ClassPtr> classes;
  std::vector<Status> errors;
};

// Where superclasses are found that are not in the source itself.
class ClassLookup {
 public:
  virtual ~ClassLookup() = default;
  // Null when there is none. Names compare without case.
  virtual cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const = 0;
};

// Classes go to `default_namespace` ("ROOT\\cimv2") until a #pragma namespace says otherwise. `server` is the name of
// this machine. Safe from several threads when `existing` is.
Compiled Compile(const Source& source, std::string_view default_namespace, std::string_view server,
                 const ClassLookup& existing);

}  // namespace wmi::mof
