// Changes of a class, one at a time: what a client does to a class object before it is put (contract 8.3, 8.4).
//
// Every function takes a class and returns a new one; the class given stays as it is, and a failure returns none. The
// result keeps the superclass and the home of the class, so a class that was fetched stays the class of its namespace
// until it is put again. Each is one change of a ClassDraft, with its rules and codes, and a copy of the class: for
// many changes use a draft. Functions without state; safe from several threads.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "cim/class.h"
#include "cim/class_draft.h"
#include "cim/row.h"

namespace wmi::cim {

// What GetObject without a path returns: a class without name, superclass, home and members.
Object MakeEmptyClass();

// Whether there can be instances and subclasses: the class has a name and a namespace, or is a method's signature.
bool IsComplete(const Class& schema);

// A draft below `superclass`: in no namespace, and without a name until NameClass. kIncompleteClass for a superclass
// that is not complete, kInvalidSuperclass for one marked Terminal.
Result<ClassPtr> DeriveClass(const ClassPtr& superclass);

// ClassDraft::Name.
Result<ClassPtr> NameClass(const Class& schema, std::string name);

// ClassDraft::PutProperty.
Result<ClassPtr> PutProperty(const Class& schema, std::string_view name, DataType type, Value default_value);

// A class without something, and kOk; kResetToDefault when what the superclass has holds again.
struct Removal {
  ClassPtr schema;
  Code code = code::kOk;
};

// kNotFound; kPropagatedProperty for what is only inherited.
Result<Removal> RemoveProperty(const Class& schema, std::string_view name);

// ClassDraft::PutMethod.
Result<ClassPtr> PutMethod(const Class& schema, std::string_view name, ClassPtr in, ClassPtr out);

// kNotFound; kPropagatedMethod for what is only inherited.
Result<Removal> RemoveMethod(const Class& schema, std::string_view name);

enum class Direction { kIn, kOut };

// The signature that an object describes: __PARAMETERS or a class below it, or an instance of one, whose values become
// the defaults. Each parameter gets the qualifier of its direction. Null for an object without parameters.
// kInvalidMethodParameters for any other object.
Result<ClassPtr> MakeSignature(const Object& parameters, Direction direction);

// ClassDraft::PutQualifier.
Result<ClassPtr> PutQualifier(const Class& schema, const Element& element, Qualifier qualifier);

// kNotFound; kPropagatedQualifier for what is only inherited; kInvalidOperation for CIMTYPE.
Result<Removal> RemoveQualifier(const Class& schema, const Element& element, std::string_view name);

}  // namespace wmi::cim
