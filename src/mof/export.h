// Export: a whole namespace as one MOF text that compiles back to the same objects (`wmi export`). No I/O of its own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/row.h"

namespace wmi::mof {

// The classes so that each comes after everything it needs to compile: its superclass, and the classes of embedded
// instances in default values. Otherwise by name.
std::vector<cim::ClassPtr> InCompileOrder(std::vector<cim::ClassPtr> classes);

// A text as a string literal of one line; for names and paths.
std::string Quoted(std::string_view text);

// #pragma namespace ("\\\\.\\ROOT\\cimv2")
std::string NamespaceDirective(std::string_view name_space);
// The statements that make the namespace in the one above it, and enter it. ROOT is only entered.
std::string NamespaceCreation(std::string_view name_space);

struct ExportedNamespace {
  std::string name;
  // In any order. Those of the system, which every namespace has, are left out.
  std::vector<cim::ClassPtr> classes;
  // One instance after the other, an empty object at the end. Null: no instances.
  std::function<Result<cim::Object>()> next_instance;
};

// What stands in front: the directive that enters the namespace, that and what makes it, or nothing, for a text that
// compiles into any namespace.
enum class Creation { kOmit, kWrite, kNowhere };

// Writes piece by piece: what stands in front, classes, instances. Fails with what `write` or `next_instance` fails
// with.
using TextSink = std::function<Status(std::string_view text)>;
Status WriteNamespace(const ExportedNamespace& name_space, Creation creation, const TextSink& write);

}  // namespace wmi::mof
