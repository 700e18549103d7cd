// Reads an IWbemClassObject into a Row.
#pragma once

#include <wbemidl.h>

#include <optional>
#include <string>
#include <vector>

#include "com/com_ptr.h"
#include "wmi/row.h"

namespace wmi::cli {

using ObjectPtr = com::ComPtr<IWbemClassObject>;

// The value of a VARIANT that holds a property of CIM type `type` (contract 8.2). What a VARIANT cannot hold by that
// type comes out as NULL.
Value ReadValue(const VARIANT& variant, CIMTYPE type);

// One property, system properties too; "a.b" reads b of the embedded object a. Nothing when there is none.
std::optional<Value> FindProperty(IWbemClassObject* object, std::string_view name);
// The same; NULL when there is none.
Value ReadProperty(IWbemClassObject* object, std::string_view name);

// Text of a property that is one; empty otherwise.
std::string ReadText(IWbemClassObject* object, std::string_view name);

// The named properties in that order, or all but the system properties in the order of the class.
Row ReadRow(IWbemClassObject* object, const std::vector<std::string>& columns);

// The names of all but the system properties, in the order of the class.
std::vector<std::string> PropertyNames(IWbemClassObject* object);

}  // namespace wmi::cli
