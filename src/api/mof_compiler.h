// MofCompiler: IMofCompiler, MOF files and texts into the repository (contract 10).
#pragma once

#include <wbemcli.h>

#include <string>

#include "api/mof_tool.h"
#include "base/status.h"
#include "com/com_object.h"
#include "engine/engine.h"

namespace wmi::api {

// Has no state of its own; safe from several threads. `engine` outlives it.
//
// What is compiled goes in whole or, after an error, not at all. Every failing call leaves an IErrorInfo; what is wrong
// with a text is no failure: WBEM_S_FALSE, and the first error in the struct. Other errors come through IMofTool, or to
// the standard output with WBEM_FLAG_CONSOLE_PRINT.
class MofCompiler final : public com::ComObject<IMofCompiler, IMofTool> {
 public:
  explicit MofCompiler(engine::Engine& engine) : engine_(engine) {}

  // ServerAndNamespace NULL is root\default; User, Authority and Password are for other machines and must be NULL.
  // pInfo may be NULL. WBEM_E_INVALID_PARAMETER for flags that contradict each other or are unknown;
  // WBEM_E_NOT_SUPPORTED for those of binary MOF (WMI_CHECK, SPLIT_FILES, STORE_FILE); WBEM_E_NOT_FOUND and
  // WBEM_E_ACCESS_DENIED for the file, with lPhaseError 1; the codes of ConnectServer.
  HRESULT CompileFile(LPWSTR FileName, LPWSTR ServerAndNamespace, LPWSTR User, LPWSTR Authority, LPWSTR Password,
                      LONG lOptionFlags, LONG lClassFlags, LONG lInstanceFlags,
                      WBEM_COMPILE_STATUS_INFO* pInfo) override;
  // Included files are relative to the working directory.
  HRESULT CompileBuffer(long BuffSize, BYTE* pBuffer, LPWSTR ServerAndNamespace, LPWSTR User, LPWSTR Authority,
                        LPWSTR Password, LONG lOptionFlags, LONG lClassFlags, LONG lInstanceFlags,
                        WBEM_COMPILE_STATUS_INFO* pInfo) override;
  // WBEM_E_NOT_SUPPORTED: there is no binary MOF.
  HRESULT CreateBMOF(LPWSTR TextFileName, LPWSTR BMOFFileName, LPWSTR ServerAndNamespace, LONG lOptionFlags,
                     LONG lClassFlags, LONG lInstanceFlags, WBEM_COMPILE_STATUS_INFO* pInfo) override;

  HRESULT Compile(const MofRequest* request, MofListener* listener, MofOutcome* outcome) override;
  HRESULT Export(const MofExportRequest* request, MofListener* listener) override;

 protected:
  ~MofCompiler() override = default;

 private:
  HRESULT Fail(const Status& status, const char* operation);

  engine::Engine& engine_;
};

}  // namespace wmi::api
