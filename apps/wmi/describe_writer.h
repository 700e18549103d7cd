// The description of a class as text for people and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "wmi/class_description.h"
#include "wmi/writer.h"

namespace wmi::cli {

// Lines of at most `width` columns, where words allow.
std::string DescribeText(const ClassDescription& description, std::size_t width, Colour colour);

nlohmann::ordered_json DescribeJson(const ClassDescription& description);

}  // namespace wmi::cli
