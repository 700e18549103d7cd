// InstanceCompiler: an instance as written, with what is embedded in it, to an instance of its class.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "cim/instance_qualifiers.h"
#include "cim/row.h"
#include "mof/convert.h"
#include "mof/diagnostics.h"
#include "mof/qualifiers.h"
#include "mof/syntax.h"
#include "mof/target.h"

namespace wmi::mof {

// An instance that an alias stands for.
struct AliasPath {
  std::string name_space;
  std::string path;  // relative
};

// Not thread-safe; what it is given outlives it.
class InstanceCompiler final : public ObjectResolver {
 public:
  // Null for an alias that stands for nothing yet.
  using FindAlias = std::function<const AliasPath*(std::string_view alias)>;

  InstanceCompiler(Diagnostics& diagnostics, QualifierTable& qualifiers, const ClassLookup& classes,
                   FindAlias find_alias)
      : diagnostics_(diagnostics), qualifiers_(qualifiers), classes_(classes), find_alias_(std::move(find_alias)) {}

  // Where the classes of instances are, from now on.
  void EnterNamespace(std::string_view name) { name_space_ = std::string(name); }

  // nullopt after reporting everything that is wrong. `sddl` takes the security of an instance of __NAMESPACE, which is
  // no qualifier to keep; null: it may not be said here.
  std::optional<cim::Object> Compile(const InstanceSyntax& syntax, std::string* sddl);

  Converted ResolveInstance(const Literal& literal) override;
  Converted ResolveAlias(const Literal& literal) override;

  // Where a change was refused: at the property that the failure names, or at the name of the class.
  static Offset PlaceOf(const Status& status, const InstanceSyntax& syntax);

 private:
  bool Fail(Code failure, Offset offset, std::string message);
  bool SetValue(const AssignmentSyntax& syntax, std::size_t slot, cim::RowBlockBuilder& builder);
  bool SetQualifiers(const InstanceSyntax& syntax, const cim::ClassPtr& schema, std::string* sddl,
                     cim::RowBlockBuilder& builder);
  std::optional<std::size_t> FindSlot(const AssignmentSyntax& syntax, const cim::Class& schema);

  Diagnostics& diagnostics_;
  QualifierTable& qualifiers_;
  const ClassLookup& classes_;
  FindAlias find_alias_;
  std::string name_space_;
};

}  // namespace wmi::mof
