#include "wmi/describe_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "wmi/json.h"
#include "wmi/style.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

using Json = nlohmann::ordered_json;
using Values = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kTypeColumnMax = 16;  // wider types push their names to the right
const std::string kNoBreak = "\u00a0";      // keeps words on one line; becomes a space when lines are made

// Wraps, and makes spaces of the characters that kept words together.
std::string Wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  std::string result = Wrap(text, width, indent);
  for (std::size_t at = 0; (at = result.find(kNoBreak, at)) != std::string::npos;)
    result.replace(at, kNoBreak.size(), " ");
  return result;
}

std::string Joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string result;
  for (const std::string& part : parts) {
    if (!result.empty()) result += separator;
    result += part;
  }
  return result;
}

std::string ValuesText(const Values& values) {
  std::string text;
  for (const auto& [key, meaning] : values) {
    if (!text.empty()) text += ", ";
    text += key;
    if (!key.empty() && !meaning.empty()) text += "\u00a0=\u00a0";
    text += meaning;
  }
  return text;
}

class DescriptionText {
 public:
  DescriptionText(const ClassDescription& description, std::size_t width, Colour colour)
      : description_(description), width_(width), colour_(colour) {}

  std::string Text() {
    Head();
    Properties();
    Methods();
    return std::move(text_);
  }

 private:
  void Head() {
    text_ += Styled(description_.name, Style::kName, colour_);
    for (const std::string& ancestor : description_.ancestors) text_ += " : " + ancestor;
    text_ += '\n';
    std::vector<std::string> facts = description_.traits;
    if (!description_.provider.empty()) facts.push_back("provider " + description_.provider);
    if (!description_.name_space.empty()) facts.push_back("in " + description_.name_space);
    text_ += Wrap(Joined(facts, ", "), width_, 2);
    if (!description_.description.empty()) text_ += '\n' + Wrap(description_.description, width_, 2);
  }

  void Section(const std::string& title, std::size_t count) {
    text_ += '\n' + Styled(title, Style::kHeader, colour_) + " (" + std::to_string(count) + ")\n";
  }

  void Properties() {
    Section("Properties", description_.properties.size());
    std::size_t type_width = 0;
    for (const PropertyDescription& property : description_.properties) {
      type_width = std::max(type_width, std::min(property.type.size(), kTypeColumnMax));
    }
    for (const PropertyDescription& property : description_.properties) {
      text_ += '\n';
      const std::size_t padding = type_width > property.type.size() ? type_width - property.type.size() : 0;
      text_ += fmt::format("  {}{:{}}  {}", Styled(property.type, Style::kType, colour_), "", padding,
                           Styled(property.name, Style::kName, colour_));
      const std::string facts = Joined(Facts(property), ", ");
      if (!facts.empty()) text_ += fmt::format("  {}", Styled(facts, Style::kFaint, colour_));
      text_ += '\n' + Wrap(property.description, width_, 6);
      if (!property.values.empty()) text_ += Wrapped("Values: " + ValuesText(property.values), width_, 6);
    }
  }

  std::vector<std::string> Facts(const PropertyDescription& property) const {
    std::vector<std::string> facts;
    if (property.key) facts.emplace_back("key");
    if (property.writable) facts.emplace_back("writable");
    if (!property.units.empty()) facts.push_back("in " + property.units);
    if (!property.default_value.IsNull()) facts.push_back("default " + ValueText(property.default_value));
    if (!property.origin.empty() && !EqualFolded(property.origin, description_.name)) {
      facts.push_back("from " + property.origin);
    }
    return facts;
  }

  void Methods() {
    if (description_.methods.empty()) return;
    Section("Methods", description_.methods.size());
    for (const MethodDescription& method : description_.methods) {
      text_ += '\n' + MethodLine(method);
      std::vector<std::string> facts;
      if (method.is_static) facts.emplace_back("static");
      if (!method.implemented) facts.emplace_back("not implemented");
      if (!method.origin.empty() && !EqualFolded(method.origin, description_.name)) {
        facts.push_back("from " + method.origin);
      }
      text_ += Wrap(Joined(facts, ", "), width_, 6) + Wrap(method.description, width_, 6);
      if (!method.values.empty()) text_ += Wrapped("Returns: " + ValuesText(method.values), width_, 6);
    }
  }

  // On one line when it fits, else a parameter a line.
  std::string MethodLine(const MethodDescription& method) const {
    std::vector<std::string> parameters;
    for (const ParameterDescription& parameter : method.parameters) {
      parameters.push_back(fmt::format("[{}] {} {}", parameter.direction, parameter.type, parameter.name));
    }
    const std::string head = "  " + Styled(method.return_type, Style::kType, colour_) + " " +
                             Styled(method.name, Style::kName, colour_) + "(";
    const std::size_t head_width = method.return_type.size() + method.name.size() + 4;
    const std::string line = Joined(parameters, ", ");
    if (head_width + line.size() + 1 <= width_) return head + line + ")\n";
    return head + "\n        " + Joined(parameters, ",\n        ") + ")\n";
  }

  const ClassDescription& description_;
  const std::size_t width_;
  const Colour colour_;
  std::string text_;
};

Json ValuesJson(const Values& values) {
  Json object = Json::object();
  for (const auto& [key, meaning] : values) object[key.empty() ? meaning : key] = meaning;
  return object;
}

// Facts that are not there are left out.
void AddText(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

Json PropertyJson(const PropertyDescription& property) {
  Json json = {
      {"name", property.name}, {"type", property.type}, {"key", property.key}, {"writable", property.writable}};
  AddText(json, "origin", property.origin);
  AddText(json, "units", property.units);
  AddText(json, "description", property.description);
  if (!property.default_value.IsNull()) json["default"] = ToJson(property.default_value);
  if (!property.values.empty()) json["values"] = ValuesJson(property.values);
  return json;
}

Json MethodJson(const MethodDescription& method) {
  Json json = {{"name", method.name},
               {"returns", method.return_type},
               {"static", method.is_static},
               {"implemented", method.implemented}};
  AddText(json, "origin", method.origin);
  AddText(json, "description", method.description);
  json["parameters"] = Json::array();
  for (const ParameterDescription& parameter : method.parameters) {
    Json one = {{"name", parameter.name}, {"type", parameter.type}, {"direction", parameter.direction}};
    AddText(one, "description", parameter.description);
    json["parameters"].push_back(std::move(one));
  }
  if (!method.values.empty()) json["values"] = ValuesJson(method.values);
  return json;
}

}  // namespace

std::string DescribeText(const ClassDescription& description, std::size_t width, Colour colour) {
  return DescriptionText(description, width, colour).Text();
}

Json DescribeJson(const ClassDescription& description) {
  Json json = {{"name", description.name}, {"namespace", description.name_space}};
  json["ancestors"] = description.ancestors;
  AddText(json, "description", description.description);
  json["qualifiers"] = Json::object();
  for (const Property& qualifier : description.qualifiers) json["qualifiers"][qualifier.name] = ToJson(qualifier.value);
  json["properties"] = Json::array();
  for (const PropertyDescription& property : description.properties) {
    json["properties"].push_back(PropertyJson(property));
  }
  json["methods"] = Json::array();
  for (const MethodDescription& method : description.methods) json["methods"].push_back(MethodJson(method));
  return json;
}

}  // namespace wmi::cli
