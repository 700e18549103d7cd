// Reader: XML text to a class or an instance (DSP0201; contract 9.5, IWbemObjectTextSrc::CreateFromText).
//
// The text describes the object by itself, so nothing is looked up: the classes that it derives from are made up as far
// as the text knows them (object_parts.h). System properties in the text give the derivation, the namespace and the
// keys; the others are computed from these.
#pragma once

#include <string_view>

#include "base/status.h"
#include "cim/row.h"
#include "xml/dialect.h"

namespace wmi::xml {

// One CLASS or INSTANCE, alone or inside what WMI and DSP0201 put around one object (VALUE.NAMEDOBJECT, VALUE.OBJECT,
// DECLGROUP, CIM, …). The elements of kWmi for embedded objects are an error in kCim; the strings of kCim that hold
// objects are understood in both. Failure: kInvalidSyntax for what is no XML, kInvalidObject for what describes no
// object, kQuotaViolation past a limit, and the codes of the rules that a class breaks; with line, column and what was
// expected. Inside an embedded text the place is that of the text.
Result<cim::Object> ReadObject(std::string_view utf8, Dtd dtd);

}  // namespace wmi::xml
