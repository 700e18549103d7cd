#include "com/server_module.h"

#include <fmt/format.h>
#include <objbase.h>
#include <winreg.h>

#include <cstdint>
#include <set>
#include <utility>

#include "base/mutex.h"
#include "base/text.h"
#include "base/trusted_file.h"
#include "win32/module/module.h"
#include "win32/registry/open_keys.h"

namespace wmi::com {
namespace {

constexpr char kEntrance[] = "DllGetClassObject";
using GetClassObject = HRESULT (*)(REFCLSID, REFIID, LPVOID*);

std::string ClsidText(REFCLSID clsid) {
  wchar_t text[CHARS_IN_GUID];
  StringFromGUID2(clsid, text, CHARS_IN_GUID);
  return Utf8FromWide(text);
}

HRESULT Refused(const Status& status, std::string& why) {
  why = status.Message();
  return status.code() == code::kNotFound ? CO_E_DLLNOTFOUND : E_ACCESSDENIED;
}

// The path that the registry has for the class.
HRESULT ReadServerPath(const std::string& clsid, std::string& path, std::string& why) {
  std::string root;
  if (win32::UserRegistryRoot(root) != ERROR_SUCCESS) {
    why = "there is no registry: set OPENWMI_REGISTRY to an absolute path";
    return REGDB_E_CLASSNOTREG;
  }
  why = fmt::format("no class {} is registered in the registry at {}", clsid, root);
  const win32::RegistryStore store = win32::RegistryAt(root);
  const win32::KeyPath key = {"HKEY_LOCAL_MACHINE", "SOFTWARE", "Classes", "CLSID", clsid, "InprocServer32"};
  std::string file;
  if (store.FindValueFile(key, {}, file) != ERROR_SUCCESS) return REGDB_E_CLASSNOTREG;
  const Result<std::string> trusted = TrustedFile(file);
  if (!trusted.ok()) return Refused(trusted.status(), why);
  // Not from the store, because the value may name environment variables.
  char text[4096];
  DWORD size = sizeof(text);
  const std::string name = "CLSID\\" + clsid + "\\InprocServer32";
  // NOLINTNEXTLINE(performance-no-int-to-ptr): predefined keys are numbers
  const LSTATUS error = RegGetValueA(HKEY_CLASSES_ROOT, name.c_str(), nullptr, RRF_RT_REG_SZ, nullptr, text, &size);
  if (error == ERROR_FILE_NOT_FOUND) return REGDB_E_CLASSNOTREG;
  if (error != ERROR_SUCCESS) {
    why = fmt::format("the path of class {} cannot be read from {} (error {})", clsid, file, error);
    return HRESULT_FROM_WIN32(error);
  }
  path = text;
  if (path.starts_with('/')) return S_OK;
  why = fmt::format("the path of class {} in {} is '{}', and must be an absolute one", clsid, file, path);
  return CO_E_DLLNOTFOUND;
}

// What foreign code throws is no bug of ours.
HRESULT Enter(GetClassObject entrance, REFCLSID clsid, ComPtr<IClassFactory>& factory) {
  try {
    return entrance(clsid, __uuidof(IClassFactory), reinterpret_cast<void**>(factory.Receive()));
  } catch (...) {
    return CO_E_ERRORINDLL;
  }
}

// Keeps a module for all classes in it; the first count is enough.
void Keep(HMODULE module) {
  struct Kept {
    Mutex mutex;
    std::set<HMODULE> modules WMI_GUARDED_BY(mutex);
  };
  static auto* const kept = new Kept;  // programs create objects while they exit, too
  MutexLock lock(kept->mutex);
  const bool first = kept->modules.insert(module).second;
  lock.Unlock();
  if (!first) win32::UnloadModule(module);
}

HRESULT LoadServer(const std::string& path, GetClassObject& entrance, std::string& why) {
  HMODULE module = nullptr;
  win32::LoadFailure failure;
  if (win32::LoadModule(path, module, failure) != ERROR_SUCCESS) {
    why = std::move(failure.text);
    return failure.error == ERROR_MOD_NOT_FOUND ? CO_E_DLLNOTFOUND : CO_E_ERRORINDLL;
  }
  entrance = reinterpret_cast<GetClassObject>(win32::ModuleSymbol(module, kEntrance));
  if (entrance == nullptr) {
    win32::UnloadModule(module);
    why = fmt::format("{} exports no {}", path, kEntrance);
    return CO_E_ERRORINDLL;
  }
  Keep(module);
  return S_OK;
}

}  // namespace

HRESULT FindServerFactory(REFCLSID clsid, ComPtr<IClassFactory>& factory, std::string& why) {
  std::string path;
  const std::string text = ClsidText(clsid);
  HRESULT hr = ReadServerPath(text, path, why);
  if (FAILED(hr)) return hr;
  const Result<std::string> trusted = TrustedFile(path);
  if (!trusted.ok()) return Refused(trusted.status(), why);
  GetClassObject entrance = nullptr;
  hr = LoadServer(*trusted, entrance, why);
  if (FAILED(hr)) return hr;
  hr = Enter(entrance, clsid, factory);
  if (SUCCEEDED(hr) && !factory) hr = CO_E_ERRORINDLL;
  if (FAILED(hr)) {
    why = fmt::format("{} of {} gave no factory for class {} (0x{:08x})", kEntrance, *trusted, text,
                      static_cast<std::uint32_t>(hr));
  }
  return hr;
}

}  // namespace wmi::com
