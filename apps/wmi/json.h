// Rows as JSON: 64-bit integers are numbers, datetimes keep their DMTF text, NULL is null, embedded objects nest.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "wmi/row.h"

namespace wmi::cli {

nlohmann::ordered_json ToJson(const Value& value);
nlohmann::ordered_json ToJson(const Row& row);

// On one line.
std::string JsonText(const Value& value);
std::string JsonText(const Row& row);

// `indent` below zero gives one line. Text that is not UTF-8 gets U+FFFD instead of an exception.
std::string Dump(const nlohmann::ordered_json& json, int indent);

}  // namespace wmi::cli
