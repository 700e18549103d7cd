#include "mof/class_compiler.h"

#include <fmt/format.h>

#include <string>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace wmi::mof {
namespace {

using cim::CimType;
using cim::Value;

constexpr std::uint32_t kIdFlavor = cim::flavor::kToInstance | cim::flavor::kNotOverridable;

using NameSet = std::unordered_set<std::string_view, FoldedHash, FoldedEqual>;

cim::Qualifier FlagQualifier(std::string name) {
  return {std::move(name), Value::Boolean(true), {CimType::kBoolean, false, ""}, 0, false};
}

cim::Qualifier NumberQualifier(std::string name, std::int64_t number, std::uint32_t flavors) {
  return {std::move(name), Value::Signed(number), {CimType::kSint32, false, ""}, flavors, false};
}

std::uint32_t ClassScopes(const ClassSyntax& syntax) {
  std::uint32_t scopes = scope::kClass;
  for (const QualifierSyntax& qualifier : syntax.qualifiers) {
    if (EqualFolded(qualifier.name, "association")) scopes |= scope::kAssociation;
    if (EqualFolded(qualifier.name, "indication")) scopes |= scope::kIndication;
  }
  return scopes;
}

void AddDirected(cim::Property property, std::string_view direction, std::string_view opposite,
                 cim::ClassDeclaration& side) {
  property.qualifiers.Remove(opposite);
  if (property.qualifiers.Find(direction) == nullptr) property.qualifiers.Set(FlagQualifier(std::string(direction)));
  side.properties.push_back(std::move(property));
}

}  // namespace

bool ClassCompiler::Fail(Code failure, Offset offset, std::string message) {
  diagnostics_.Report(failure, offset, std::move(message));
  return false;
}

std::optional<cim::ClassDeclaration> ClassCompiler::Compile(const ClassSyntax& syntax) {
  cim::ClassDeclaration declaration;
  declaration.name = std::string(syntax.name);
  declaration.superclass = std::string(syntax.superclass);
  bool is_right = ConvertInto(syntax.qualifiers, ClassScopes(syntax), declaration.qualifiers);
  is_right &= CompileProperties(syntax, declaration);
  is_right &= CompileMethods(syntax, declaration);
  if (!is_right) return std::nullopt;
  return declaration;
}

Offset ClassCompiler::PlaceOf(const Status& status, const ClassSyntax& syntax) {
  const bool is_derivation = status.code() == code::kInvalidSuperclass || status.code() == code::kCircularReference;
  if (is_derivation && !syntax.superclass.empty()) return syntax.superclass_offset;
  if (status.detail() == nullptr) return syntax.offset;
  const std::string_view element = status.detail()->parameter;
  const std::size_t dot = element.find('.');
  if (dot == std::string_view::npos) return syntax.offset;
  const std::string_view member = element.substr(dot + 1);
  for (const PropertySyntax& property : syntax.properties) {
    if (EqualFolded(property.name, member)) return property.offset;
  }
  for (const MethodSyntax& method : syntax.methods) {
    if (EqualFolded(method.name, member)) return method.offset;
  }
  return syntax.offset;
}

bool ClassCompiler::ConvertInto(const QualifierListSyntax& list, std::uint32_t scopes, cim::QualifierSet& set) {
  std::optional<cim::QualifierSet> converted = qualifiers_.Convert(list, scopes);
  if (converted) set = std::move(*converted);
  return converted.has_value();
}

bool ClassCompiler::CompileProperties(const ClassSyntax& syntax, cim::ClassDeclaration& declaration) {
  bool is_right = true;
  NameSet names;
  declaration.properties.reserve(syntax.properties.size());
  for (const PropertySyntax& property : syntax.properties) {
    if (!names.insert(property.name).second) {
      is_right = Fail(code::kMofDuplicateProperty, property.offset,
                      fmt::format("the property {} is declared twice", property.name));
      continue;
    }
    cim::Property result;
    const bool is_reference = property.type.type == CimType::kReference;
    is_right &=
        CompileProperty(property, is_reference ? scope::kReference | scope::kProperty : scope::kProperty, result);
    declaration.properties.push_back(std::move(result));
  }
  return is_right;
}

// A property or a parameter.
bool ClassCompiler::CompileProperty(const PropertySyntax& syntax, std::uint32_t scopes, cim::Property& property) {
  property.name = std::string(syntax.name);
  property.type = syntax.type;
  bool is_right = ConvertInto(syntax.qualifiers, scopes, property.qualifiers);
  // Contract 8.7: the size of an array is a suggestion that is kept as a qualifier.
  if (syntax.array_size && property.qualifiers.Find("MAX") == nullptr) {
    property.qualifiers.Set(NumberQualifier("MAX", static_cast<std::int64_t>(*syntax.array_size), 0));
  }
  if (syntax.default_value) {
    Converted converted = ConvertLiteral(*syntax.default_value, syntax.type, &objects_);
    if (!converted.ok()) {
      if (!converted.failure.is_reported) diagnostics_.Report(converted.failure.status, converted.failure.offset);
      is_right = false;
    }
    property.default_value = std::move(converted.value);
    property.is_null_override = syntax.default_value->kind == Literal::Kind::kNull;
  }
  return is_right;
}

bool ClassCompiler::CompileMethods(const ClassSyntax& syntax, cim::ClassDeclaration& declaration) {
  bool is_right = true;
  NameSet names;
  for (const MethodSyntax& method : syntax.methods) {
    if (!names.insert(method.name).second) {
      is_right =
          Fail(code::kMofDuplicateProperty, method.offset, fmt::format("the method {} is declared twice", method.name));
      continue;
    }
    cim::Method result;
    is_right &= CompileMethod(method, result);
    declaration.methods.push_back(std::move(result));
  }
  return is_right;
}

bool ClassCompiler::CompileMethod(const MethodSyntax& syntax, cim::Method& method) {
  method.name = std::string(syntax.name);
  bool is_right = ConvertInto(syntax.qualifiers, scope::kMethod, method.qualifiers);
  cim::ClassDeclaration in;
  cim::ClassDeclaration out;
  is_right &= CompileParameters(syntax, in, out);
  if (syntax.return_type.type != CimType::kEmpty) {
    cim::Property result;
    result.name = "ReturnValue";
    result.type = syntax.return_type;
    result.qualifiers.Set(FlagQualifier("out"));
    out.properties.push_back(std::move(result));
  }
  return is_right && MakeSignature(syntax, std::move(in), method.in) &&
         MakeSignature(syntax, std::move(out), method.out);
}

// Null when there are no parameters on this side.
bool ClassCompiler::MakeSignature(const MethodSyntax& syntax, cim::ClassDeclaration side, cim::ClassPtr& cls) {
  if (side.properties.empty()) return true;
  side.name = "__PARAMETERS";
  Result<cim::ClassPtr> made = cim::Class::Make(std::move(side), nullptr, nullptr);
  if (!made.ok()) {
    Offset offset = syntax.offset;
    for (const PropertySyntax& parameter : syntax.parameters) {
      if (made.status().detail() != nullptr &&
          made.status().detail()->parameter == fmt::format("__PARAMETERS.{}", parameter.name)) {
        offset = parameter.offset;
      }
    }
    diagnostics_.Report(made.status(), offset);
    return false;
  }
  cls = std::move(made).value();
  return true;
}

bool ClassCompiler::CompileParameters(const MethodSyntax& syntax, cim::ClassDeclaration& in,
                                      cim::ClassDeclaration& out) {
  bool has_ids = false;
  for (const PropertySyntax& parameter : syntax.parameters) {
    for (const QualifierSyntax& qualifier : parameter.qualifiers) has_ids |= EqualFolded(qualifier.name, "ID");
  }
  bool is_right = true;
  NameSet names;
  std::int64_t id = 0;
  for (const PropertySyntax& parameter : syntax.parameters) {
    if (!names.insert(parameter.name).second) {
      is_right = Fail(code::kInvalidDuplicateParameter, parameter.offset,
                      fmt::format("the parameter {} is declared twice", parameter.name));
      continue;
    }
    if (EqualFolded(parameter.name, "ReturnValue")) {
      is_right = Fail(code::kInvalidMethodParameters, parameter.offset,
                      "ReturnValue stands for what the method returns; use another name");
      continue;
    }
    cim::Property property;
    if (!CompileProperty(parameter, scope::kParameter, property)) {
      is_right = false;
      continue;
    }
    // Contract 8.7: numbered in the order of the text when the text says nothing.
    if (!has_ids) property.qualifiers.Set(NumberQualifier("ID", id++, kIdFlavor));
    is_right &= PlaceParameter(parameter, std::move(property), in, out);
  }
  return is_right;
}

bool ClassCompiler::PlaceParameter(const PropertySyntax& syntax, cim::Property property, cim::ClassDeclaration& in,
                                   cim::ClassDeclaration& out) {
  const bool is_in = qualifiers_.PresenceOf(property.qualifiers, "in") == Presence::kTrue;
  const bool is_out = qualifiers_.PresenceOf(property.qualifiers, "out") == Presence::kTrue;
  if (!is_in && !is_out) {
    return Fail(code::kMofMustBeInOrOut, syntax.offset,
                fmt::format("the parameter {} must be [in], [out] or [in, out]", syntax.name));
  }
  if (is_in) AddDirected(property, "in", "out", in);
  if (is_out) AddDirected(std::move(property), "out", "in", out);
  return true;
}

}  // namespace wmi::mof
