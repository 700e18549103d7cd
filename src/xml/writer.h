// Writer: classes and instances as XML (DSP0201; contract 9.5, IWbemObjectTextSrc::GetText).
//
// What is written with everything included reads back (reader.h) as an equal object. What the document types cannot
// hold: in both, characters that XML text does not allow, which become U+FFFD; in kCim besides, the defaults of
// parameters.
#pragma once

#include <string>

#include "base/status.h"
#include "cim/row.h"
#include "xml/dialect.h"

namespace wmi::xml {

// The values of the context that GetText takes, with its defaults.
struct WriteOptions {
  enum class Members { kAll, kLocalOnly };
  enum class Include { kNo, kYes };
  enum class Path { kNone, kName, kLocalPath, kFullPath };  // PathLevel 0 to 3

  Dtd dtd = Dtd::kWmi;
  Members members = Members::kAll;
  Include qualifiers = Include::kNo;
  Include system_properties = Include::kYes;
  Include class_origin = Include::kNo;
  Path path = Path::kNone;
};

// A CLASS or INSTANCE, inside a VALUE.NAMEDOBJECT, VALUE.OBJECTWITHLOCALPATH or VALUE.OBJECTWITHPATH if a path is asked
// for; projections with the properties that were selected. Failure: kIncompleteClass for a class without a name,
// kInvalidObject when a path is asked for and the object has none, kQuotaViolation for what gets too long or too deep.
Result<std::string> ObjectText(const cim::Object& object, const WriteOptions& options);

}  // namespace wmi::xml
