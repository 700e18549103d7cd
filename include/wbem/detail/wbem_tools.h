// The lesser interfaces of wbemcli.h: refresher, unsecured apartment, MOF compiler, backup, texts of codes, XML text.
#ifndef OPENWMI_DETAIL_WBEM_TOOLS_H
#define OPENWMI_DETAIL_WBEM_TOOLS_H

#include "wbem_services.h"

typedef struct tag_CompileStatusInfo {
  long lPhaseError;
  HRESULT hRes;
  long ObjectNum;
  long FirstLine;
  long LastLine;
  DWORD dwOutFlags;
} WBEM_COMPILE_STATUS_INFO;

#ifdef OPENWMI_CXX_INTERFACES

// Reads new values into the objects that were added through IWbemConfigureRefresher.
struct IWbemRefresher : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Refresh(long lFlags) = 0;
};
OPENWMI_INTERFACE_ID(IWbemRefresher, 0x49353C99, 0x516B, 0x11D1, 0xAE, 0xA6, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)

// The objects of one refreshed class.
struct IWbemHiPerfEnum : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE AddObjects(long lFlags, ULONG uNumObjects, long* apIds,
                                               IWbemObjectAccess** apObj) = 0;
  virtual HRESULT STDMETHODCALLTYPE RemoveObjects(long lFlags, ULONG uNumObjects, long* apIds) = 0;
  // WBEM_E_BUFFER_TOO_SMALL and the number needed in *puReturned if uNumObjects is too few.
  virtual HRESULT STDMETHODCALLTYPE GetObjects(long lFlags, ULONG uNumObjects, IWbemObjectAccess** apObj,
                                               ULONG* puReturned) = 0;
  virtual HRESULT STDMETHODCALLTYPE RemoveAll(long lFlags) = 0;
};
OPENWMI_INTERFACE_ID(IWbemHiPerfEnum, 0x2705C288, 0x79AE, 0x11D2, 0xB3, 0x48, 0x00, 0x10, 0x5A, 0x1F, 0x81, 0x77)

// What a refresher refreshes.
struct IWbemConfigureRefresher : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE AddObjectByPath(IWbemServices* pNamespace, LPCWSTR wszPath, long lFlags,
                                                    IWbemContext* pContext, IWbemClassObject** ppRefreshable,
                                                    long* plId) = 0;
  virtual HRESULT STDMETHODCALLTYPE AddObjectByTemplate(IWbemServices* pNamespace, IWbemClassObject* pTemplate,
                                                        long lFlags, IWbemContext* pContext,
                                                        IWbemClassObject** ppRefreshable, long* plId) = 0;
  virtual HRESULT STDMETHODCALLTYPE AddRefresher(IWbemRefresher* pRefresher, long lFlags, long* plId) = 0;
  virtual HRESULT STDMETHODCALLTYPE Remove(long lId, long lFlags) = 0;
  virtual HRESULT STDMETHODCALLTYPE AddEnum(IWbemServices* pNamespace, LPCWSTR wszClassName, long lFlags,
                                            IWbemContext* pContext, IWbemHiPerfEnum** ppEnum, long* plId) = 0;
};
OPENWMI_INTERFACE_ID(IWbemConfigureRefresher, 0x49353C92, 0x516B, 0x11D1, 0xAE, 0xA6, 0x00, 0xC0, 0x4F, 0xB6, 0x88,
                     0x20)

// Marks a stub: what CreateObjectStub and CreateSinkStub made answers it, other sinks do not. No public header gives it
// an identifier; this one is OpenWMI's own.
struct IUnsecured : public IUnknown {};
OPENWMI_INTERFACE_ID(IUnsecured, 0x58A0E28E, 0x3FE2, 0x4383, 0xB9, 0x0F, 0x9B, 0x36, 0xD2, 0x78, 0x48, 0xC4)

// Makes stubs (CLSID_UnsecuredApartment; CLSCTX_LOCAL_SERVER and CLSCTX_INPROC_SERVER mean the same here). A stub is a
// sink that owns the sink it was made for and passes calls on to it; the apartment may be released before its stubs.
// Give the stub to the asynchronous call, and to CancelAsyncCall: the sink behind it is unknown to that method.
//
// CreateObjectStub: `ppStub` is then asked for IID_IWbemObjectSink. E_NOINTERFACE: the object is no sink; its count is
// unchanged. WBEM_E_INVALID_PARAMETER: a NULL. The check of callers follows the machine's setting, as with flag 0
// below.
struct IUnsecuredApartment : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE CreateObjectStub(IUnknown* pObject, IUnknown** ppStub) = 0;
};
OPENWMI_INTERFACE_ID(IUnsecuredApartment, 0x1CFABA8C, 0x1523, 0x11D1, 0xAD, 0x79, 0x00, 0xC0, 0x4F, 0xD8, 0xFD, 0xFF)

// The same with the sink pointer directly. `dwFlags` is one WBEM_UNSECAPP_FLAG_TYPE: may accounts other than that of
// the first caller call the sink back? Follow the machine's setting UnsecAppAccessControlDefault, or no, or yes. A
// refused caller gets WBEM_E_ACCESS_DENIED. `wszReserved` is NULL. WBEM_E_INVALID_PARAMETER: anything else.
struct IWbemUnsecuredApartment : public IUnsecuredApartment {
  virtual HRESULT STDMETHODCALLTYPE CreateSinkStub(IWbemObjectSink* pSink, DWORD dwFlags, LPCWSTR wszReserved,
                                                   IWbemObjectSink** ppStub) = 0;
};
OPENWMI_INTERFACE_ID(IWbemUnsecuredApartment, 0x31739D04, 0x3471, 0x4CF4, 0x9A, 0x7C, 0x57, 0xA4, 0x4A, 0xE7, 0x19,
                     0x56)

// Text of a status code. The caller frees the string.
struct IWbemStatusCodeText : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetErrorCodeText(HRESULT hRes, LCID LocaleId, long lFlags, BSTR* MessageText) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetFacilityCodeText(HRESULT hRes, LCID LocaleId, long lFlags,
                                                        BSTR* MessageText) = 0;
};
OPENWMI_INTERFACE_ID(IWbemStatusCodeText, 0xEB87E1BC, 0x3233, 0x11D2, 0xAE, 0xC9, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)

// Compiles MOF into a namespace.
struct IMofCompiler : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE CompileFile(LPWSTR FileName, LPWSTR ServerAndNamespace, LPWSTR User,
                                                LPWSTR Authority, LPWSTR Password, LONG lOptionFlags, LONG lClassFlags,
                                                LONG lInstanceFlags, WBEM_COMPILE_STATUS_INFO* pInfo) = 0;
  virtual HRESULT STDMETHODCALLTYPE CompileBuffer(long BuffSize, BYTE* pBuffer, LPWSTR ServerAndNamespace, LPWSTR User,
                                                  LPWSTR Authority, LPWSTR Password, LONG lOptionFlags,
                                                  LONG lClassFlags, LONG lInstanceFlags,
                                                  WBEM_COMPILE_STATUS_INFO* pInfo) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateBMOF(LPWSTR TextFileName, LPWSTR BMOFFileName, LPWSTR ServerAndNamespace,
                                               LONG lOptionFlags, LONG lClassFlags, LONG lInstanceFlags,
                                               WBEM_COMPILE_STATUS_INFO* pInfo) = 0;
};
OPENWMI_INTERFACE_ID(IMofCompiler, 0x6DAF974E, 0x2E37, 0x11D2, 0xAE, 0xC9, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)

// Backup of the repository.
struct IWbemBackupRestore : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Backup(LPCWSTR strBackupToFile, long lFlags) = 0;
  virtual HRESULT STDMETHODCALLTYPE Restore(LPCWSTR strRestoreFromFile, long lFlags) = 0;
};
OPENWMI_INTERFACE_ID(IWbemBackupRestore, 0xC49E32C7, 0xBC8B, 0x11D2, 0x85, 0xD4, 0x00, 0x10, 0x5A, 0x1F, 0x83, 0x04)

// Backup with the repository held still.
struct IWbemBackupRestoreEx : public IWbemBackupRestore {
  virtual HRESULT STDMETHODCALLTYPE Pause() = 0;
  virtual HRESULT STDMETHODCALLTYPE Resume() = 0;
};
OPENWMI_INTERFACE_ID(IWbemBackupRestoreEx, 0xA359DEC5, 0xE813, 0x4834, 0x8A, 0x2A, 0xBA, 0x7F, 0x1D, 0x77, 0x7D, 0x76)

// Implemented by components that want to know when WMI ends.
struct IWbemShutdown : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Shutdown(LONG uReason, ULONG uMaxMilliseconds, IWbemContext* pCtx) = 0;
};
OPENWMI_INTERFACE_ID(IWbemShutdown, 0xB7B31DF9, 0xD515, 0x11D3, 0xA1, 0x1C, 0x00, 0x10, 0x5A, 0x1F, 0x51, 0x5A)

// Objects as XML text and back: WMI_OBJ_TEXT_CIM_DTD_2_0 or WMI_OBJ_TEXT_WMI_DTD_2_0, WBEM_E_NOT_FOUND for other
// formats. The context of GetText may hold LocalOnly, IncludeQualifiers, ExcludeSystemProperties, IncludeClassOrigin
// (VT_BOOL) and PathLevel (VT_I4, 0 to 3). What CreateFromText finds wrong with a text is in GetErrorInfo, with line
// and column.
struct IWbemObjectTextSrc : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetText(long lFlags, IWbemClassObject* pObj, ULONG uObjTextFormat,
                                            IWbemContext* pCtx, BSTR* strText) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateFromText(long lFlags, BSTR strText, ULONG uObjTextFormat, IWbemContext* pCtx,
                                                   IWbemClassObject** pNewObj) = 0;
};
OPENWMI_INTERFACE_ID(IWbemObjectTextSrc, 0xBFBF883A, 0xCAD7, 0x11D3, 0xA1, 0x1B, 0x00, 0x10, 0x5A, 0x1F, 0x51, 0x5A)

#endif

#endif
