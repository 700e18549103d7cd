// What the tests of smart pointers point to: an object with two interfaces, counted by LiveObjects().
#pragma once

#include <oleauto.h>

#include "com/com_object.h"

namespace wmi::com {

class CountedFactory final : public ComObject<IClassFactory, ISupportErrorInfo> {
 public:
  HRESULT CreateInstance(IUnknown*, REFIID, void**) override { return E_NOTIMPL; }
  HRESULT LockServer(BOOL) override { return S_OK; }
  HRESULT InterfaceSupportsErrorInfo(REFIID) override { return S_FALSE; }
};

}  // namespace wmi::com
