// The methods of a ClassDraft.
#include <fmt/format.h>

#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/check.h"
#include "cim/class_draft.h"
#include "cim/qualifier_rules.h"
#include "cim/signature_rules.h"

namespace wmi::cim {

Method ClassDraft::InheritedForm(const Method& inherited) {
  Method method;
  method.name = inherited.name;
  method.in = inherited.in;
  method.out = inherited.out;
  method.qualifiers = HandedToSubclasses(inherited.qualifiers);
  method.origin = inherited.origin;
  method.is_local = false;
  return method;
}

Status ClassDraft::FillMethods(std::vector<Method> declared) {
  const std::size_t inherited = superclass() == nullptr ? 0 : superclass()->methods().size();
  class_->methods_.reserve(inherited + declared.size());
  if (superclass() != nullptr) {
    for (const Method& method : superclass()->methods()) class_->methods_.push_back(InheritedForm(method));
  }
  for (Method& method : declared) {
    const Slot index = FindMethodIndex(method.name);
    const bool is_there = index && class_->methods_[*index].is_local;
    if (index && !is_there && !method.is_local) continue;  // inherited above
    if (is_there) {
      return At(Status(code::kInvalidMethod, "the method is declared twice"), MemberName(method.name));
    }
    TRY(SetMethod(index, std::move(method)));
  }
  return Status();
}

std::optional<std::size_t> ClassDraft::FindMethodIndex(std::string_view name) const {
  for (std::size_t i = 0; i < class_->methods_.size(); ++i) {
    if (EqualFolded(class_->methods_[i].name, name)) return i;
  }
  return std::nullopt;
}

// Everything but its place in the class.
Status ClassDraft::Prepare(Method& method, const Method* inherited) const {
  TRY(CheckName(method.name, NameOf::kMethod));
  TRY(CheckSignature(method));
  if (inherited != nullptr &&
      !(IsSameSignature(method.in, inherited->in) && IsSameSignature(method.out, inherited->out))) {
    return Status(code::kPropagatedMethod,
                  fmt::format("the method is inherited from {} with another signature", inherited->origin));
  }
  method.qualifiers =
      TRY(JoinQualifiers(std::move(method.qualifiers), inherited == nullptr ? nullptr : &inherited->qualifiers));
  method.origin = inherited == nullptr ? class_->name_ : inherited->origin;
  method.is_local = true;
  method.is_overridden = inherited != nullptr;
  return Status();
}

Status ClassDraft::SetMethod(Slot index, Method method) {
  const Method* inherited = superclass() == nullptr ? nullptr : superclass()->FindMethod(method.name);
  const Status status = Prepare(method, inherited);
  if (!status.ok()) return At(status, MemberName(method.name));
  if (index) {
    method.name = class_->methods_[*index].name;
    class_->methods_[*index] = std::move(method);
    return Status();
  }
  if (class_->methods_.size() >= limits::kMethodsMax) {
    return Status(code::kQuotaViolation,
                  fmt::format("{} has more than {} methods", class_->name_, limits::kMethodsMax));
  }
  class_->methods_.push_back(std::move(method));
  return Status();
}

// ---- changes --------------------------------------------------------------------------------------------------------

Status ClassDraft::NoSuchMethod(std::string_view name) const {
  return Status(code::kNotFound, fmt::format("the class {} has no method {}", class_->name_, name));
}

// What the class itself says, for a change of it; of a method that is only inherited the start of an override.
Method ClassDraft::OwnForm(const Method& method) {
  Method own;
  own.name = method.name;
  own.in = method.in;
  own.out = method.out;
  for (const Qualifier& qualifier : method.qualifiers) {
    if (method.is_local && !qualifier.propagated) own.qualifiers.Append(qualifier);
  }
  return own;
}

Status ClassDraft::PutMethod(std::string_view name, ClassPtr in, ClassPtr out) {
  const Slot index = FindMethodIndex(name);
  Method method;
  if (index) {
    method = OwnForm(class_->methods_[*index]);
  } else {
    method.name = std::string(name);
  }
  method.in = std::move(in);
  method.out = std::move(out);
  return SetMethod(index, std::move(method));
}

Result<Code> ClassDraft::RemoveMethod(std::string_view name) {
  const Slot index = FindMethodIndex(name);
  if (!index) return NoSuchMethod(name);
  Method& method = class_->methods_[*index];
  if (!method.is_local) {
    return Status(code::kPropagatedMethod, fmt::format("the method {} is inherited from {}", name, method.origin));
  }
  if (method.is_overridden) {
    method = InheritedForm(*superclass()->FindMethod(name));
    return code::kResetToDefault;
  }
  class_->methods_.erase(class_->methods_.begin() + static_cast<std::ptrdiff_t>(*index));
  return code::kOk;
}

Status ClassDraft::PutMethodQualifier(std::string_view name, Qualifier qualifier) {
  const Slot index = FindMethodIndex(name);
  if (!index) return NoSuchMethod(name);
  Method method = OwnForm(class_->methods_[*index]);
  method.qualifiers.Set(std::move(qualifier));
  return SetMethod(index, std::move(method));
}

Status ClassDraft::RemoveMethodQualifier(std::string_view method_name, std::string_view name) {
  const Slot index = FindMethodIndex(method_name);
  if (!index) return NoSuchMethod(method_name);
  Method method = OwnForm(class_->methods_[*index]);
  method.qualifiers.Remove(name);
  return SetMethod(index, std::move(method));
}

}  // namespace wmi::cim
