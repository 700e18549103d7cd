#include "wmi/json.h"

#include <nlohmann/json.hpp>

namespace wmi::cli {

namespace {

using Json = nlohmann::ordered_json;

struct JsonOf {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(const DateTime& value) const { return value.dmtf; }
  Json operator()(const Value::Array& value) const {
    Json array = Json::array();
    for (const Value& element : value) array.push_back(ToJson(element));
    return array;
  }
  Json operator()(const Value::Object& value) const { return value ? ToJson(*value) : Json(nullptr); }
  template <typename T>
  Json operator()(const T& value) const {
    return value;
  }
};

}  // namespace

Json ToJson(const Value& value) { return std::visit(JsonOf{}, value.data); }

Json ToJson(const Row& row) {
  Json object = Json::object();
  for (const Property& property : row.properties) object[property.name] = ToJson(property.value);
  return object;
}

std::string JsonText(const Value& value) { return Dump(ToJson(value), -1); }
std::string JsonText(const Row& row) { return Dump(ToJson(row), -1); }

std::string Dump(const Json& json, int indent) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

}  // namespace wmi::cli
