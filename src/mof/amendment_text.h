// The two texts of an amended file, as `mofcomp -AMENDMENT:MS_409 -MOF:file -MFL:file` writes them (contract 8.9, 10).
#pragma once

#include <string>

#include "mof/compiler.h"
#include "mof/target.h"

namespace wmi::mof {

struct AmendmentTexts {
  std::string neutral;    // everything, without the qualifiers of the flavor Amended
  std::string localized;  // the classes with these qualifiers, in namespaces such as ms_409 that it makes
};

// Compiles `source` into `target`, which shows its changes, and writes down what is put. The language is that of the
// options or of the #pragma amendment of the text; without one the localized text is empty. Aliases are written as
// paths, and what qualifier declarations say stands with each qualifier. After errors the texts are not whole.
Report WriteAmendment(Source source, const CompileOptions& options, Target& target, AmendmentTexts& texts);

}  // namespace wmi::mof
