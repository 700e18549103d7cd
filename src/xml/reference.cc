#include "xml/reference.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "xml/scalar_text.h"

namespace wmi::xml {
namespace {

using cim::CimType;
using cim::ObjectPath;
using cim::Value;
using cim::ValueKind;

void WriteKeyValue(const Value& value, Output& out) {
  out.Open("KEYVALUE");
  const cim::ValueView view = value.view();
  const bool is_text = view.kind() == ValueKind::kText;
  out.Attribute("VALUETYPE", is_text ? "string" : view.kind() == ValueKind::kBoolean ? "boolean" : "numeric");
  out.Text(ScalarText(CimType::kString, view));
  out.Close("KEYVALUE");
}

void WriteInstanceName(const ObjectPath& path, Output& out) {
  out.Open("INSTANCENAME");
  out.Attribute("CLASSNAME", path.class_name);
  for (const ObjectPath::Key& key : path.keys) {
    if (key.name.empty()) {
      WriteKeyValue(key.value, out);
      continue;
    }
    out.Open("KEYBINDING");
    out.Attribute("NAME", key.name);
    WriteKeyValue(key.value, out);
    out.Close("KEYBINDING");
  }
  out.Close("INSTANCENAME");
}

void WriteName(const ObjectPath& path, Output& out) {
  if (!path.is_class()) {
    WriteInstanceName(path, out);
    return;
  }
  out.Open("CLASSNAME");
  out.Attribute("NAME", path.class_name);
  out.Close("CLASSNAME");
}

void WriteLocalNamespace(std::string_view name_space, Output& out) {
  out.Open("LOCALNAMESPACEPATH");
  while (!name_space.empty()) {
    const std::size_t end = name_space.find('\\');
    out.Open("NAMESPACE");
    out.Attribute("NAME", name_space.substr(0, end));
    out.Close("NAMESPACE");
    name_space.remove_prefix(end == std::string_view::npos ? name_space.size() : end + 1);
  }
  out.Close("LOCALNAMESPACEPATH");
}

// Whether the elements hold everything that the text says.
bool IsPlain(const ObjectPath& path, std::string_view text) {
  for (const ObjectPath::Key& key : path.keys) {
    if (key.value.view().kind() == ValueKind::kText && !IsXmlText(key.value.view().text())) return false;
  }
  const bool is_rooted = !path.names_server || !path.name_space.empty();
  return is_rooted && path.names_server != path.server.empty() && cim::FormatObjectPath(path) == text;
}

Status Unexpected(const Element& element, std::string_view expected) {
  return Fault(code::kInvalidObject, element, fmt::format("{} stands where {} is expected", element.name, expected));
}

Result<std::string> Attribute(const Element& element, std::string_view name) {
  if (const std::string* value = element.Find(name)) return *value;
  return Fault(code::kInvalidObject, element, fmt::format("{} has no attribute {}", element.name, name));
}

Result<Value> ReadKeyValue(const Element& element) {
  if (element.name != "KEYVALUE") return Unexpected(element, "KEYVALUE");
  const std::string* type = element.Find("VALUETYPE");
  if (type == nullptr || *type == "string") return Value::Text(element.text);
  std::optional<Value> value;
  if (*type == "boolean") value = ParseScalar(CimType::kBoolean, element.text);
  if (*type == "numeric") {
    value = ParseScalar(CimType::kSint64, element.text);
    if (!value) value = ParseScalar(CimType::kUint64, element.text);
  }
  if (value) return *std::move(value);
  return Fault(code::kInvalidObject, element, fmt::format("\"{}\" is no {} key value", element.text, *type));
}

Status ReadInstanceName(const Document& document, const Element& element, ObjectPath& path) {
  path.class_name = TRY(Attribute(element, "CLASSNAME"));
  for (const Element* child = document.First(element); child != nullptr; child = document.Next(*child)) {
    ObjectPath::Key key;
    const Element* value = child;
    if (child->name == "KEYBINDING") {
      key.name = TRY(Attribute(*child, "NAME"));
      value = document.First(*child);
      if (value == nullptr) return Fault(code::kInvalidObject, *child, "KEYBINDING has no value");
    }
    if (value->name == "VALUE.REFERENCE") {
      key.value = Value::Text(TRY(ReadReference(document, *value)));
    } else {
      key.value = TRY(ReadKeyValue(*value));
    }
    path.keys.push_back(std::move(key));
  }
  path.is_singleton = path.keys.empty();
  return Status();
}

Status ReadLocalNamespace(const Document& document, const Element& element, ObjectPath& path) {
  for (const Element* part = document.First(element); part != nullptr; part = document.Next(*part)) {
    if (part->name != "NAMESPACE") return Unexpected(*part, "NAMESPACE");
    if (!path.name_space.empty()) path.name_space += '\\';
    path.name_space += TRY(Attribute(*part, "NAME"));
  }
  return Status();
}

Status ReadNamespace(const Document& document, const Element& element, ObjectPath& path) {
  for (const Element* part = document.First(element); part != nullptr; part = document.Next(*part)) {
    if (part->name == "HOST") {
      path.server = part->text;
      path.names_server = !path.server.empty();
    } else if (part->name == "LOCALNAMESPACEPATH") {
      TRY(ReadLocalNamespace(document, *part, path));
    } else {
      return Unexpected(*part, "HOST or LOCALNAMESPACEPATH");
    }
  }
  return Status();
}

// One part of a path; paths hold nothing that holds a path of its own but VALUE.REFERENCE in a key.
Status ReadPart(const Document& document, const Element& element, ObjectPath& path) {
  if (element.name == "CLASSNAME") {
    path.class_name = TRY(Attribute(element, "NAME"));
    return Status();
  }
  if (element.name == "INSTANCENAME") return ReadInstanceName(document, element, path);
  if (element.name == "LOCALNAMESPACEPATH") return ReadLocalNamespace(document, element, path);
  if (element.name == "NAMESPACEPATH") return ReadNamespace(document, element, path);
  return Unexpected(element, "CLASSNAME or INSTANCENAME");
}

bool IsWholePath(std::string_view name) {
  return name == "CLASSPATH" || name == "LOCALCLASSPATH" || name == "INSTANCEPATH" || name == "LOCALINSTANCEPATH";
}

}  // namespace

void WritePath(const ObjectPath& path, PathForm form, Output& out) {
  if (form == PathForm::kName) {
    WriteName(path, out);
    return;
  }
  const std::string_view full = path.is_class() ? "CLASSPATH" : "INSTANCEPATH";
  const std::string_view local = path.is_class() ? "LOCALCLASSPATH" : "LOCALINSTANCEPATH";
  const std::string_view name = form == PathForm::kFull ? full : local;
  out.Open(name);
  if (form == PathForm::kFull) {
    out.Open("NAMESPACEPATH");
    out.Leaf("HOST", path.server);
    WriteLocalNamespace(path.name_space, out);
    out.Close("NAMESPACEPATH");
  } else {
    WriteLocalNamespace(path.name_space, out);
  }
  WriteName(path, out);
  out.Close(name);
}

void WriteReference(std::string_view path, Output& out) {
  out.Open("VALUE.REFERENCE");
  const Result<ObjectPath> parsed = cim::ParseObjectPath(path);
  if (parsed.ok() && IsPlain(*parsed, path)) {
    const PathForm in_namespace = parsed->names_server ? PathForm::kFull : PathForm::kLocal;
    WritePath(*parsed, parsed->name_space.empty() ? PathForm::kName : in_namespace, out);
  } else {
    out.Open("CLASSNAME");
    out.Attribute("NAME", path);
    out.Close("CLASSNAME");
  }
  out.Close("VALUE.REFERENCE");
}

Result<ObjectPath> ReadPath(const Document& document, const Element& element) {
  ObjectPath path;
  if (!IsWholePath(element.name)) {
    TRY(ReadPart(document, element, path));
    return path;
  }
  for (const Element* part = document.First(element); part != nullptr; part = document.Next(*part)) {
    TRY(ReadPart(document, *part, path));
  }
  if (path.class_name.empty())
    return Fault(code::kInvalidObject, element, fmt::format("{} names no class", element.name));
  return path;
}

Result<std::string> ReadReference(const Document& document, const Element& value_reference) {
  const Element* target = document.First(value_reference);
  if (target == nullptr) return Fault(code::kInvalidObject, value_reference, "VALUE.REFERENCE names nothing");
  if (target->name == "CLASSNAME") return Attribute(*target, "NAME");
  return cim::FormatObjectPath(TRY(ReadPath(document, *target)));
}

}  // namespace wmi::xml
