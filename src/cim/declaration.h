// From a class back to what it says itself: the inverse of Class::Make.
#pragma once

#include "cim/class.h"

namespace wmi::cim {

// The properties and methods that the class declares or overrides, in the order of their slots, and its own qualifiers:
// nothing that it inherits and nothing that Class::Make adds itself, such as CIMTYPE. So
//   Class::Make(DeclarationOf(c), c.superclass(), home)
// makes an equal class, and with a changed superclass the class as it would be had it been declared under that one.
// An overridden property whose default is that of the superclass comes with a NULL default, which follows the
// superclass. `origin`, `is_overridden` and `is_key` are left as they are in the class; Make computes them anew. The
// declaration is the caller's own; long values and signatures are shared with the class.
ClassDeclaration DeclarationOf(const Class& schema);

}  // namespace wmi::cim
