// Amendment: a class in two parts, one without a language and one with the texts of a language (contract 8.9).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "cim/class.h"

namespace wmi::mof {

// A language as amendments name it. A value.
struct Locale {
  std::string name_space;  // of its classes, below the one they speak about: "ms_409"
  std::int64_t number = 0;
};

// "MS_409", without case; nullopt for anything else.
std::optional<Locale> ParseLocale(std::string_view text);

struct AmendedClass {
  // Without the qualifiers of the flavor Amended.
  cim::ClassDeclaration neutral;
  // The class of the same name with these qualifiers and no others but Amendment and Locale, and with the members that
  // carry some. Without keys. nullopt when there are none.
  std::optional<cim::ClassDeclaration> localized;
};
// Failure: the codes of cim::Class::Make for the parameters of a method.
Result<AmendedClass> SplitAmendment(cim::ClassDeclaration declaration, const Locale& locale);

}  // namespace wmi::mof
