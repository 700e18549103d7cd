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

Result<QualifierSet> JoinQualifiers(const QualifierSet& own, const QualifierSet* inherited) {
  QualifierSet result;
  if (own.size() > limits::kQualifiersMax) {
    return Status(code::kQuotaViolation,
                  fmt::format("{} qualifiers; at most {} are allowed", own.size(), limits::kQualifiersMax));
  }
  for (const Qualifier& qualifier : own) {
    if (qualifier.propagated) continue;  // computed again below
    TRY(CheckQualifier(qualifier));
    result.Set(qualifier);
  }
  if (inherited == nullptr) return result;
  for (const Qualifier& qualifier : *inherited) {
    if ((qualifier.flavor & flavor::kToSubclass) == 0) continue;
    const Qualifier* override = result.Find(qualifier.name);
    if (override == nullptr) {
      Qualifier copy = qualifier;
      copy.propagated = true;
      result.Set(std::move(copy));
    } else if ((qualifier.flavor & flavor::kNotOverridable) != 0 && !(override->value == qualifier.value)) {
      return Status(code::kOverrideNotAllowed,
                    fmt::format("qualifier {} is {} in the superclass and may not be overridden with {}",
                                qualifier.name, Describe(qualifier.value.view()), Describe(override->value.view())));
    }
  }
  return result;
}

}  // namespace wmi::cim
