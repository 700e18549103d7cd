// A class object that is not of this library: it answers nothing. For tests.
#pragma once

#include <wbemcli.h>

#include "com/com_object.h"

namespace wmi::api {

class ForeignObject final : public com::ComObject<IWbemClassObject> {
 public:
  HRESULT GetQualifierSet(IWbemQualifierSet**) override { return E_NOTIMPL; }
  HRESULT Get(LPCWSTR, long, VARIANT*, CIMTYPE*, long*) override { return E_NOTIMPL; }
  HRESULT Put(LPCWSTR, long, VARIANT*, CIMTYPE) override { return E_NOTIMPL; }
  HRESULT Delete(LPCWSTR) override { return E_NOTIMPL; }
  HRESULT GetNames(LPCWSTR, long, VARIANT*, SAFEARRAY**) override { return E_NOTIMPL; }
  HRESULT BeginEnumeration(long) override { return E_NOTIMPL; }
  HRESULT Next(long, BSTR*, VARIANT*, CIMTYPE*, long*) override { return E_NOTIMPL; }
  HRESULT EndEnumeration() override { return E_NOTIMPL; }
  HRESULT GetPropertyQualifierSet(LPCWSTR, IWbemQualifierSet**) override { return E_NOTIMPL; }
  HRESULT Clone(IWbemClassObject**) override { return E_NOTIMPL; }
  HRESULT GetObjectText(long, BSTR*) override { return E_NOTIMPL; }
  HRESULT SpawnDerivedClass(long, IWbemClassObject**) override { return E_NOTIMPL; }
  HRESULT SpawnInstance(long, IWbemClassObject**) override { return E_NOTIMPL; }
  HRESULT CompareTo(long, IWbemClassObject*) override { return E_NOTIMPL; }
  HRESULT GetPropertyOrigin(LPCWSTR, BSTR*) override { return E_NOTIMPL; }
  HRESULT InheritsFrom(LPCWSTR) override { return E_NOTIMPL; }
  HRESULT GetMethod(LPCWSTR, long, IWbemClassObject**, IWbemClassObject**) override { return E_NOTIMPL; }
  HRESULT PutMethod(LPCWSTR, long, IWbemClassObject*, IWbemClassObject*) override { return E_NOTIMPL; }
  HRESULT DeleteMethod(LPCWSTR) override { return E_NOTIMPL; }
  HRESULT BeginMethodEnumeration(long) override { return E_NOTIMPL; }
  HRESULT NextMethod(long, BSTR*, IWbemClassObject**, IWbemClassObject**) override { return E_NOTIMPL; }
  HRESULT EndMethodEnumeration() override { return E_NOTIMPL; }
  HRESULT GetMethodQualifierSet(LPCWSTR, IWbemQualifierSet**) override { return E_NOTIMPL; }
  HRESULT GetMethodOrigin(LPCWSTR, BSTR*) override { return E_NOTIMPL; }

 protected:
  ~ForeignObject() override = default;
};

}  // namespace wmi::api
