// References as elements: VALUE.REFERENCE and what names an object (DSP0201). Functions without state; safe from
// several threads.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "cim/object_path.h"
#include "xml/document.h"
#include "xml/output.h"

namespace wmi::xml {

// VALUE.REFERENCE with the parts of a path. A text that is no object path, or not in the form in which paths are
// printed, stands in CLASSNAME as it is, so that it reads back as itself.
void WriteReference(std::string_view path, Output& out);

// The text that a VALUE.REFERENCE names; kInvalidObject with the place.
Result<std::string> ReadReference(const Document& document, const Element& value_reference);

// How much of a path stands before an object.
enum class PathForm { kName, kLocal, kFull };
// INSTANCENAME, LOCALINSTANCEPATH or INSTANCEPATH; of a class LOCALCLASSPATH or CLASSPATH. Server and namespace that
// the path lacks are written empty.
void WritePath(const cim::ObjectPath& path, PathForm form, Output& out);

// The path that one of those elements, or CLASSNAME, stands for; kInvalidObject for another element.
Result<cim::ObjectPath> ReadPath(const Document& document, const Element& element);

}  // namespace wmi::xml
