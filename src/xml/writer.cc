#include "xml/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "cim/instance_qualifiers.h"
#include "cim/object_path.h"
#include "xml/output.h"
#include "xml/reference.h"
#include "xml/scalar_text.h"
#include "xml/system_values.h"

namespace wmi::xml {
namespace {

using cim::CimType;
using cim::DataType;
using cim::Qualifier;
using cim::QualifierSet;
using cim::ValueView;
using Include = WriteOptions::Include;

struct ElementNames {
  std::string_view scalar;
  std::string_view array;
  std::string_view reference;
  std::string_view reference_array;
  std::string_view object;
  std::string_view object_array;
};
constexpr ElementNames kProperty = {"PROPERTY",          "PROPERTY.ARRAY",  "PROPERTY.REFERENCE",
                                    "PROPERTY.REFARRAY", "PROPERTY.OBJECT", "PROPERTY.OBJECTARRAY"};
constexpr ElementNames kParameter = {"PARAMETER",          "PARAMETER.ARRAY",  "PARAMETER.REFERENCE",
                                     "PARAMETER.REFARRAY", "PARAMETER.OBJECT", "PARAMETER.OBJECTARRAY"};

Qualifier StandardQualifier(std::string_view name, cim::Value value, CimType type) {
  return {std::string(name), std::move(value), {type, false, {}}, cim::flavor::kToSubclass, false};
}

// A parameter of a method: on one side or on both.
struct Parameter {
  const cim::Property* property;
  QualifierSet qualifiers;
  std::int64_t id;
};

std::int64_t IdOf(const cim::Property& parameter) {
  const Qualifier* id = parameter.qualifiers.Find("ID");
  const bool is_number = id != nullptr && id->value.view().kind() == cim::ValueKind::kSigned;
  return is_number ? id->value.view().signed_integer() : 0;
}

std::vector<Parameter> ParametersOf(const cim::Method& method) {
  std::vector<Parameter> parameters;
  for (const cim::ClassPtr& side : {method.in, method.out}) {
    if (side == nullptr) continue;
    for (const cim::Property& property : side->properties()) {
      if (EqualFolded(property.name, kReturnValue)) continue;
      const auto twin = std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& each) {
        return EqualFolded(each.property->name, property.name);
      });
      if (twin == parameters.end()) {
        parameters.push_back({&property, property.qualifiers, IdOf(property)});
      } else {
        for (const Qualifier& qualifier : property.qualifiers) twin->qualifiers.Set(qualifier);
      }
    }
  }
  // The rules of methods give each its own number.
  std::sort(parameters.begin(), parameters.end(), [](const Parameter& a, const Parameter& b) { return a.id < b.id; });
  return parameters;
}

class Writer {
 public:
  Writer(const WriteOptions& options, std::size_t depth) : options_(options), depth_(depth) {}

  Result<std::string> Run(const cim::Object& object) {
    TRY(WithPath(object));
    if (out_.is_too_long()) {
      return Status(code::kQuotaViolation, fmt::format("the XML text gets longer than {} bytes", limits::kXmlBytesMax));
    }
    return out_.Take();
  }

 private:
  Status WithPath(const cim::Object& object) {
    if (options_.path == WriteOptions::Path::kNone) return WriteObject(object);
    const std::string_view wrapper = options_.path == WriteOptions::Path::kName        ? "VALUE.NAMEDOBJECT"
                                     : options_.path == WriteOptions::Path::kLocalPath ? "VALUE.OBJECTWITHLOCALPATH"
                                                                                       : "VALUE.OBJECTWITHPATH";
    out_.Open(wrapper);
    TRY(WritePathOf(object));
    TRY(WriteObject(object));
    out_.Close(wrapper);
    return Status();
  }

  Status WritePathOf(const cim::Object& object) {
    const bool is_name = options_.path == WriteOptions::Path::kName;
    if (is_name && object.is_class()) return Status();  // VALUE.NAMEDOBJECT holds the name of instances only
    const std::optional<std::string> text = is_name ? cim::RelativePath(object) : cim::FullPath(object);
    if (!text) {
      return Status(code::kInvalidObject,
                    fmt::format("the object of class {} has no path to write; it needs its keys and a namespace",
                                object.schema().name()));
    }
    const cim::ObjectPath path = TRY(cim::ParseObjectPath(*text));
    WritePath(path,
              is_name                                           ? PathForm::kName
              : options_.path == WriteOptions::Path::kLocalPath ? PathForm::kLocal
                                                                : PathForm::kFull,
              out_);
    return Status();
  }

  Status WriteObject(const cim::Object& object) {
    const cim::Class& schema = object.schema();
    if (schema.name().empty()) return Status(code::kIncompleteClass, "a class without a name has no XML form");
    const std::string_view element = object.is_class() ? "CLASS" : "INSTANCE";
    out_.Open(element);
    out_.Attribute(object.is_class() ? "NAME" : "CLASSNAME", schema.name());
    if (object.is_class() && !schema.derivation().empty()) out_.Attribute("SUPERCLASS", schema.derivation().front());
    WriteQualifiers(cim::ShownQualifiers(object, std::nullopt));
    if (options_.system_properties == Include::kYes) TRY(WriteSystemProperties(object));
    for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) {
      if (object.IsVisible(slot)) TRY(WriteProperty(object, slot));
    }
    if (object.is_class()) {
      for (const cim::Method& method : schema.methods()) TRY(WriteMethod(method));
    }
    out_.Close(element);
    return Status();
  }

  Status WriteSystemProperties(const cim::Object& object) {
    for (const SystemValue& system : SystemValues(object)) {
      const std::string_view element = system.is_array ? kProperty.array : kProperty.scalar;
      out_.Open(element);
      out_.Attribute("NAME", system.name);
      if (options_.class_origin == Include::kYes) out_.Attribute("CLASSORIGIN", kSystemOrigin);
      out_.Attribute("TYPE", XmlTypeName(system.type));
      TRY(WriteValue({system.type, system.is_array, {}}, system.value.view()));
      out_.Close(element);
    }
    return Status();
  }

  // ---- typed members ------------------------------------------------------------------------------------------------

  bool IsObjectElement(const DataType& type) const {
    return type.type == CimType::kObject && options_.dtd == Dtd::kWmi;
  }

  std::string_view ElementOf(const ElementNames& names, const DataType& type) const {
    if (type.type == CimType::kReference) return type.is_array ? names.reference_array : names.reference;
    if (IsObjectElement(type)) return type.is_array ? names.object_array : names.object;
    return type.is_array ? names.array : names.scalar;
  }

  // The size of an array is only a suggestion and not kept.
  void WriteType(const DataType& type) {
    if (type.type == CimType::kReference || IsObjectElement(type)) {
      if (!type.class_name.empty()) out_.Attribute("REFERENCECLASS", type.class_name);
    } else {
      out_.Attribute("TYPE", XmlTypeName(type.type == CimType::kObject ? CimType::kString : type.type));
    }
  }

  void WriteOrigin(const std::string& origin, bool is_local) {
    if (options_.class_origin == Include::kYes) out_.Attribute("CLASSORIGIN", origin);
    if (!is_local) out_.Attribute("PROPAGATED", "true");
  }

  // What kCim has to say of a string that holds an object. Outside properties it has no attribute for that.
  QualifierSet WithEmbedding(QualifierSet qualifiers, const DataType& type) const {
    if (type.type != CimType::kObject || options_.dtd == Dtd::kWmi) return qualifiers;
    if (type.class_name.empty()) {
      qualifiers.Set(StandardQualifier(kEmbeddedObject, cim::Value::Boolean(true), CimType::kBoolean));
    } else {
      qualifiers.Set(StandardQualifier(kEmbeddedInstance, cim::Value::Text(type.class_name), CimType::kString));
    }
    return qualifiers;
  }

  Status WriteProperty(const cim::Object& object, std::size_t slot) {
    const cim::Property& property = object.schema().properties()[slot];
    if (!property.is_local && options_.members == WriteOptions::Members::kLocalOnly) return Status();
    const std::string_view element = ElementOf(kProperty, property.type);
    out_.Open(element);
    out_.Attribute("NAME", property.name);
    WriteOrigin(property.origin, property.is_local);
    WriteType(property.type);
    if (property.type.type == CimType::kObject && options_.dtd == Dtd::kCim) out_.Attribute(kEmbeddedObject, "object");
    WriteQualifiers(WithEmbedding(cim::ShownQualifiers(object, slot), property.type));
    TRY(WriteValue(property.type, object.slot(slot)));
    out_.Close(element);
    return Status();
  }

  Status WriteMethod(const cim::Method& method) {
    if (!method.is_local && options_.members == WriteOptions::Members::kLocalOnly) return Status();
    const cim::Property* returned = method.out == nullptr ? nullptr : method.out->FindProperty(kReturnValue);
    out_.Open("METHOD");
    out_.Attribute("NAME", method.name);
    if (returned != nullptr) {
      const bool is_text = returned->type.type == CimType::kObject && options_.dtd == Dtd::kCim;
      out_.Attribute("TYPE", XmlTypeName(is_text ? CimType::kString : returned->type.type));
      if (!is_text && !returned->type.class_name.empty()) out_.Attribute("REFERENCECLASS", returned->type.class_name);
    }
    WriteOrigin(method.origin, method.is_local);
    WriteQualifiers(returned == nullptr ? method.qualifiers : WithEmbedding(method.qualifiers, returned->type));
    for (const Parameter& parameter : ParametersOf(method)) TRY(WriteParameter(parameter));
    out_.Close("METHOD");
    return Status();
  }

  Status WriteParameter(const Parameter& parameter) {
    const cim::Property& property = *parameter.property;
    const std::string_view element = ElementOf(kParameter, property.type);
    out_.Open(element);
    out_.Attribute("NAME", property.name);
    WriteType(property.type);
    WriteQualifiers(WithEmbedding(parameter.qualifiers, property.type));
    if (options_.dtd == Dtd::kWmi) TRY(WriteValue(property.type, property.default_value.view()));
    out_.Close(element);
    return Status();
  }

  void WriteQualifiers(const QualifierSet& qualifiers) {
    if (options_.qualifiers == Include::kNo) return;
    for (const Qualifier& qualifier : qualifiers) {
      if (!EqualFolded(qualifier.name, "CIMTYPE")) WriteQualifier(qualifier);  // the element says the type
    }
  }

  // Attributes that have the value which the document type gives them anyway are left out.
  void WriteQualifier(const Qualifier& qualifier) {
    out_.Open("QUALIFIER");
    out_.Attribute("NAME", qualifier.name);
    out_.Attribute("TYPE", XmlTypeName(qualifier.type.type));
    if (qualifier.propagated) out_.Attribute("PROPAGATED", "true");
    if ((qualifier.flavor & cim::flavor::kNotOverridable) != 0) out_.Attribute("OVERRIDABLE", "false");
    if ((qualifier.flavor & cim::flavor::kToSubclass) == 0) out_.Attribute("TOSUBCLASS", "false");
    if ((qualifier.flavor & cim::flavor::kToInstance) != 0) out_.Attribute("TOINSTANCE", "true");
    if ((qualifier.flavor & cim::flavor::kAmended) != 0) out_.Attribute("TRANSLATABLE", "true");
    WriteScalars(qualifier.type, qualifier.value.view());
    out_.Close("QUALIFIER");
  }

  // ---- values: nothing for NULL -------------------------------------------------------------------------------------

  Status WriteValue(const DataType& type, ValueView value) {
    if (value.is_null()) return Status();
    if (type.type == CimType::kObject) return WriteObjects(type, value);
    if (type.type == CimType::kReference) {
      WriteReferences(type, value);
    } else {
      WriteScalars(type, value);
    }
    return Status();
  }

  void WriteScalars(const DataType& type, ValueView value) {
    if (value.is_null()) return;
    if (!type.is_array) {
      out_.Leaf("VALUE", ScalarText(type.type, value));
      return;
    }
    out_.Open("VALUE.ARRAY");
    for (const ValueView item : value.items()) out_.Leaf("VALUE", ScalarText(type.type, item));
    out_.Close("VALUE.ARRAY");
  }

  void WriteReferences(const DataType& type, ValueView value) {
    if (!type.is_array) {
      WriteReference(value.text(), out_);
      return;
    }
    out_.Open("VALUE.REFARRAY");
    for (const ValueView item : value.items()) WriteReference(item.text(), out_);
    out_.Close("VALUE.REFARRAY");
  }

  Status WriteObjects(const DataType& type, ValueView value) {
    if (!type.is_array) return WriteEmbedded(*value.object());
    const std::string_view element = options_.dtd == Dtd::kWmi ? "VALUE.OBJECTARRAY" : "VALUE.ARRAY";
    out_.Open(element);
    for (const ValueView item : value.items()) TRY(WriteEmbedded(*item.object()));
    out_.Close(element);
    return Status();
  }

  Status WriteEmbedded(const cim::Object& object) {
    if (depth_ == limits::kObjectNestingMax) {
      return Status(code::kQuotaViolation,
                    fmt::format("objects nest deeper than {} levels", limits::kObjectNestingMax));
    }
    if (options_.dtd == Dtd::kCim) {
      WriteOptions options = options_;
      options.path = WriteOptions::Path::kNone;
      out_.Leaf("VALUE", TRY(Writer(options, depth_ + 1).Run(object)));
      return Status();
    }
    ++depth_;
    out_.Open("VALUE.OBJECT");
    TRY(WriteObject(object));
    out_.Close("VALUE.OBJECT");
    --depth_;
    return Status();
  }

  const WriteOptions options_;
  std::size_t depth_;  // objects around this one
  Output out_;
};

}  // namespace

Result<std::string> ObjectText(const cim::Object& object, const WriteOptions& options) {
  return Writer(options, 0).Run(object);
}

}  // namespace wmi::xml
