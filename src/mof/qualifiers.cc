#include "mof/qualifiers.h"

#include <fmt/format.h>

#include <utility>

#include "mof/convert.h"

namespace wmi::mof {
namespace {

constexpr cim::CimType kBoolean = cim::CimType::kBoolean;

std::uint32_t Apply(const FlavorWords& words, std::uint32_t flavors) { return (flavors & ~words.cleared) | words.set; }

}  // namespace

void QualifierTable::Declare(QualifierDeclarationSyntax declaration) {
  if (declaration.type && declaration.default_value) {
    const Converted value = ConvertLiteral(*declaration.default_value, *declaration.type);
    if (!value.ok()) {
      diagnostics_.Report(value.failure.status, value.failure.offset);
      return;
    }
  }
  std::string name(declaration.name);
  declared_.insert_or_assign(std::move(name), std::move(declaration));
}

std::optional<cim::QualifierSet> QualifierTable::Convert(const QualifierListSyntax& list, std::uint32_t scopes) {
  cim::QualifierSet set;
  bool is_right = true;
  for (const QualifierSyntax& syntax : list) is_right &= ConvertOne(syntax, scopes, set);
  if (!is_right) return std::nullopt;
  return set;
}

bool QualifierTable::ConvertOne(const QualifierSyntax& syntax, std::uint32_t scopes, cim::QualifierSet& set) {
  const auto found = declared_.find(syntax.name);
  const QualifierDeclarationSyntax* declaration = found == declared_.end() ? nullptr : &found->second;
  if (declaration != nullptr && (declaration->scopes & scopes) == 0) {
    diagnostics_.Report(code::kMofQualifierUsedOutsideScope, syntax.offset,
                        fmt::format("the qualifier {} is not declared for this kind of element", syntax.name));
    return false;
  }
  cim::Qualifier qualifier;
  qualifier.name = std::string(syntax.name);
  qualifier.flavor = Apply(syntax.flavors, declaration == nullptr ? 0 : Apply(declaration->flavors, 0));
  // NULL, written or declared, says that the qualifier is not there.
  if (!ConvertValue(syntax, declaration, qualifier)) return false;
  if (!qualifier.value.is_null()) set.Set(std::move(qualifier));
  return true;
}

bool QualifierTable::ConvertValue(const QualifierSyntax& syntax, const QualifierDeclarationSyntax* declaration,
                                  cim::Qualifier& qualifier) {
  const bool has_type = declaration != nullptr && declaration->type.has_value();
  const Literal* literal = syntax.value ? &*syntax.value : nullptr;
  if (literal == nullptr && has_type && declaration->type->type != kBoolean && declaration->default_value) {
    literal = &*declaration->default_value;
  }
  if (literal == nullptr) {
    // Only a flag can be set by its bare name (DSP0004 7.7.5); without a declaration it is taken for one.
    if (has_type && (declaration->type->type != kBoolean || declaration->type->is_array)) {
      diagnostics_.Report(
          code::kMofInvalidQualifierSyntax, syntax.offset,
          fmt::format("the qualifier {} needs a value of type {}", syntax.name, cim::CimTypeText(*declaration->type)));
      return false;
    }
    qualifier.type.type = kBoolean;
    qualifier.value = cim::Value::Boolean(true);
    return true;
  }
  if (literal->kind == Literal::Kind::kNull && has_type) return true;
  TypedValue typed = has_type ? QualifierFromLiteral(*literal, *declaration->type) : QualifierFromLiteral(*literal);
  if (!typed.ok()) {
    diagnostics_.Report(typed.failure.status, typed.failure.offset);
    return false;
  }
  qualifier.type = std::move(typed.type);
  qualifier.value = std::move(typed.value);
  return true;
}

Presence QualifierTable::PresenceOf(const cim::QualifierSet& set, std::string_view name) const {
  if (set.Find(name) != nullptr) return set.IsTrue(name) ? Presence::kTrue : Presence::kFalse;
  const auto found = declared_.find(name);
  if (found == declared_.end() || !found->second.default_value) return Presence::kAbsent;
  return found->second.default_value->boolean ? Presence::kTrue : Presence::kFalse;
}

}  // namespace wmi::mof
