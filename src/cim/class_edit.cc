#include "cim/class_edit.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/text.h"

namespace wmi::cim {
namespace {

constexpr std::string_view kParameters = "__PARAMETERS";

}  // namespace

Object MakeEmptyClass() { return Object(ClassDraft(nullptr, nullptr).Finish()); }

bool IsComplete(const Class& schema) {
  if (schema.name().empty()) return false;
  return schema.home() != nullptr || EqualFolded(schema.name(), kParameters);
}

Result<ClassPtr> DeriveClass(const ClassPtr& superclass) {
  if (!IsComplete(*superclass)) {
    return Status(code::kIncompleteClass, "a class can only be derived from one that was put");
  }
  return Class::MakeDraft({}, superclass, nullptr);
}

Result<ClassPtr> NameClass(const Class& schema, std::string name) {
  ClassDraft draft(schema);
  TRY(draft.Name(std::move(name)));
  return std::move(draft).Finish();
}

Result<ClassPtr> PutProperty(const Class& schema, std::string_view name, DataType type, Value default_value) {
  ClassDraft draft(schema);
  TRY(draft.PutProperty(name, std::move(type), std::move(default_value)));
  return std::move(draft).Finish();
}

Result<Removal> RemoveProperty(const Class& schema, std::string_view name) {
  ClassDraft draft(schema);
  const Code code = TRY(draft.RemoveProperty(name));
  return Removal{std::move(draft).Finish(), code};
}

Result<ClassPtr> PutMethod(const Class& schema, std::string_view name, ClassPtr in, ClassPtr out) {
  ClassDraft draft(schema);
  TRY(draft.PutMethod(name, std::move(in), std::move(out)));
  return std::move(draft).Finish();
}

Result<Removal> RemoveMethod(const Class& schema, std::string_view name) {
  ClassDraft draft(schema);
  const Code code = TRY(draft.RemoveMethod(name));
  return Removal{std::move(draft).Finish(), code};
}

Result<ClassPtr> PutQualifier(const Class& schema, const Element& element, Qualifier qualifier) {
  ClassDraft draft(schema);
  TRY(draft.PutQualifier(element, std::move(qualifier)));
  return std::move(draft).Finish();
}

Result<Removal> RemoveQualifier(const Class& schema, const Element& element, std::string_view name) {
  ClassDraft draft(schema);
  const Code code = TRY(draft.RemoveQualifier(element, name));
  return Removal{std::move(draft).Finish(), code};
}

Result<ClassPtr> MakeSignature(const Object& parameters, Direction direction) {
  const Class& schema = parameters.schema();
  if (!schema.IsA(kParameters)) {
    return Status(code::kInvalidMethodParameters,
                  fmt::format("an object of class {} describes no parameters; use __PARAMETERS", schema.name()));
  }
  if (schema.properties().empty()) return ClassPtr();
  ClassDeclaration declaration;
  declaration.name = kParameters;
  for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) {
    const Property& parameter = schema.properties()[slot];
    Property copy;
    copy.name = parameter.name;
    copy.type = parameter.type;
    copy.default_value = Value::Copy(parameters.slot(slot));
    // Inherited ones too: the signature has no superclass that they could come from.
    for (Qualifier qualifier : parameter.qualifiers) {
      qualifier.propagated = false;
      copy.qualifiers.Set(std::move(qualifier));
    }
    const std::string_view said = direction == Direction::kIn ? "in" : "out";
    if (copy.qualifiers.Find(said) == nullptr) {
      copy.qualifiers.Set({std::string(said), Value::Boolean(true), {CimType::kBoolean, false, ""}, 0, false});
    }
    declaration.properties.push_back(std::move(copy));
  }
  return Class::Make(std::move(declaration), nullptr, nullptr);
}

}  // namespace wmi::cim
