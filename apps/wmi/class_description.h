// ClassDescription: what `wmi describe` tells of a class. Free of COM.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "wmi/row.h"

namespace wmi::cli {

struct PropertyDescription {
  std::string name;
  std::string type;    // "uint32", "string[]", "CIM_LogicalElement ref"
  std::string origin;  // the class that declares it
  bool key = false;
  bool writable = false;
  std::string units;
  std::string description;
  std::vector<std::pair<std::string, std::string>> values;  // value and its meaning; the value may be empty
  Value default_value;
};

struct ParameterDescription {
  std::string direction;  // "in", "out", "in, out"
  std::string type;
  std::string name;
  std::string description;
  std::int64_t id = 0;
};

struct MethodDescription {
  std::string name;
  std::string return_type;  // "void" when it returns nothing
  std::string origin;
  std::vector<ParameterDescription> parameters;  // in their order
  bool is_static = false;
  bool implemented = false;
  std::string description;
  std::vector<std::pair<std::string, std::string>> values;  // of what it returns
};

struct ClassDescription {
  std::string name;
  std::string name_space;
  std::vector<std::string> ancestors;  // the nearest first
  std::vector<std::string> traits;     // "abstract", "association", "dynamic", "singleton"
  std::string provider;
  std::string description;
  std::vector<Property> qualifiers;  // all of the class itself
  std::vector<PropertyDescription> properties;
  std::vector<MethodDescription> methods;
};

}  // namespace wmi::cli
