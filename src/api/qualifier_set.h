// QualifierSetObject: IWbemQualifierSet on a class, a property or a method (contract 8.3, 8.4).
//
// A set is live: it reads and writes the object that it came from, so two sets of one object, and the object itself,
// see each other's writes. Once its property or method is gone it answers WBEM_E_NOT_FOUND. The set of an instance
// shows its own qualifiers (local) and what the class hands to instances (propagated); writing changes its own.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "api/class_object.h"
#include "cim/class.h"
#include "cim/class_edit.h"
#include "cim/instance_qualifiers.h"
#include "com/com_object.h"
#include "com/com_ptr.h"

namespace wmi::api {

// For one thread at a time together with its object, except for the reference count. Keeps the object alive. Sets no
// error object. An enumeration walks the qualifiers as they were when it began.
class QualifierSetObject final : public com::ComObject<IWbemQualifierSet> {
 public:
  QualifierSetObject(ClassObject& object, cim::Element element);

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
    std::vector<cim::Qualifier> items;
    std::size_t next = 0;
  };

  // Calls `read` with what the object shows now; kNotFound when it has no such element any more.
  template <typename Read>
  HRESULT WithQualifiers(const Read& read) const;
  // Of an instance, which has the properties of its class for ever.
  cim::QualifiedSlot Slot() const;
  HRESULT PutOnClass(cim::Qualifier qualifier);
  HRESULT PutOnInstance(cim::Qualifier qualifier);
  // kInvalidParameter for flags other than none, LOCAL_ONLY or PROPAGATED_ONLY.
  HRESULT Select(long flags, Enumeration& out) const;

  const com::ComPtr<IWbemClassObject> owner_;  // keeps object_
  ClassObject& object_;
  const cim::Element element_;
  std::optional<Enumeration> enumeration_;
};

// The set of an element that the object's class has.
com::ComPtr<IWbemQualifierSet> MakeQualifierSet(ClassObject& object, cim::Element element);

}  // namespace wmi::api
