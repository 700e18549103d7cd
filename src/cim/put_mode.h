// What a put may do: PutMode (contract 1.2: WBEM_FLAG_CREATE_OR_UPDATE, _UPDATE_ONLY, _CREATE_ONLY) and, for a class,
// ClassUpdate (contract 1.3: WBEM_FLAG_UPDATE_COMPATIBLE, _SAFE_MODE, _FORCE_MODE).
#pragma once

namespace wmi::cim {

enum class PutMode { kCreateOrUpdate, kUpdateOnly, kCreateOnly };

// How far the update of a class may reach.
enum class ClassUpdate {
  kCompatible,  // no derived classes and no instances, or only qualifiers without consequence change
  kSafe,        // derived classes too, when nothing of theirs conflicts
  kForce,       // qualifiers of derived classes that conflict are removed
};

}  // namespace wmi::cim
