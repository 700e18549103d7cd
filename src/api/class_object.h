// ClassObject: IWbemClassObject over a cim::Object, a class or an instance (contract 8.1 to 8.3), and the same object
// by property handle, IWbemObjectAccess (contract 9.4).
//
// A copy-on-write handle on a value: Clone shares it, a write replaces it by a changed copy, and nothing that WMI or
// another object holds changes. A class that only this object holds is changed in place. Reading is in class_object.cc,
// writing in class_object_write.cc, handles in object_access.cc. An enumeration walks the object as it was when it
// began, names and values, whatever is written meanwhile.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "api/object_access_lock.h"
#include "base/status.h"
#include "cim/class_draft.h"
#include "cim/class_edit.h"
#include "cim/row.h"

namespace wmi::api {

// Everything of the interface but IUnknown, which differs: objects of a batch share one allocation (object_batch.h),
// error objects have one more interface (error_object.h). For one thread at a time, except for the reference count:
// that includes the qualifier sets of the object, which read and write it. Methods set no error object (contract 0,
// rule 5).
class ClassObject : public IWbemObjectAccess {
 public:
  ClassObject(const ClassObject&) = delete;
  ClassObject& operator=(const ClassObject&) = delete;

  // The implementation behind an interface of ours, null for a foreign one or null. Not counted: valid as long as the
  // caller's own reference.
  static const ClassObject* From(IUnknown* object);

  // What the object is now: a class or an instance. A copy of it stays what it is when the object is written.
  const cim::Object& object() const;
  // The same to look at before the next write: neither it nor its class may be kept.
  const cim::Object& current() const { return object_; }
  // For qualifier sets, which write too. Of an instance.
  void Replace(cim::Object object) {
    const AccessLock::Scope update(access_lock_);
    object_ = std::move(object);
  }
  // Of a class: applies one change to it, and hands back its code. The class is changed in place when nobody else can
  // see it, so building a class costs about its members; otherwise a copy is, which then takes its place.
  using ClassChange = std::function<Result<Code>(cim::ClassDraft& draft)>;
  HRESULT ChangeClass(const ClassChange& change);

  HRESULT GetQualifierSet(IWbemQualifierSet** ppQualSet) override;
  HRESULT Get(LPCWSTR wszName, long lFlags, VARIANT* pVal, CIMTYPE* pType, long* plFlavor) override;
  HRESULT Put(LPCWSTR wszName, long lFlags, VARIANT* pVal, CIMTYPE Type) override;
  HRESULT Delete(LPCWSTR wszName) override;
  HRESULT GetNames(LPCWSTR wszQualifierName, long lFlags, VARIANT* pQualifierVal, SAFEARRAY** pNames) override;
  HRESULT BeginEnumeration(long lEnumFlags) override;
  HRESULT Next(long lFlags, BSTR* strName, VARIANT* pVal, CIMTYPE* pType, long* plFlavor) override;
  HRESULT EndEnumeration() override;
  HRESULT GetPropertyQualifierSet(LPCWSTR wszProperty, IWbemQualifierSet** ppQualSet) override;
  HRESULT Clone(IWbemClassObject** ppCopy) override;
  HRESULT GetObjectText(long lFlags, BSTR* pstrObjectText) override;
  HRESULT SpawnDerivedClass(long lFlags, IWbemClassObject** ppNewClass) override;
  HRESULT SpawnInstance(long lFlags, IWbemClassObject** ppNewInstance) override;
  HRESULT CompareTo(long lFlags, IWbemClassObject* pCompareTo) override;
  HRESULT GetPropertyOrigin(LPCWSTR wszName, BSTR* pstrClassName) override;
  HRESULT InheritsFrom(LPCWSTR strAncestor) override;
  HRESULT GetMethod(LPCWSTR wszName, long lFlags, IWbemClassObject** ppInSignature,
                    IWbemClassObject** ppOutSignature) override;
  HRESULT PutMethod(LPCWSTR wszName, long lFlags, IWbemClassObject* pInSignature,
                    IWbemClassObject* pOutSignature) override;
  HRESULT DeleteMethod(LPCWSTR wszName) override;
  HRESULT BeginMethodEnumeration(long lEnumFlags) override;
  HRESULT NextMethod(long lFlags, BSTR* pstrName, IWbemClassObject** ppInSignature,
                     IWbemClassObject** ppOutSignature) override;
  HRESULT EndMethodEnumeration() override;
  HRESULT GetMethodQualifierSet(LPCWSTR wszMethod, IWbemQualifierSet** ppQualSet) override;
  HRESULT GetMethodOrigin(LPCWSTR wszMethodName, BSTR* pstrClassName) override;

  // IWbemObjectAccess. WBEM_S_FALSE, and zero, for NULL. kInvalidParameter for a handle that is none of this class,
  // kNotFound for a property that the select list left out, kTypeMismatch for a property that is no number of this
  // width or narrower, kValueOutOfRange for a number that a narrower property cannot hold, kBufferTooSmall with the
  // bytes needed. GetPropertyHandle: kNotSupported for arrays and objects, kSystemProperty for those of the system.
  HRESULT GetPropertyHandle(LPCWSTR wszPropertyName, CIMTYPE* pType, long* plHandle) override;
  HRESULT WritePropertyValue(long lHandle, long lNumBytes, const BYTE* aData) override;
  HRESULT ReadPropertyValue(long lHandle, long lBufferSize, long* plNumBytes, BYTE* aData) override;
  HRESULT ReadDWORD(long lHandle, DWORD* pdw) override;
  HRESULT WriteDWORD(long lHandle, DWORD dw) override;
  HRESULT ReadQWORD(long lHandle, unsigned long long* pqw) override;
  HRESULT WriteQWORD(long lHandle, unsigned long long pw) override;
  HRESULT GetPropertyInfoByHandle(long lHandle, BSTR* pstrName, CIMTYPE* pType) override;
  // Holds back the writes of other threads, by whatever method, until Unlock; as often as it was locked. Unlock of what
  // this thread has not locked: kInvalidOperation.
  HRESULT Lock(long lFlags) override;
  HRESULT Unlock(long lFlags) override;

 protected:
  explicit ClassObject(cim::Object object);
  virtual ~ClassObject();

  // For QueryInterface: IUnknown, IWbemClassObject, IWbemObjectAccess and the private identifier behind From(); null
  // for others.
  void* FindClassInterface(REFIID riid);

 private:
  struct Enumerations;  // made when the first enumeration begins
  struct Draft;         // made when a class is first written

  HRESULT Read(const cim::Object& object, std::size_t slot, VARIANT* pVal, CIMTYPE* pType, long* plFlavor) const;
  HRESULT ReadSystem(const cim::Object& object, std::size_t index, VARIANT* pVal, CIMTYPE* pType, long* plFlavor) const;
  HRESULT PutSystem(std::size_t index, const VARIANT* pVal, CIMTYPE type);
  HRESULT PutOfInstance(std::string_view name, const VARIANT* pVal, CIMTYPE type);
  HRESULT PutOfClass(std::string_view name, const VARIANT* pVal, CIMTYPE type);
  Enumerations& EnsureEnumerations();
  // Of handles: null for one that is none of this class.
  const cim::Property* FindHandle(long handle, std::size_t& slot) const;
  Code FindNumber(long handle, std::size_t bytes_max, std::size_t& slot, cim::ValueView& value) const;
  HRESULT WriteBits(long handle, std::size_t bytes, std::uint64_t bits);
  HRESULT WriteSlot(std::size_t slot, const Result<cim::Value>& value);

  AccessLock access_lock_;  // before each write
  cim::Object object_;
  std::unique_ptr<Draft> draft_;  // of the class in object_, once written
  std::unique_ptr<Enumerations> enumerations_;
};

}  // namespace wmi::api
