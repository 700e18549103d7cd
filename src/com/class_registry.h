// The classes that CoCreateInstance can make: CLSID to factory. Filled by the composition root, explicitly; nothing
// registers itself. Safe from any thread; no lock is held while a factory or the initialiser runs.
#pragma once

#include <unknwn.h>

#include <functional>
#include <string>

#include "com/com_ptr.h"

namespace wmi::com {

// Makes an object of the class: S_OK and a counted pointer, or an error and null. May be called on any thread at once.
using Creator = std::function<HRESULT(REFIID riid, void** object)>;

// Called once, before the first look-up of a class; there the library builds what the classes need and calls
// RegisterClass. A failure is the result of that look-up, and the next one tries again.
using RegistryInitializer = std::function<HRESULT()>;
void SetRegistryInitializer(RegistryInitializer initializer);

// Offers a class. A class registered twice: the later one counts.
void RegisterClass(REFCLSID clsid, Creator creator);

// The factory of a class: one registered by the program, a built-in one, or one in a shared object that the user's
// registry names (com/server_module.h), in this order. REGDB_E_CLASSNOTREG when there is none. A failure with a shared
// object has its code, and `why` says which file and what is wrong; otherwise `why` stays empty.
HRESULT FindFactory(REFCLSID clsid, ComPtr<IClassFactory>& factory, std::string& why);

// Forgets classes and initialiser; tests only.
void ResetRegistryForTest();

}  // namespace wmi::com
