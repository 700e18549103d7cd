#include "api/factories.h"

#include <wbemcli.h>
#include <wbemprov.h>
#include <wmiutils.h>

#include "api/backup_restore.h"
#include "api/context.h"
#include "api/event_host.h"
#include "api/locator.h"
#include "api/mof_compiler.h"
#include "api/object_text_source.h"
#include "api/status_code_text.h"
#include "api/unsecured_apartment.h"
#include "api/wbem_path.h"
#include "api/wbem_query.h"
#include "com/abi_call.h"
#include "com/class_registry.h"
#include "com/com_ptr.h"

namespace wmi::api {
namespace {

template <typename T, typename... Arguments>
HRESULT Create(REFIID riid, void** object, Arguments&... arguments) {
  return com::AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
    if (object == nullptr) return E_POINTER;
    *object = nullptr;
    return com::MakeCom<T>(arguments...)->QueryInterface(riid, object);
  });
}

}  // namespace

void RegisterClasses(engine::Engine& engine) {
  const com::Creator locator = [&engine](REFIID riid, void** object) { return Create<Locator>(riid, object, engine); };
  // The variants differ on Windows in how they authenticate to another machine.
  for (const GUID& clsid : {CLSID_WbemLocator, CLSID_WbemAdministrativeLocator, CLSID_WbemAuthenticatedLocator,
                            CLSID_WbemUnauthenticatedLocator}) {
    com::RegisterClass(clsid, locator);
  }
  com::RegisterClass(CLSID_WbemContext, [](REFIID riid, void** object) { return Create<Context>(riid, object); });
  com::RegisterClass(CLSID_WbemObjectTextSrc,
                     [](REFIID riid, void** object) { return Create<ObjectTextSource>(riid, object); });
  com::RegisterClass(CLSID_WbemBackupRestore,
                     [&engine](REFIID riid, void** object) { return Create<BackupRestore>(riid, object, engine); });
  com::RegisterClass(CLSID_OpenWmiHost,
                     [&engine](REFIID riid, void** object) { return Create<EventHost>(riid, object, engine); });
  com::RegisterClass(CLSID_WbemStatusCodeText,
                     [](REFIID riid, void** object) { return Create<StatusCodeText>(riid, object); });
  com::RegisterClass(CLSID_WbemDefPath, [](REFIID riid, void** object) { return Create<WbemPath>(riid, object); });
  com::RegisterClass(CLSID_WbemQuery, [](REFIID riid, void** object) { return Create<WbemQuery>(riid, object); });
  com::RegisterClass(CLSID_MofCompiler,
                     [&engine](REFIID riid, void** object) { return Create<MofCompiler>(riid, object, engine); });
  com::RegisterClass(CLSID_UnsecuredApartment, [&engine](REFIID riid, void** object) {
    return Create<UnsecuredApartment>(riid, object, engine);
  });
}

}  // namespace wmi::api
