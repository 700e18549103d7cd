#include "mof/amendment.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "cim/declaration.h"

namespace wmi::mof {
namespace {

bool IsAmended(const cim::Qualifier& qualifier) { return (qualifier.flavor & cim::flavor::kAmended) != 0; }

// The amended ones; they are taken out of `qualifiers`.
cim::QualifierSet TakeAmended(cim::QualifierSet& qualifiers) {
  cim::QualifierSet amended;
  if (std::none_of(qualifiers.begin(), qualifiers.end(), IsAmended)) return amended;
  cim::QualifierSet neutral;
  for (const cim::Qualifier& qualifier : qualifiers) (IsAmended(qualifier) ? amended : neutral).Set(qualifier);
  qualifiers = std::move(neutral);
  return amended;
}

bool HasAmended(const cim::ClassPtr& signature) {
  if (signature == nullptr) return false;
  return std::any_of(signature->properties().begin(), signature->properties().end(),
                     [](const cim::Property& parameter) {
                       return std::any_of(parameter.qualifiers.begin(), parameter.qualifiers.end(), IsAmended);
                     });
}

// What tells parameters apart and must stand in every version of a signature.
cim::QualifierSet ParameterMarks(const cim::QualifierSet& qualifiers) {
  cim::QualifierSet marks;
  for (const char* name : {"ID", "in", "out"}) {
    if (const cim::Qualifier* mark = qualifiers.Find(name)) marks.Set(*mark);
  }
  return marks;
}

// One side of a method, with or without its amended qualifiers; the localized one has no others but the marks.
enum class Part { kNeutral, kLocalized };
Result<cim::ClassPtr> SignaturePart(const cim::ClassPtr& signature, Part part) {
  if (signature == nullptr) return cim::ClassPtr();
  cim::ClassDeclaration declaration = cim::DeclarationOf(*signature);
  for (cim::Property& parameter : declaration.properties) {
    cim::QualifierSet amended = TakeAmended(parameter.qualifiers);
    if (part == Part::kNeutral) continue;
    cim::QualifierSet shown = ParameterMarks(parameter.qualifiers);
    for (const cim::Qualifier& qualifier : amended) shown.Set(qualifier);
    parameter.qualifiers = std::move(shown);
    parameter.default_value = cim::Value();
  }
  return cim::Class::Make(std::move(declaration), nullptr, nullptr);
}

void SplitProperties(cim::ClassDeclaration& neutral, cim::ClassDeclaration& localized) {
  for (cim::Property& property : neutral.properties) {
    cim::QualifierSet amended = TakeAmended(property.qualifiers);
    if (amended.empty()) continue;
    cim::Property twin;
    twin.name = property.name;
    twin.type = property.type;
    twin.qualifiers = std::move(amended);
    localized.properties.push_back(std::move(twin));
  }
}

Status SplitMethods(cim::ClassDeclaration& neutral, cim::ClassDeclaration& localized) {
  for (cim::Method& method : neutral.methods) {
    const bool has_amended = HasAmended(method.in) || HasAmended(method.out);
    cim::QualifierSet amended = TakeAmended(method.qualifiers);
    if (amended.empty() && !has_amended) continue;
    cim::Method twin;
    twin.name = method.name;
    twin.qualifiers = std::move(amended);
    twin.in = TRY(SignaturePart(method.in, Part::kLocalized));
    twin.out = TRY(SignaturePart(method.out, Part::kLocalized));
    localized.methods.push_back(std::move(twin));
    if (!has_amended) continue;
    method.in = TRY(SignaturePart(method.in, Part::kNeutral));
    method.out = TRY(SignaturePart(method.out, Part::kNeutral));
  }
  return Status();
}

}  // namespace

std::optional<Locale> ParseLocale(std::string_view text) {
  constexpr std::string_view kPrefix = "ms_";
  constexpr std::size_t kDigitsMax = 5;
  if (text.size() <= kPrefix.size() || text.size() > kPrefix.size() + kDigitsMax) return std::nullopt;
  if (!EqualFolded(text.substr(0, kPrefix.size()), kPrefix)) return std::nullopt;
  const std::string_view digits = text.substr(kPrefix.size());
  std::uint32_t number = 0;
  const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (error != std::errc() || last != digits.data() + digits.size() || number == 0) return std::nullopt;
  return Locale{Fold(text), number};
}

Result<AmendedClass> SplitAmendment(cim::ClassDeclaration declaration, const Locale& locale) {
  AmendedClass result;
  cim::ClassDeclaration localized;
  localized.name = declaration.name;
  localized.qualifiers = TakeAmended(declaration.qualifiers);
  SplitProperties(declaration, localized);
  TRY(SplitMethods(declaration, localized));
  const bool is_amended = !localized.qualifiers.empty() || !localized.properties.empty() || !localized.methods.empty();
  result.neutral = std::move(declaration);
  if (!is_amended) return result;
  localized.qualifiers.Set({"Amendment", cim::Value::Boolean(true), {cim::CimType::kBoolean, false, ""}, 0, false});
  localized.qualifiers.Set({"Locale", cim::Value::Signed(locale.number), {cim::CimType::kSint32, false, ""}, 0, false});
  result.localized = std::move(localized);
  return result;
}

}  // namespace wmi::mof
