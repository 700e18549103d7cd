// Object paths: \\server\namespace:Class.Key="value" (contract 8.5, DSP0004 8.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/row.h"
#include "cim/value.h"

namespace wmi::cim {

// A path in parts. A value.
struct ObjectPath {
  struct Key {
    std::string name;  // empty for the short form Class="value"
    Value value;       // boolean, signed, unsigned or text
  };

  std::string server;      // empty: this machine
  std::string name_space;  // "ROOT\\cimv2" with single backslashes, empty when the path names none
  std::string class_name;
  std::vector<Key> keys;      // as written
  bool is_singleton = false;  // Class=@
  bool names_server = false;  // a server was written, "." too
  bool is_class() const { return keys.empty() && !is_singleton; }
};

// Accepts every spelling of contract 8.5. Failure: kInvalidObjectPath with the column of the first wrong character.
Result<ObjectPath> ParseObjectPath(std::string_view text);

// What a text that is one name and nothing else is taken for.
enum class SingleName { kClass, kNamespace };

// Every path that ParseObjectPath takes, and those that end early: after the namespace (root\x, \\host\root), after the
// server (\\host, \\host\), and the empty one. What is not there is empty in the result. Failures as ParseObjectPath.
Result<ObjectPath> ParsePath(std::string_view text, SingleName single_name);

// A namespace argument of ConnectServer or OpenNamespace: root\x, \\.\root\x, //host/root/x. class_name stays empty.
// Failure: kInvalidNamespace... kInvalidParameter for an empty text.
Result<ObjectPath> ParseNamespacePath(std::string_view text);

// Prints with backslashes, " quotes, keys in the alphabetical order of their names.
std::string FormatObjectPath(const ObjectPath& path);

// The value of one key as paths hold it: a text in " with its escapes, digits, TRUE or FALSE; nothing for other kinds.
std::string FormatKeyValue(ValueView value);

// Key values in the order of cls.key_slots(), converted to the types of the key properties. kInvalidObjectPath when a
// key is missing, unknown, given twice, or of a wrong type; for the short form when the class has more than one key.
Result<std::vector<Value>> KeyValues(const ObjectPath& path, const Class& cls);

// __RELPATH of an object: "Class" or Class.Key="v"; nullopt when a key is NULL, hidden or the class has no key.
std::optional<std::string> RelativePath(const Object& object);
// __PATH: \\SERVER\ns:relative; nullopt when the class has no home or there is no relative path.
std::optional<std::string> FullPath(const Object& object);

}  // namespace wmi::cim
