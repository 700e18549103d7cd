// ObjectTextSource: IWbemObjectTextSrc, objects as XML and back (contract 9.5; the work is done by the module xml).
#pragma once

#include <wbemcli.h>

#include "com/com_object.h"

namespace wmi::api {

// Has no state; safe from several threads, as long as the objects that it is given are. A failing call leaves an
// IErrorInfo whose description says what is wrong; of text, at which line and column.
class ObjectTextSource final : public com::ComObject<IWbemObjectTextSrc> {
 public:
  // Takes objects of any implementation, and reads those of others through their interface. The context may hold
  // LocalOnly, IncludeQualifiers, ExcludeSystemProperties, IncludeClassOrigin (VT_BOOL) and PathLevel (VT_I4, 0 to 3);
  // other names are ignored. WBEM_E_NOT_FOUND for a format other than the two; WBEM_E_INVALID_PARAMETER for flags, null
  // pointers and values of the context that are none of these; WBEM_E_INVALID_OBJECT for an object without the path
  // that is asked for; WBEM_E_INCOMPLETE_CLASS for a class without a name.
  HRESULT GetText(long lFlags, IWbemClassObject* pObj, ULONG uObjTextFormat, IWbemContext* pCtx,
                  BSTR* strText) override;
  // The context is not looked at. WBEM_E_NOT_FOUND and WBEM_E_INVALID_PARAMETER as above; WBEM_E_INVALID_SYNTAX for
  // what is no XML, WBEM_E_INVALID_OBJECT for what describes no object, WBEM_E_TYPE_MISMATCH and
  // WBEM_E_VALUE_OUT_OF_RANGE for values, WBEM_E_QUOTA_VIOLATION past a limit, and the codes of the rules of classes.
  HRESULT CreateFromText(long lFlags, BSTR strText, ULONG uObjTextFormat, IWbemContext* pCtx,
                         IWbemClassObject** pNewObj) override;

 protected:
  ~ObjectTextSource() override = default;
};

}  // namespace wmi::api
