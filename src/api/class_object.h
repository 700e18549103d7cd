// ClassObject: IWbemClassObject over a cim::Object, a class or an instance (contract 8.1 to 8.3).
//
// A copy-on-write handle on an immutable value: Clone shares it, and nothing that WMI holds changes. Reading is whole;
// writing (Put, Delete, PutMethod, DeleteMethod, SpawnDerivedClass, SpawnInstance) answers WBEM_E_NOT_SUPPORTED.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <memory>

#include "cim/row.h"

namespace wmi::api {

// Everything of IWbemClassObject but IUnknown, which differs: objects of a batch share one allocation (object_batch.h),
// error objects have one more interface (error_object.h). For one thread at a time, except for the reference count.
// Methods set no error object (contract 0, rule 5).
class ClassObject : public IWbemClassObject {
 public:
  ClassObject(const ClassObject&) = delete;
  ClassObject& operator=(const ClassObject&) = delete;

  // The implementation behind an interface of ours, null for a foreign one or null. Not counted: valid as long as the
  // caller's own reference.
  static const ClassObject* From(IUnknown* object);

  const cim::Object& object() const { return object_; }

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

 protected:
  explicit ClassObject(cim::Object object);
  virtual ~ClassObject();

  // For QueryInterface: IUnknown, IWbemClassObject and the private identifier behind From(); null for others.
  void* FindClassInterface(REFIID riid);

 private:
  struct Enumerations;  // made when the first enumeration begins

  HRESULT Read(std::size_t slot, VARIANT* pVal, CIMTYPE* pType, long* plFlavor) const;
  HRESULT ReadSystem(std::size_t index, VARIANT* pVal, CIMTYPE* pType, long* plFlavor) const;
  Enumerations& EnsureEnumerations();

  const cim::Object object_;
  std::unique_ptr<Enumerations> enumerations_;
};

}  // namespace wmi::api
