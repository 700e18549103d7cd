#include "cim/qualifier_rules.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/limits.h"
#include "cim/check.h"

namespace wmi::cim {

Status At(const Status& status, std::string_view element) {
  ErrorDetail detail = status.detail() == nullptr ? ErrorDetail{} : *status.detail();
  detail.message = fmt::format("{}: {}", element, status.Message());
  detail.parameter = std::string(element);
  // A column inside a value would be taken for one in the whole text.
  detail.line = 0;
  detail.column = 0;
  return Status(status.code(), std::move(detail));
}

Status CheckQualifier(const Qualifier& qualifier) {
  TRY(CheckName(qualifier.name, NameOf::kQualifier));
  const CimType type = qualifier.type.type;
  const bool legal =
      type == CimType::kSint32 || type == CimType::kReal64 || type == CimType::kString || type == CimType::kBoolean;
  if (!legal || qualifier.value.is_null()) {
    return Status(code::kInvalidQualifierType,
                  fmt::format("qualifier {} is {} {}; use a sint32, real64, string or boolean, or an array of these",
                              qualifier.name, Describe(qualifier.type), Describe(qualifier.value.view())));
  }
  const Status value = CheckValue(qualifier.type, qualifier.value.view());
  if (!value.ok()) return At(Status(code::kInvalidQualifierType, value.Message()), "qualifier " + qualifier.name);
  constexpr std::uint32_t kKnown =
      flavor::kToInstance | flavor::kToSubclass | flavor::kNotOverridable | flavor::kAmended;
  if ((qualifier.flavor & ~kKnown) != 0) {
    return Status(code::kInvalidFlavor,
                  fmt::format("qualifier {}: flavor {:#x} is unknown", qualifier.name, qualifier.flavor));
  }
  return Status();
}

Status CheckWrittenName(std::string_view name) {
  TRY(CheckName(name, NameOf::kQualifier));
  if (name.front() != '_' && name.back() != '_') return Status();
  return Status(code::kInvalidQualifier,
                fmt::format("the qualifier name {} must not start or end with an underscore", name));
}

Result<QualifierSet> JoinQualifiers(QualifierSet own, const QualifierSet* inherited) {
  if (own.size() > limits::kQualifiersMax) {
    return Status(code::kQuotaViolation,
                  fmt::format("{} qualifiers; at most {} are allowed", own.size(), limits::kQualifiersMax));
  }
  own.RemovePropagated();  // computed again below
  for (const Qualifier& qualifier : own) TRY(CheckQualifier(qualifier));
  if (inherited == nullptr) return own;
  own.Reserve(own.size() + inherited->size() + 1);  // and CIMTYPE
  const std::size_t own_size = own.size();
  for (const Qualifier& qualifier : *inherited) {
    if ((qualifier.flavor & flavor::kToSubclass) == 0) continue;
    // Those handed down so far have other names.
    const Qualifier* override = own_size == 0 ? nullptr : own.Find(qualifier.name);
    if (override == nullptr) {
      own.Append(qualifier).propagated = true;
    } else if ((qualifier.flavor & flavor::kNotOverridable) != 0 && !(override->value == qualifier.value)) {
      return Status(code::kOverrideNotAllowed,
                    fmt::format("qualifier {} is {} in the superclass and may not be overridden with {}",
                                qualifier.name, Describe(qualifier.value.view()), Describe(override->value.view())));
    }
  }
  return own;
}

QualifierSet HandedToSubclasses(const QualifierSet& of_superclass) {
  QualifierSet result;
  result.Reserve(of_superclass.size());
  for (const Qualifier& qualifier : of_superclass) {
    if ((qualifier.flavor & flavor::kToSubclass) == 0) continue;
    result.Append(qualifier).propagated = true;
  }
  return result;
}

}  // namespace wmi::cim
