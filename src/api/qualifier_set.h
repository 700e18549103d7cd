// QualifierSetObject: IWbemQualifierSet on a class, a property or a method (contract 8.3, 8.4).
//
// A set is live: it reads and writes the object that it came from, so two sets of one object, and the object itself,
// see each other's writes. Once its property or method is gone it answers WBEM_E_NOT_FOUND. The set of an instance
// shows what the class hands to instances; an instance has no qualifiers of its own, so writing them answers
// WBEM_E_NOT_SUPPORTED.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "api/class_object.h"
#include "cim/class.h"
#include "cim/class_edit.h"
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
  using QualifiersPtr = std::shared_ptr<const cim::QualifierSet>;
  struct Enumeration {
    QualifiersPtr of;
    std::vector<const cim::Qualifier*> items;
    std::size_t next = 0;
  };

  // What the object shows now; null when it has no such element any more.
  QualifiersPtr Qualifiers() const;
  // kInvalidParameter for flags other than none, LOCAL_ONLY or PROPAGATED_ONLY.
  Code Select(long flags, Enumeration& out) const;

  const com::ComPtr<IWbemClassObject> owner_;  // keeps object_
  ClassObject& object_;
  const cim::Element element_;
  QualifiersPtr of_instance_;  // null for a class; the class of an instance never changes
  std::optional<Enumeration> enumeration_;
};

// The set of an element that the object's class has.
com::ComPtr<IWbemQualifierSet> MakeQualifierSet(ClassObject& object, cim::Element element);

}  // namespace wmi::api
