#include "xml/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "cim/check.h"
#include "cim/object_path.h"
#include "xml/document.h"
#include "xml/object_parts.h"
#include "xml/reference.h"
#include "xml/scalar_text.h"

namespace wmi::xml {
namespace {

using cim::CimType;
using cim::DataType;
using cim::Qualifier;
using cim::QualifierSet;
using cim::Value;

// What an element of a property or parameter holds.
struct Shape {
  enum class Holds { kScalars, kReferences, kObjects };
  Holds holds;
  bool is_array;
};

struct NamedShape {
  std::string_view suffix;  // behind PROPERTY or PARAMETER
  Shape shape;
};
constexpr std::array<NamedShape, 6> kShapes = {{
    {"", {Shape::Holds::kScalars, false}},
    {".ARRAY", {Shape::Holds::kScalars, true}},
    {".REFERENCE", {Shape::Holds::kReferences, false}},
    {".REFARRAY", {Shape::Holds::kReferences, true}},
    {".OBJECT", {Shape::Holds::kObjects, false}},
    {".OBJECTARRAY", {Shape::Holds::kObjects, true}},
}};

std::optional<Shape> ShapeOf(std::string_view element, std::string_view stem) {
  if (!element.starts_with(stem)) return std::nullopt;
  for (const NamedShape& each : kShapes) {
    if (element.substr(stem.size()) == each.suffix) return each.shape;
  }
  return std::nullopt;
}

bool IsWrapper(std::string_view name) {
  constexpr std::array kWrappers = {
      std::string_view("CIM"),
      std::string_view("DECLARATION"),
      std::string_view("DECLGROUP"),
      std::string_view("DECLGROUP.WITHNAME"),
      std::string_view("DECLGROUP.WITHPATH"),
      std::string_view("VALUE.OBJECT"),
      std::string_view("VALUE.NAMEDOBJECT"),
      std::string_view("VALUE.NAMEDINSTANCE"),
      std::string_view("VALUE.OBJECTWITHPATH"),
      std::string_view("VALUE.OBJECTWITHLOCALPATH"),
  };
  return std::find(kWrappers.begin(), kWrappers.end(), name) != kWrappers.end();
}

bool IsPath(std::string_view name) {
  return name == "INSTANCENAME" || name == "INSTANCEPATH" || name == "LOCALINSTANCEPATH" || name == "CLASSPATH" ||
         name == "LOCALCLASSPATH";
}

Qualifier DirectionQualifier(std::string_view name) {
  return {std::string(name), Value::Boolean(true), {CimType::kBoolean, false, {}}, 0, false};
}

// The failure of something that `element` describes. A place that it has already is one in a value or a name.
Status At(const Element& element, const Status& status) { return Fault(status.code(), element, status.Message()); }

// What the system properties and paths of a text say.
struct SystemFacts {
  std::vector<std::string> derivation;
  std::string superclass;
  std::string server;
  std::string name_space;
  std::string relative_path;
};

class Reader {
 public:
  Reader(Dtd dtd, std::size_t depth) : dtd_(dtd), depth_(depth) {}

  Result<cim::Object> Run(std::string_view text) {
    document_ = TRY(Document::Parse(text));
    const Element* object = &document_->root();
    while (IsWrapper(object->name)) object = TRY(Inside(*object));
    return ReadObject(*object, &document_->root());
  }

 private:
  // ---- objects ------------------------------------------------------------------------------------------------------

  // The one object in a wrapper.
  Result<const Element*> Inside(const Element& wrapper) {
    const Element* found = nullptr;
    for (const Element* child = document_->First(wrapper); child != nullptr; child = document_->Next(*child)) {
      if (IsPath(child->name)) {
        path_ = child;
        continue;
      }
      if (found != nullptr) return Fault(code::kInvalidObject, *child, "a second object; a text holds one");
      found = child;
    }
    if (found == nullptr) {
      return Fault(code::kInvalidObject, wrapper,
                   fmt::format("{} is empty; CLASS or INSTANCE is expected", wrapper.name));
    }
    return found;
  }

  Result<cim::Object> ReadObject(const Element& element, const Element* around) {
    if (element.name != "CLASS" && element.name != "INSTANCE") {
      return Fault(code::kInvalidObject, element,
                   fmt::format("{} stands where CLASS or INSTANCE is expected", element.name));
    }
    const Element* path = around == nullptr ? nullptr : std::exchange(path_, nullptr);
    ObjectParts parts;
    const bool is_class = element.name == "CLASS";
    parts.kind = is_class ? ObjectParts::Kind::kClass : ObjectParts::Kind::kInstance;
    parts.class_name = TRY(NameOf(element, is_class ? "NAME" : "CLASSNAME"));
    SystemFacts facts;
    if (const std::string* superclass = element.Find("SUPERCLASS"); superclass != nullptr && is_class) {
      facts.superclass = *superclass;
    }
    for (const Element* child = document_->First(element); child != nullptr; child = document_->Next(*child)) {
      TRY(ReadMember(*child, parts, facts));
    }
    if (path != nullptr) TRY(UsePath(*path, facts));
    ApplyFacts(std::move(facts), parts);
    Result<cim::Object> object = Assemble(std::move(parts));
    if (!object.ok()) return At(*AtFault(element, object.status()), object.status());
    return object;
  }

  // The member whose name the failure's `parameter` ends with ("Class.Member"); the last one of that name, since it is
  // the second that is wrong. Otherwise the object.
  const Element* AtFault(const Element& object, const Status& status) const {
    if (status.detail() == nullptr) return &object;
    const std::string& place = status.detail()->parameter;
    const std::size_t dot = place.rfind('.');
    if (dot == std::string::npos) return &object;
    const Element* found = &object;
    for (const Element* child = document_->First(object); child != nullptr; child = document_->Next(*child)) {
      const std::string* name = child->Find("NAME");
      if (child->name != "QUALIFIER" && name != nullptr && EqualFolded(*name, place.substr(dot + 1))) found = child;
    }
    return found;
  }

  Status ReadMember(const Element& element, ObjectParts& parts, SystemFacts& facts) {
    if (element.name == "QUALIFIER") return ReadQualifier(element, parts.qualifiers);
    if (element.name == "METHOD" && parts.kind == ObjectParts::Kind::kClass) {
      parts.methods.push_back(TRY(ReadMethod(element)));
      return Status();
    }
    const std::optional<Shape> shape = ShapeOf(element.name, "PROPERTY");
    if (!shape) {
      return Fault(code::kInvalidObject, element,
                   fmt::format("{} stands where {} is expected", element.name,
                               parts.kind == ObjectParts::Kind::kClass ? "QUALIFIER, PROPERTY… or METHOD"
                                                                       : "QUALIFIER or PROPERTY…"));
    }
    cim::Property property = TRY(ReadTyped(element, *shape));
    if (property.name.starts_with("__")) return TakeSystemProperty(property, facts);
    parts.properties.push_back(std::move(property));
    return Status();
  }

  // Those that are computed from others are not looked at.
  static Status TakeSystemProperty(const cim::Property& property, SystemFacts& facts) {
    const cim::ValueView value = property.default_value.view();
    const auto take = [&](std::string_view name, std::string& target) {
      if (EqualFolded(property.name, name) && value.kind() == cim::ValueKind::kText) target = std::string(value.text());
    };
    take("__SUPERCLASS", facts.superclass);
    take("__SERVER", facts.server);
    take("__NAMESPACE", facts.name_space);
    take("__RELPATH", facts.relative_path);
    if (EqualFolded(property.name, "__DERIVATION") && value.kind() == cim::ValueKind::kArray) {
      for (const cim::ValueView name : value.items()) {
        if (name.kind() == cim::ValueKind::kText) facts.derivation.emplace_back(name.text());
      }
    }
    return Status();
  }

  // What stands before the object in its wrapper.
  Status UsePath(const Element& element, SystemFacts& facts) {
    const cim::ObjectPath path = TRY(ReadPath(*document_, element));
    if (facts.server.empty()) facts.server = path.server;
    if (facts.name_space.empty()) facts.name_space = path.name_space;
    if (facts.relative_path.empty()) {
      cim::ObjectPath relative = path;
      relative.server.clear();
      relative.name_space.clear();
      relative.names_server = false;
      facts.relative_path = cim::FormatObjectPath(relative);
    }
    return Status();
  }

  static void ApplyFacts(SystemFacts facts, ObjectParts& parts) {
    parts.derivation = std::move(facts.derivation);
    if (parts.derivation.empty() && !facts.superclass.empty()) parts.derivation.push_back(facts.superclass);
    if (!facts.name_space.empty()) {
      parts.home = std::make_shared<const cim::Home>(cim::Home{facts.server, facts.name_space});
    }
    if (parts.kind != ObjectParts::Kind::kInstance) return;
    const Result<cim::ObjectPath> path = cim::ParseObjectPath(facts.relative_path);
    if (!path.ok()) return;  // a hint only
    for (const cim::ObjectPath::Key& key : path->keys) {
      if (!key.name.empty()) parts.keys.push_back(key.name);
    }
  }

  Result<std::string> NameOf(const Element& element, std::string_view attribute) const {
    const std::string* name = element.Find(attribute);
    if (name != nullptr && !name->empty()) return *name;
    return Fault(code::kInvalidObject, element, fmt::format("{} has no attribute {}", element.name, attribute));
  }

  Result<bool> Flag(const Element& element, std::string_view attribute, bool when_missing) const {
    const std::string* value = element.Find(attribute);
    if (value == nullptr) return when_missing;
    if (EqualFolded(*value, "true")) return true;
    if (EqualFolded(*value, "false")) return false;
    return Fault(code::kInvalidObject, element, fmt::format("{} is \"{}\"; use true or false", attribute, *value));
  }

  // ---- qualifiers ---------------------------------------------------------------------------------------------------

  Status ReadQualifier(const Element& element, QualifierSet& target) {
    Qualifier qualifier;
    qualifier.name = TRY(NameOf(element, "NAME"));
    qualifier.type.type = TRY(TypeOf(element));
    qualifier.propagated = TRY(Flag(element, "PROPAGATED", false));
    const auto add = [&](bool is_set, std::uint32_t flavor) { qualifier.flavor |= is_set ? flavor : 0; };
    add(!TRY(Flag(element, "OVERRIDABLE", true)), cim::flavor::kNotOverridable);
    add(TRY(Flag(element, "TOSUBCLASS", true)), cim::flavor::kToSubclass);
    add(TRY(Flag(element, "TOINSTANCE", false)), cim::flavor::kToInstance);
    add(TRY(Flag(element, "TRANSLATABLE", false)), cim::flavor::kAmended);
    const Element* value = document_->First(element);
    qualifier.type.is_array = value != nullptr && value->name == "VALUE.ARRAY";
    if (value != nullptr) qualifier.value = TRY(ReadScalars(qualifier.type, *value));
    if (value != nullptr && document_->Next(*value) != nullptr) return Surplus(*document_->Next(*value));
    target.Set(std::move(qualifier));
    return Status();
  }

  // ---- properties and parameters ------------------------------------------------------------------------------------

  Result<CimType> TypeOf(const Element& element) const {
    const std::string name = TRY(NameOf(element, "TYPE"));
    const std::optional<CimType> type = FindType(name);
    if (type) return *type;
    return Fault(code::kInvalidObject, element, fmt::format("there is no type {}", name));
  }

  // A type that the element states by its name or attributes; qualifiers may make an object of a string.
  Result<DataType> StatedType(const Element& element, const Shape& shape) const {
    DataType type{CimType::kObject, shape.is_array, {}};
    if (shape.holds == Shape::Holds::kScalars) {
      type.type = TRY(TypeOf(element));
      if (type.type == CimType::kObject || type.type == CimType::kReference) {
        return Fault(code::kInvalidObject, element,
                     fmt::format("{} cannot hold the type {}; it has elements of its own", element.name,
                                 XmlTypeName(type.type)));
      }
      return type;
    }
    if (shape.holds == Shape::Holds::kReferences) type.type = CimType::kReference;
    if (const std::string* class_name = element.Find("REFERENCECLASS")) type.class_name = *class_name;
    if (shape.holds == Shape::Holds::kObjects && dtd_ == Dtd::kCim) {
      return Fault(code::kInvalidObject, element,
                   fmt::format("{} is an element of the WMI document type; read the text as that", element.name));
    }
    return type;
  }

  // Removes what only says that a string holds an object.
  static void TakeEmbedding(const Element& element, QualifierSet& qualifiers, DataType& type) {
    if (type.type != CimType::kString) return;
    const std::string class_name(qualifiers.Text(kEmbeddedInstance));
    if (element.Find(kEmbeddedObject) == nullptr && class_name.empty() && !qualifiers.IsTrue(kEmbeddedObject)) return;
    type.type = CimType::kObject;
    type.class_name = class_name;
    qualifiers.Remove(kEmbeddedInstance);
    qualifiers.Remove(kEmbeddedObject);
  }

  // A class that no attribute names, from the qualifier that WMI gives to every property.
  static void TakeCimType(QualifierSet& qualifiers, DataType& type) {
    const std::string_view said = qualifiers.Text("CIMTYPE");
    const std::size_t colon = said.find(':');
    const bool has_class = type.type == CimType::kReference || type.type == CimType::kObject;
    if (has_class && type.class_name.empty() && colon != std::string_view::npos)
      type.class_name = said.substr(colon + 1);
    qualifiers.Remove("CIMTYPE");
  }

  Result<cim::Property> ReadTyped(const Element& element, const Shape& shape) {
    cim::Property property;
    property.name = TRY(NameOf(element, "NAME"));
    property.type = TRY(StatedType(element, shape));
    if (const std::string* origin = element.Find("CLASSORIGIN")) property.origin = *origin;
    property.is_local = !TRY(Flag(element, "PROPAGATED", false));
    const Element* value = nullptr;
    for (const Element* child = document_->First(element); child != nullptr; child = document_->Next(*child)) {
      if (child->name == "QUALIFIER") {
        TRY(ReadQualifier(*child, property.qualifiers));
      } else if (value == nullptr) {
        value = child;
      } else {
        return Surplus(*child);
      }
    }
    TakeEmbedding(element, property.qualifiers, property.type);
    TakeCimType(property.qualifiers, property.type);
    if (value == nullptr) return property;
    property.default_value = TRY(ReadValue(property.type, shape, *value));
    const Status checked = cim::CheckValue(property.type, property.default_value.view());
    if (!checked.ok()) return At(*value, checked);
    return property;
  }

  // ---- values -------------------------------------------------------------------------------------------------------

  Status Surplus(const Element& element) const {
    return Fault(code::kInvalidObject, element, fmt::format("{} follows the value; there is one value", element.name));
  }

  Status Expect(const Element& element, std::string_view name) const {
    if (element.name == name) return Status();
    return Fault(code::kInvalidObject, element, fmt::format("{} stands where {} is expected", element.name, name));
  }

  Result<Value> ReadValue(const DataType& type, const Shape& shape, const Element& element) {
    switch (shape.holds) {
      case Shape::Holds::kReferences:
        if (!type.is_array) return ReadOneReference(element);
        return ReadItems(element, "VALUE.REFARRAY", [&](const Element& item) { return ReadOneReference(item); });
      case Shape::Holds::kObjects:
        if (!type.is_array) return ReadOneObject(element);
        return ReadItems(element, "VALUE.OBJECTARRAY", [&](const Element& item) { return ReadOneObject(item); });
      case Shape::Holds::kScalars:
        break;
    }
    return ReadScalars(type, element);
  }

  Result<Value> ReadScalars(const DataType& type, const Element& element) {
    if (!type.is_array) return ReadScalar(type.type, element);
    return ReadItems(element, "VALUE.ARRAY", [&](const Element& item) { return ReadScalar(type.type, item); });
  }

  template <typename ReadItem>
  Result<Value> ReadItems(const Element& array, std::string_view name, ReadItem&& read_item) {
    TRY(Expect(array, name));
    std::vector<Value> items;
    for (const Element* item = document_->First(array); item != nullptr; item = document_->Next(*item)) {
      if (items.size() == limits::kArrayLengthMax) {
        return Fault(code::kQuotaViolation, *item, fmt::format("more than {} items", limits::kArrayLengthMax));
      }
      items.push_back(TRY(read_item(*item)));
    }
    return Value::Array(std::move(items));
  }

  Result<Value> ReadScalar(CimType type, const Element& element) {
    TRY(Expect(element, "VALUE"));
    if (const Element* inside = document_->First(element)) {
      return Fault(code::kInvalidObject, *inside, "VALUE holds text only");
    }
    if (type == CimType::kObject) return ReadEmbeddedText(element);
    std::optional<Value> value = ParseScalar(type, element.text);
    if (value) return *std::move(value);
    return Fault(code::kTypeMismatch, element,
                 fmt::format("{} is no {}", cim::Describe(cim::ValueView::Text(element.text)), XmlTypeName(type)));
  }

  Result<Value> ReadOneReference(const Element& element) {
    TRY(Expect(element, "VALUE.REFERENCE"));
    return Value::Text(TRY(ReadReference(*document_, element)));
  }

  Status CheckDepth(const Element& element) const {
    if (depth_ < limits::kObjectNestingMax) return Status();
    return Fault(code::kQuotaViolation, element,
                 fmt::format("objects nest deeper than {} levels", limits::kObjectNestingMax));
  }

  Result<Value> ReadOneObject(const Element& element) {
    TRY(Expect(element, "VALUE.OBJECT"));
    TRY(CheckDepth(element));
    const Element* object = document_->First(element);
    if (object == nullptr) return Fault(code::kInvalidObject, element, "VALUE.OBJECT is empty; leave it out for NULL");
    if (const Element* second = document_->Next(*object)) return Surplus(*second);
    ++depth_;
    Result<cim::Object> read = ReadObject(*object, nullptr);
    --depth_;
    if (!read.ok()) return read.status();
    return Value::OfObject(*std::move(read));
  }

  Result<Value> ReadEmbeddedText(const Element& element) {
    TRY(CheckDepth(element));
    Result<cim::Object> read = Reader(dtd_, depth_ + 1).Run(element.text);
    if (!read.ok()) {
      return Fault(read.status().code(), element, fmt::format("in the embedded object, {}", read.status().Message()));
    }
    return Value::OfObject(*std::move(read));
  }

  // ---- methods ------------------------------------------------------------------------------------------------------

  struct Signature {
    cim::ClassDeclaration in;
    cim::ClassDeclaration out;
  };

  Result<cim::Method> ReadMethod(const Element& element) {
    cim::Method method;
    method.name = TRY(NameOf(element, "NAME"));
    if (const std::string* origin = element.Find("CLASSORIGIN")) method.origin = *origin;
    method.is_local = !TRY(Flag(element, "PROPAGATED", false));
    Signature signature;
    std::int64_t next_id = 0;
    for (const Element* child = document_->First(element); child != nullptr; child = document_->Next(*child)) {
      if (child->name == "QUALIFIER") {
        TRY(ReadQualifier(*child, method.qualifiers));
      } else if (const std::optional<Shape> shape = ShapeOf(child->name, "PARAMETER")) {
        AddParameter(TRY(ReadTyped(*child, *shape)), next_id++, signature);
      } else {
        return Fault(code::kInvalidObject, *child,
                     fmt::format("{} stands where QUALIFIER or PARAMETER… is expected", child->name));
      }
    }
    TRY(ReadReturn(element, method.qualifiers, signature.out));
    method.in = TRY(MakeSide(element, std::move(signature.in)));
    method.out = TRY(MakeSide(element, std::move(signature.out)));
    return method;
  }

  Status ReadReturn(const Element& element, QualifierSet& qualifiers, cim::ClassDeclaration& out) const {
    if (element.Find("TYPE") == nullptr) return Status();
    cim::Property returned;
    returned.name = kReturnValue;
    returned.type.type = TRY(TypeOf(element));
    if (const std::string* class_name = element.Find("REFERENCECLASS")) returned.type.class_name = *class_name;
    TakeEmbedding(element, qualifiers, returned.type);
    returned.qualifiers.Set(DirectionQualifier("out"));
    out.properties.push_back(std::move(returned));
    return Status();
  }

  // Without qualifiers, a parameter goes in and has the number of its place.
  static void AddParameter(cim::Property parameter, std::int64_t place, Signature& signature) {
    parameter.is_local = true;
    if (parameter.qualifiers.Find("ID") == nullptr) {
      const std::uint32_t flavors = cim::flavor::kToSubclass | cim::flavor::kNotOverridable;
      parameter.qualifiers.Set({"ID", Value::Signed(place), {CimType::kSint32, false, {}}, flavors, false});
    }
    const bool is_out = parameter.qualifiers.IsTrue("out");
    const bool is_in = parameter.qualifiers.IsTrue("in") || !is_out;
    if (is_out) AddDirected(parameter, "out", "in", signature.out);
    if (is_in) AddDirected(std::move(parameter), "in", "out", signature.in);
  }

  static void AddDirected(cim::Property parameter, std::string_view direction, std::string_view opposite,
                          cim::ClassDeclaration& side) {
    parameter.qualifiers.Remove(opposite);
    if (parameter.qualifiers.Find(direction) == nullptr) parameter.qualifiers.Set(DirectionQualifier(direction));
    side.properties.push_back(std::move(parameter));
  }

  // Null when there are no parameters on this side.
  static Result<cim::ClassPtr> MakeSide(const Element& method, cim::ClassDeclaration side) {
    if (side.properties.empty()) return cim::ClassPtr();
    side.name = kParameters;
    Result<cim::ClassPtr> made = cim::Class::Make(std::move(side), nullptr, nullptr);
    if (!made.ok()) return At(method, made.status());
    return made;
  }

  const Dtd dtd_;
  std::size_t depth_;                 // objects around this one
  std::optional<Document> document_;  // from Run on
  const Element* path_ = nullptr;     // of the object that is in the wrapper
};

}  // namespace

Result<cim::Object> ReadObject(std::string_view utf8, Dtd dtd) { return Reader(dtd, 0).Run(utf8); }

}  // namespace wmi::xml
