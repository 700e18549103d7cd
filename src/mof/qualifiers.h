// QualifierTable: the qualifiers that a source declares, and the step from qualifiers as written to those of the model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/text.h"
#include "cim/class.h"
#include "mof/diagnostics.h"
#include "mof/syntax.h"

namespace wmi::mof {

// What a bare parameter direction means when nothing is said (DSP0004: In is TRUE when it is declared so).
enum class Presence { kAbsent, kTrue, kFalse };

// Not thread-safe.
class QualifierTable {
 public:
  explicit QualifierTable(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  // A later declaration of the same name replaces the earlier one, as in a file that is compiled after another.
  void Declare(QualifierDeclarationSyntax declaration);

  // Converts with the types, default values and flavors that are declared. `scopes` are the bits of what the qualifiers
  // stand on; nullopt after reporting.
  std::optional<cim::QualifierSet> Convert(const QualifierListSyntax& list, std::uint32_t scopes);

  // TRUE or FALSE when the qualifier is there, or is not and has a declared default.
  Presence PresenceOf(const cim::QualifierSet& set, std::string_view name) const;

 private:
  bool ConvertOne(const QualifierSyntax& syntax, std::uint32_t scopes, cim::QualifierSet& set);
  bool ConvertValue(const QualifierSyntax& syntax, const QualifierDeclarationSyntax* declaration,
                    cim::Qualifier& qualifier);

  Diagnostics& diagnostics_;
  std::unordered_map<std::string, QualifierDeclarationSyntax, FoldedHash, FoldedEqual> declared_;
};

}  // namespace wmi::mof
