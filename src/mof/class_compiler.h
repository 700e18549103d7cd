// ClassCompiler: a class as written to the declaration of a class. Names of other classes are not looked up.
#pragma once

#include <optional>

#include "base/status.h"
#include "cim/class.h"
#include "mof/convert.h"
#include "mof/diagnostics.h"
#include "mof/qualifiers.h"
#include "mof/syntax.h"

namespace wmi::mof {

// Not thread-safe; what it is given outlives it.
class ClassCompiler {
 public:
  // `objects` makes the embedded instances that are default values.
  ClassCompiler(Diagnostics& diagnostics, QualifierTable& qualifiers, ObjectResolver& objects)
      : diagnostics_(diagnostics), qualifiers_(qualifiers), objects_(objects) {}

  // nullopt after reporting everything that is wrong.
  std::optional<cim::ClassDeclaration> Compile(const ClassSyntax& syntax);

  // Where a rule of the model was broken: at the member that the failure names, at the superclass, or at the name of
  // the class.
  static Offset PlaceOf(const Status& status, const ClassSyntax& syntax);

 private:
  bool Fail(Code failure, Offset offset, std::string message);
  bool ConvertInto(const QualifierListSyntax& list, std::uint32_t scopes, cim::QualifierSet& set);
  bool CompileProperties(const ClassSyntax& syntax, cim::ClassDeclaration& declaration);
  bool CompileProperty(const PropertySyntax& syntax, std::uint32_t scopes, cim::Property& property);
  bool CompileMethods(const ClassSyntax& syntax, cim::ClassDeclaration& declaration);
  bool CompileMethod(const MethodSyntax& syntax, cim::Method& method);
  bool MakeSignature(const MethodSyntax& syntax, cim::ClassDeclaration side, cim::ClassPtr& cls);
  bool CompileParameters(const MethodSyntax& syntax, cim::ClassDeclaration& in, cim::ClassDeclaration& out);
  bool PlaceParameter(const PropertySyntax& syntax, cim::Property property, cim::ClassDeclaration& in,
                      cim::ClassDeclaration& out);

  Diagnostics& diagnostics_;
  QualifierTable& qualifiers_;
  ObjectResolver& objects_;
};

}  // namespace wmi::mof
