// Classes in shared objects: those that the user's registry names, as DllRegisterServer of a provider writes it there.
#pragma once

#include <unknwn.h>

#include <string>

#include "com/com_ptr.h"

namespace wmi::com {

// The factory of the class whose file is the default value of HKEY_CLASSES_ROOT\CLSID\{…}\InprocServer32: the file is
// loaded, its DllMain called if it is not loaded yet, and then its DllGetClassObject. It stays loaded until the end of
// the program. Foreign code runs, with no lock held.
//
// On failure `why` says what is wrong with which file:
//   REGDB_E_CLASSNOTREG  the registry does not name the class
//   E_ACCESSDENIED       registry or file could have been written by others (base/trusted_file.h)
//   CO_E_DLLNOTFOUND     there is no such file
//   CO_E_ERRORINDLL      it cannot be loaded, its DllMain refused, it has no DllGetClassObject, or one that threw
//   otherwise            what DllGetClassObject returned
HRESULT FindServerFactory(REFCLSID clsid, ComPtr<IClassFactory>& factory, std::string& why);

}  // namespace wmi::com
