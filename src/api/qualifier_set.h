// QualifierSetObject: IWbemQualifierSet for reading (contract 8.3, 8.4). Put and Delete answer WBEM_E_NOT_SUPPORTED.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "cim/class.h"
#include "cim/row.h"
#include "com/com_object.h"
#include "com/com_ptr.h"

namespace wmi::api {

// For one thread at a time, except for the reference count. Keeps what it shows alive. Sets no error object.
class QualifierSetObject final : public com::ComObject<IWbemQualifierSet> {
 public:
  explicit QualifierSetObject(std::shared_ptr<const cim::QualifierSet> qualifiers);

  HRESULT Get(LPCWSTR wszName, long lFlags, VARIANT* pVal, long* plFlavor) override;
  HRESULT Put(LPCWSTR wszName, VARIANT* pVal, long lFlavor) override;
  HRESULT Delete(LPCWSTR wszName) override;
  HRESULT GetNames(long lFlags, SAFEARRAY** pNames) override;
  HRESULT BeginEnumeration(long lFlags) override;
  HRESULT Next(long lFlags, BSTR* pstrName, VARIANT* pVal, long* plFlavor) override;
  HRESULT EndEnumeration() override;

 protected:
  ~QualifierSetObject() override = default;

 private:
  struct Enumeration {
    std::vector<const cim::Qualifier*> items;
    std::size_t next = 0;
  };

  // kInvalidParameter for flags other than none, LOCAL_ONLY or PROPAGATED_ONLY.
  Code Select(long flags, std::vector<const cim::Qualifier*>& out) const;

  const std::shared_ptr<const cim::QualifierSet> qualifiers_;
  std::optional<Enumeration> enumeration_;
};

// The set that an object shows of `of_class`, a part of its class: of an instance, what it inherits from there.
com::ComPtr<IWbemQualifierSet> MakeQualifierSet(const cim::Object& object, const cim::QualifierSet& of_class);

}  // namespace wmi::api
