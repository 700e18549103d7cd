#include "mof/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "cim/instance_qualifiers.h"
#include "cim/types.h"
#include "cim/value.h"

namespace wmi::mof {
namespace {

using cim::CimType;
using cim::ValueKind;
using cim::ValueView;

constexpr std::string_view kReturnValue = "ReturnValue";

// Appends to one text. `depth` is that of embedded objects.
class Writer {
 public:
  explicit Writer(Flavors flavors) : flavors_(flavors) {}

  std::string Take() { return std::move(out_); }

  void WriteClass(const cim::Class& cls) {
    WriteQualifiers(cls.qualifiers(), "\n");
    out_ += "class ";
    out_ += cls.name();
    if (cls.superclass() != nullptr) out_ += " : " + cls.superclass()->name();
    out_ += "\n{\n";
    for (const cim::Property& property : cls.properties()) {
      if (!property.is_local) continue;
      out_ += '\t';
      WriteQualifiers(property.qualifiers, " ");
      WriteDeclaration(property);
      if (IsNullOverride(cls, property)) out_ += " = NULL";
      out_ += ";\n";
    }
    for (const cim::Method& method : cls.methods()) {
      if (method.is_local) WriteMethod(method);
    }
    out_ += "};\n";
  }

  void WriteInstance(const cim::Object& object, std::size_t depth) {
    const std::string indent(depth, '\t');
    const cim::InstanceQualifiers* own = object.own_qualifiers();
    if (own != nullptr) WriteQualifiers(own->of_object, depth == 0 ? "\n" : " ");
    fmt::format_to(std::back_inserter(out_), "instance of {}\n{}{{\n", object.schema().name(), indent);
    const auto& properties = object.schema().properties();
    for (std::size_t slot = 0; slot < properties.size(); ++slot) {
      if (!object.IsVisible(slot)) continue;
      const ValueView value = object.slot(slot);
      const cim::QualifierSet* qualifiers = own == nullptr ? nullptr : own->FindProperty(slot);
      const bool is_default = cim::SameValue(value, object.schema().default_row()[slot]);
      if (!properties[slot].is_key && is_default && qualifiers == nullptr) continue;
      out_ += indent;
      out_ += '\t';
      if (qualifiers != nullptr) WriteQualifiers(*qualifiers, " ");
      fmt::format_to(std::back_inserter(out_), "{} = ", properties[slot].name);
      WriteValue(value, properties[slot].type.type, depth + 1);
      out_ += ";\n";
    }
    out_ += indent + "}";
  }

 private:
  // Without a word the default of the superclass would hold.
  static bool IsNullOverride(const cim::Class& cls, const cim::Property& property) {
    if (!property.default_value.is_null() || !property.is_overridden || cls.superclass() == nullptr) return false;
    const cim::Property* inherited = cls.superclass()->FindProperty(property.name);
    return inherited != nullptr && !inherited->default_value.is_null();
  }

  void WriteQualifiers(const cim::QualifierSet& qualifiers, std::string_view after) {
    bool is_first = true;
    for (const cim::Qualifier& qualifier : qualifiers) {
      if (qualifier.propagated || EqualFolded(qualifier.name, "CIMTYPE")) continue;
      out_ += is_first ? "[" : ", ";
      is_first = false;
      WriteQualifier(qualifier);
    }
    if (!is_first) {
      out_ += ']';
      out_ += after;
    }
  }

  void WriteQualifier(const cim::Qualifier& qualifier) {
    out_ += qualifier.name;
    const ValueView value = qualifier.value.view();
    if (value.kind() == ValueKind::kArray && !value.items().empty()) {
      WriteValue(value, qualifier.type.type, 0);
    } else if (value.kind() != ValueKind::kBoolean || !value.boolean()) {
      out_ += '(';
      WriteValue(value, qualifier.type.type, 0);
      out_ += ')';
    }
    if (flavors_ == Flavors::kOmit) return;
    struct {
      std::uint32_t bit;
      std::string_view word;
    } constexpr kWords[] = {{cim::flavor::kToInstance, "ToInstance"},
                            {cim::flavor::kToSubclass, "ToSubclass"},
                            {cim::flavor::kNotOverridable, "DisableOverride"},
                            {cim::flavor::kAmended, "Amended"}};
    std::string_view separator = " : ";
    for (const auto& [bit, word] : kWords) {
      if ((qualifier.flavor & bit) == 0) continue;
      out_ += separator;
      out_ += word;
      separator = " ";
    }
  }

  void WriteType(const cim::DataType& type) {
    const bool is_class = type.type == CimType::kObject || type.type == CimType::kReference;
    if (!is_class) {
      out_ += cim::TypeName(type.type);
    } else {
      out_ += type.class_name.empty() ? "object" : type.class_name;
      if (type.type == CimType::kReference) out_ += " ref";
    }
  }

  // Type, name and default of a property or parameter.
  void WriteDeclaration(const cim::Property& property) {
    WriteType(property.type);
    out_ += ' ';
    out_ += property.name;
    if (property.type.is_array) out_ += "[]";
    if (property.default_value.is_null()) return;
    out_ += " = ";
    WriteValue(property.default_value.view(), property.type.type, 1);
  }

  void WriteMethod(const cim::Method& method) {
    out_ += '\t';
    WriteQualifiers(method.qualifiers, " ");
    const cim::Property* result = method.out == nullptr ? nullptr : method.out->FindProperty(kReturnValue);
    if (result == nullptr) {
      out_ += "void";
    } else {
      WriteType(result->type);
    }
    out_ += ' ';
    out_ += method.name;
    out_ += '(';
    std::string_view separator;
    for (const Parameter& parameter : ParametersOf(method)) {
      out_ += separator;
      separator = ", ";
      cim::QualifierSet qualifiers = parameter.property->qualifiers;
      // One of both signatures carries only its own direction.
      if (parameter.out != nullptr && parameter.out != parameter.property) {
        if (const cim::Qualifier* out = parameter.out->qualifiers.Find("out")) qualifiers.Set(*out);
      }
      WriteQualifiers(qualifiers, " ");
      WriteDeclaration(*parameter.property);
    }
    out_ += ");\n";
  }

  struct Parameter {
    const cim::Property* property;  // of the in side where there is one
    const cim::Property* out;
    std::int64_t id;
  };

  static std::int64_t IdOf(const cim::Property& property) {
    const cim::Qualifier* id = property.qualifiers.Find("ID");
    return id == nullptr ? 0 : id->value.view().signed_integer();
  }

  static std::vector<Parameter> ParametersOf(const cim::Method& method) {
    std::vector<Parameter> parameters;
    if (method.in != nullptr) {
      for (const cim::Property& property : method.in->properties()) {
        const cim::Property* twin = method.out == nullptr ? nullptr : method.out->FindProperty(property.name);
        parameters.push_back({&property, twin, IdOf(property)});
      }
    }
    if (method.out != nullptr) {
      for (const cim::Property& property : method.out->properties()) {
        if (EqualFolded(property.name, kReturnValue)) continue;
        if (method.in != nullptr && method.in->FindProperty(property.name) != nullptr) continue;
        parameters.push_back({&property, &property, IdOf(property)});
      }
    }
    // The numbers of a signature are all different.
    std::sort(parameters.begin(), parameters.end(), [](const Parameter& a, const Parameter& b) { return a.id < b.id; });
    return parameters;
  }

  void WriteValue(ValueView value, CimType type, std::size_t depth) {
    switch (value.kind()) {
      case ValueKind::kNull:
        out_ += "NULL";
        return;
      case ValueKind::kBoolean:
        out_ += value.boolean() ? "TRUE" : "FALSE";
        return;
      case ValueKind::kSigned:
        fmt::format_to(std::back_inserter(out_), "{}", value.signed_integer());
        return;
      case ValueKind::kUnsigned:
        WriteUnsigned(value.unsigned_integer(), type);
        return;
      case ValueKind::kReal:
        WriteReal(value.real());
        return;
      case ValueKind::kText:
        WriteText(value.text());
        return;
      case ValueKind::kArray: {
        std::string_view separator = "{";
        for (const ValueView& item : value.items()) {
          out_ += separator;
          separator = ", ";
          WriteValue(item, type, depth);
        }
        out_ += value.items().empty() ? "{}" : "}";
        return;
      }
      case ValueKind::kObject:
        if (value.object() == nullptr || !value.object()->is_instance() || depth > limits::kObjectNestingMax) {
          out_ += "NULL";
        } else {
          WriteInstance(*value.object(), depth);
        }
        return;
    }
  }

  void WriteUnsigned(std::uint64_t number, CimType type) {
    const bool is_plain = number >= 0x20 && number < 0x7F && number != '\'' && number != '\\';
    if (type != CimType::kChar16 || number == 0) {
      fmt::format_to(std::back_inserter(out_), "{}", number);
    } else if (is_plain) {
      fmt::format_to(std::back_inserter(out_), "'{}'", static_cast<char>(number));
    } else {
      fmt::format_to(std::back_inserter(out_), "'\\x{:04X}'", number);
    }
  }

  // MOF has no word for infinity and what is no number.
  void WriteReal(double real) {
    if (!std::isfinite(real)) {
      out_ += "NULL";
      return;
    }
    std::string text = fmt::format("{}", real);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    out_ += text;
  }

  // One byte that is no UTF-8 would make the whole file one of Latin-1.
  void WriteText(std::string_view text) {
    if (IsUtf8(text)) return WriteUtf8(text);
    WriteUtf8(ToUtf8(text));
  }

  void WriteUtf8(std::string_view text) {
    out_ += '"';
    for (const char c : text) {
      switch (c) {
        case '"':
        case '\\':
          out_ += '\\';
          out_ += c;
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\t':
          out_ += "\\t";
          break;
        case '\r':
          out_ += "\\r";
          break;
        default:
          // A zero cannot be written; the sign for what cannot be shown stands in for it.
          if (static_cast<unsigned char>(c) >= 0x20) {
            out_ += c;
          } else {
            fmt::format_to(std::back_inserter(out_), "\\x{:04X}", c == '\0' ? 0xFFFD : c);
          }
      }
    }
    out_ += '"';
  }

  Flavors flavors_;
  std::string out_;
};

}  // namespace

std::string ClassText(const cim::Class& cls, Flavors flavors) {
  Writer writer(flavors);
  writer.WriteClass(cls);
  return writer.Take();
}

std::string InstanceText(const cim::Object& instance, Flavors flavors) {
  Writer writer(flavors);
  writer.WriteInstance(instance, 0);
  return writer.Take() + ";\n";
}

std::string ObjectText(const cim::Object& object, Flavors flavors) {
  if (!object) return {};
  return object.is_class() ? ClassText(object.schema(), flavors) : InstanceText(object, flavors);
}

}  // namespace wmi::mof
