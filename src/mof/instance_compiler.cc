#include "mof/instance_compiler.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/check.h"

namespace wmi::mof {
namespace {

constexpr std::string_view kSecurityQualifier = "NamespaceSecuritySDDL";

}  // namespace

bool InstanceCompiler::Fail(Code failure, Offset offset, std::string message) {
  diagnostics_.Report(failure, offset, std::move(message));
  return false;
}

std::optional<cim::Object> InstanceCompiler::Compile(const InstanceSyntax& syntax, std::string* sddl) {
  const cim::ClassPtr schema = classes_.FindClass(name_space_, syntax.class_name);
  if (schema == nullptr) {
    Fail(code::kInvalidClass, syntax.offset,
         fmt::format("the class {} does not exist in {}; declare it first", syntax.class_name, name_space_));
    return std::nullopt;
  }
  cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  bool is_right = true;
  std::vector<bool> is_set(schema->properties().size());
  for (const AssignmentSyntax& assignment : syntax.assignments) {
    const std::optional<std::size_t> slot = FindSlot(assignment, *schema);
    if (!slot) {
      is_right = false;
    } else if (is_set[*slot]) {
      is_right = Fail(code::kMofDuplicateProperty, assignment.offset,
                      fmt::format("the property {} has a value already", assignment.name));
    } else {
      is_set[*slot] = true;
      is_right &= SetValue(assignment, *slot, builder);
    }
  }
  is_right &= SetQualifiers(syntax, schema, sddl, builder);
  if (!is_right) return std::nullopt;
  builder.CommitRow();
  std::vector<cim::Object> objects;
  builder.Finish(objects);
  return std::move(objects.front());
}

std::optional<std::size_t> InstanceCompiler::FindSlot(const AssignmentSyntax& syntax, const cim::Class& schema) {
  std::optional<std::size_t> slot = schema.FindSlot(syntax.name);
  if (slot) return slot;
  if (syntax.name.starts_with("__")) {
    Fail(code::kReadOnly, syntax.offset, fmt::format("{} is set by the system; leave it out", syntax.name));
  } else {
    Fail(code::kNotFound, syntax.offset, fmt::format("the class {} has no property {}", schema.name(), syntax.name));
  }
  return std::nullopt;
}

bool InstanceCompiler::SetValue(const AssignmentSyntax& syntax, std::size_t slot, cim::RowBlockBuilder& builder) {
  const cim::DataType& type = builder.row().schema->properties()[slot].type;
  const Converted converted = ConvertLiteral(syntax.value, type, this);
  if (!converted.ok()) {
    if (!converted.failure.is_reported) diagnostics_.Report(converted.failure.status, converted.failure.offset);
    return false;
  }
  const Status status = cim::CheckValue(type, converted.value.view());
  if (!status.ok()) {
    diagnostics_.Report(status, syntax.value.offset);
    return false;
  }
  builder.Set(slot, converted.value.view());
  return true;
}

// Contract 8.4: an instance may carry qualifiers of its own, on itself and on its properties.
bool InstanceCompiler::SetQualifiers(const InstanceSyntax& syntax, const cim::ClassPtr& schema, std::string* sddl,
                                     cim::RowBlockBuilder& builder) {
  cim::InstanceQualifiers own;
  std::optional<cim::QualifierSet> converted = qualifiers_.Convert(syntax.qualifiers, scope::kAny);
  if (!converted) return false;
  own.of_object = std::move(*converted);
  if (sddl != nullptr && own.of_object.Find(kSecurityQualifier) != nullptr) {
    *sddl = std::string(own.of_object.Text(kSecurityQualifier));
    own.of_object.Remove(kSecurityQualifier);
  }
  for (const AssignmentSyntax& assignment : syntax.assignments) {
    if (assignment.qualifiers.empty()) continue;
    const std::optional<std::size_t> slot = schema->FindSlot(assignment.name);
    converted = qualifiers_.Convert(assignment.qualifiers, scope::kAny);
    if (!slot || !converted) return false;
    own.EnsureProperty(*slot) = std::move(*converted);
  }
  if (own.empty()) return true;
  Result<cim::InstanceQualifiersPtr> made = cim::MakeInstanceQualifiers(*schema, std::move(own));
  if (!made.ok()) {
    diagnostics_.Report(made.status(), PlaceOf(made.status(), syntax));
    return false;
  }
  builder.SetOwnQualifiers(std::move(made).value());
  return true;
}

Converted InstanceCompiler::ResolveInstance(const Literal& literal) {
  std::optional<cim::Object> object = Compile(*literal.instance, nullptr);
  if (object) return {cim::Value::OfObject(std::move(*object)), {}};
  return {cim::Value(), {Status(code::kInvalidObject), literal.offset, true}};
}

// The path as the instance that holds it would write it: without the namespace when that is its own.
Converted InstanceCompiler::ResolveAlias(const Literal& literal) {
  const AliasPath* alias = find_alias_(literal.text);
  if (alias == nullptr) {
    return {cim::Value(),
            {Status(code::kMofUnexpectedAlias, fmt::format("no instance has the alias ${}", literal.text)),
             literal.offset}};
  }
  if (EqualFolded(alias->name_space, name_space_)) return {cim::Value::Text(alias->path), {}};
  return {cim::Value::Text(fmt::format(R"(\\.\{}:{})", alias->name_space, alias->path)), {}};
}

Offset InstanceCompiler::PlaceOf(const Status& status, const InstanceSyntax& syntax) {
  if (status.detail() == nullptr) return syntax.offset;
  std::string_view member = status.detail()->parameter;
  const std::size_t dot = member.rfind('.');
  if (dot != std::string_view::npos) member = member.substr(dot + 1);
  for (const AssignmentSyntax& assignment : syntax.assignments) {
    if (EqualFolded(assignment.name, member)) return assignment.offset;
  }
  return syntax.offset;
}

}  // namespace wmi::mof
