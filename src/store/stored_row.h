// From an object that a client puts to the row that is stored (contract 1.3, PutInstance).
#pragma once

#include <functional>
#include <string>

#include "base/status.h"
#include "cim/class.h"
#include "cim/row.h"

namespace wmi::store {

// What becomes of a key that is NULL.
enum class NullKeys {
  kRefuse,    // kIllegalNull
  kGenerate,  // a string gets a GUID; kIllegalNull for other types
};

// The stored instance with this key (store/key_text.h); empty when there is none.
using StoredRow = std::function<cim::Object(const std::string& key)>;

// A row of `schema` with the values of `object`, matched by name: the object may belong to another version of the
// class. It stands in memory of its own. Properties that the object does not show (a select list left them out) come
// from the instance that is stored under its keys, or get their defaults when there is none. kIllegalNull for keys,
// `not_null` and `indexed` properties; kNoKey when the object does not show a key; kInvalidObject for a property that
// the class does not have, for a value that it cannot hold and for control characters in a key. The parameter of the
// failure is "Class.Property".
Result<cim::Object> MakeStoredRow(const cim::ClassPtr& schema, const cim::Object& object, NullKeys null_keys,
                                  const StoredRow& find_stored);

}  // namespace wmi::store
