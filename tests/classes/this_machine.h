// The machine that the tests run on, asked class by class without an engine.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "cim/row.h"
#include "provider/provider.h"

namespace wmi::classes {

struct Rows {
  std::vector<cim::Object> rows;
  // Slots of properties that the client is told were refused.
  std::set<std::size_t> denied;
  // Sentences that the client is told: what else could not be had.
  std::set<std::string> incomplete;
};

// The instances with one of `keys`, or all when there are none. An error of the provider fails the test.
Rows Query(const cim::ClassPtr& schema, std::vector<provider::KeyTuple> keys = {});
// All instances, or those that the rules name for a class that would walk the disk.
Rows QueryByRule(const std::string& class_name);

provider::KeyTuple KeysOf(const cim::Object& row);
// The names of the classes with rules.
std::vector<std::string> RuledClasses();

}  // namespace wmi::classes
