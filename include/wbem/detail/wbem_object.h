// Objects and classes: IWbemClassObject, its qualifiers, and access to properties by handle. All of these are local
// copies in the caller's memory: no method makes a round trip, and changes reach WMI only through PutClass or
// PutInstance. One object is for one thread at a time.
#ifndef OPENWMI_DETAIL_WBEM_OBJECT_H
#define OPENWMI_DETAIL_WBEM_OBJECT_H

#include "../oleauto.h"
#include "wbem_flags.h"

#ifdef OPENWMI_CXX_INTERFACES

struct IWbemQualifierSet;
struct IWbemServices;
struct IWbemContext;

// A class or an instance.
struct IWbemClassObject : public IUnknown {
  // The qualifiers of the class or instance itself; a live set, writing changes the object.
  virtual HRESULT STDMETHODCALLTYPE GetQualifierSet(IWbemQualifierSet** ppQualSet) = 0;
  // *pVal needs no initialisation and is not cleared first; it is untouched on error. NULL values come as VT_NULL,
  // 64-bit integers and dates as VT_BSTR. WBEM_E_NOT_FOUND.
  virtual HRESULT STDMETHODCALLTYPE Get(LPCWSTR wszName, long lFlags, VARIANT* pVal, CIMTYPE* pType = NULL,
                                        long* plFlavor = NULL) = 0;
  // `pVal` NULL sets NULL. `Type` 0 unless a class gets a new property whose VARIANT does not tell the type.
  virtual HRESULT STDMETHODCALLTYPE Put(LPCWSTR wszName, long lFlags, VARIANT* pVal, CIMTYPE Type) = 0;
  // On a class removes an own property; on an instance the default comes back.
  virtual HRESULT STDMETHODCALLTYPE Delete(LPCWSTR wszName) = 0;
  // Always a new array of BSTR, perhaps empty. Flags: one of each group of WBEM_CONDITION_FLAG_TYPE.
  virtual HRESULT STDMETHODCALLTYPE GetNames(LPCWSTR wszQualifierName, long lFlags, VARIANT* pQualifierVal,
                                             SAFEARRAY** pNames) = 0;
  // One enumeration per object at a time; Next ends with WBEM_S_NO_MORE_DATA.
  virtual HRESULT STDMETHODCALLTYPE BeginEnumeration(long lEnumFlags) = 0;
  virtual HRESULT STDMETHODCALLTYPE Next(long lFlags, BSTR* strName, VARIANT* pVal, CIMTYPE* pType = NULL,
                                         long* plFlavor = NULL) = 0;
  virtual HRESULT STDMETHODCALLTYPE EndEnumeration() = 0;
  // WBEM_E_SYSTEM_PROPERTY for a system property.
  virtual HRESULT STDMETHODCALLTYPE GetPropertyQualifierSet(LPCWSTR wszProperty, IWbemQualifierSet** ppQualSet) = 0;
  // An independent copy.
  virtual HRESULT STDMETHODCALLTYPE Clone(IWbemClassObject** ppCopy) = 0;
  // MOF of what is local to the object. The caller frees the string.
  virtual HRESULT STDMETHODCALLTYPE GetObjectText(long lFlags, BSTR* pstrObjectText) = 0;
  virtual HRESULT STDMETHODCALLTYPE SpawnDerivedClass(long lFlags, IWbemClassObject** ppNewClass) = 0;
  // From an instance: an empty instance of its class.
  virtual HRESULT STDMETHODCALLTYPE SpawnInstance(long lFlags, IWbemClassObject** ppNewInstance) = 0;
  // WBEM_S_SAME or WBEM_S_DIFFERENT; flags are WBEM_COMPARISON_FLAG.
  virtual HRESULT STDMETHODCALLTYPE CompareTo(long lFlags, IWbemClassObject* pCompareTo) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetPropertyOrigin(LPCWSTR wszName, BSTR* pstrClassName) = 0;
  // S_OK or S_FALSE; every class inherits from itself.
  virtual HRESULT STDMETHODCALLTYPE InheritsFrom(LPCWSTR strAncestor) = 0;
  // The classes of the in and out parameters, NULL where there are none.
  virtual HRESULT STDMETHODCALLTYPE GetMethod(LPCWSTR wszName, long lFlags, IWbemClassObject** ppInSignature,
                                              IWbemClassObject** ppOutSignature) = 0;
  virtual HRESULT STDMETHODCALLTYPE PutMethod(LPCWSTR wszName, long lFlags, IWbemClassObject* pInSignature,
                                              IWbemClassObject* pOutSignature) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteMethod(LPCWSTR wszName) = 0;
  virtual HRESULT STDMETHODCALLTYPE BeginMethodEnumeration(long lEnumFlags) = 0;
  virtual HRESULT STDMETHODCALLTYPE NextMethod(long lFlags, BSTR* pstrName, IWbemClassObject** ppInSignature,
                                               IWbemClassObject** ppOutSignature) = 0;
  virtual HRESULT STDMETHODCALLTYPE EndMethodEnumeration() = 0;
  virtual HRESULT STDMETHODCALLTYPE GetMethodQualifierSet(LPCWSTR wszMethod, IWbemQualifierSet** ppQualSet) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetMethodOrigin(LPCWSTR wszMethodName, BSTR* pstrClassName) = 0;
};
OPENWMI_INTERFACE_ID(IWbemClassObject, 0xDC12A681, 0x737F, 0x11CF, 0x88, 0x4D, 0x00, 0xAA, 0x00, 0x4B, 0x2E, 0x24)

// The qualifiers of a class, instance, property or method.
struct IWbemQualifierSet : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Get(LPCWSTR wszName, long lFlags, VARIANT* pVal, long* plFlavor = NULL) = 0;
  // Only VT_I4, VT_R8, VT_BSTR, VT_BOOL and arrays of one of them. `lFlavor` is WBEM_FLAVOR_TYPE.
  virtual HRESULT STDMETHODCALLTYPE Put(LPCWSTR wszName, VARIANT* pVal, long lFlavor) = 0;
  virtual HRESULT STDMETHODCALLTYPE Delete(LPCWSTR wszName) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetNames(long lFlags, SAFEARRAY** pNames) = 0;
  virtual HRESULT STDMETHODCALLTYPE BeginEnumeration(long lFlags) = 0;
  // Ends with WBEM_S_NO_MORE_DATA.
  virtual HRESULT STDMETHODCALLTYPE Next(long lFlags, BSTR* pstrName, VARIANT* pVal, long* plFlavor = NULL) = 0;
  virtual HRESULT STDMETHODCALLTYPE EndEnumeration() = 0;
};
OPENWMI_INTERFACE_ID(IWbemQualifierSet, 0xDC12A680, 0x737F, 0x11CF, 0x88, 0x4D, 0x00, 0xAA, 0x00, 0x4B, 0x2E, 0x24)

// The same object by property handle, for reading fast: every class object of WMI answers QueryInterface for it. A
// handle serves all instances of the class and of its subclasses; arrays, objects and system properties have none.
// Strings, datetimes and references are bytes of wchar_t, which is 32 bits wide here, with a NUL at the end; a byte
// count in a call is a multiple of sizeof(wchar_t). NULL reads as WBEM_S_FALSE. A handle that is none of the object's
// class: WBEM_E_INVALID_PARAMETER.
struct IWbemObjectAccess : public IWbemClassObject {
  virtual HRESULT STDMETHODCALLTYPE GetPropertyHandle(LPCWSTR wszPropertyName, CIMTYPE* pType, long* plHandle) = 0;
  // Data is typed BYTE here instead of `byte`, which may be ambiguous with std::byte; the type is the same.
  // Exactly the bytes of the type; for 32-bit integers also sizeof(DWORD). The NUL of a text may be counted or not.
  virtual HRESULT STDMETHODCALLTYPE WritePropertyValue(long lHandle, long lNumBytes, const BYTE* aData) = 0;
  // When the buffer of an integer is wider than its type (sizeof(DWORD) is 8 here), the number is extended to fill up
  // to 8 bytes; *plNumBytes is what its type has. A buffer that is too small: WBEM_E_BUFFER_TOO_SMALL and the size
  // needed.
  virtual HRESULT STDMETHODCALLTYPE ReadPropertyValue(long lHandle, long lBufferSize, long* plNumBytes,
                                                      BYTE* aData) = 0;
  // Numbers of 32 bits and narrower, ReadQWORD also of 64, a narrower signed one with its sign.
  virtual HRESULT STDMETHODCALLTYPE ReadDWORD(long lHandle, DWORD* pdw) = 0;
  virtual HRESULT STDMETHODCALLTYPE WriteDWORD(long lHandle, DWORD dw) = 0;
  virtual HRESULT STDMETHODCALLTYPE ReadQWORD(long lHandle, unsigned long long* pqw) = 0;
  virtual HRESULT STDMETHODCALLTYPE WriteQWORD(long lHandle, unsigned long long pw) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetPropertyInfoByHandle(long lHandle, BSTR* pstrName, CIMTYPE* pType) = 0;
  // Flags are ignored. Keeps the writes of other threads out until as many calls of Unlock.
  virtual HRESULT STDMETHODCALLTYPE Lock(long lFlags) = 0;
  virtual HRESULT STDMETHODCALLTYPE Unlock(long lFlags) = 0;
};
OPENWMI_INTERFACE_ID(IWbemObjectAccess, 0x49353C9A, 0x516B, 0x11D1, 0xAE, 0xA6, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)

#endif

#endif
