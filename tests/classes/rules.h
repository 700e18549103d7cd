// Rules: what each property of each class may look like on the machine the tests run on (validation_test.cc). One file
// of rules/ for each area.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cim/value.h"

namespace wmi::classes {

using cim::ValueKind;
using cim::ValueView;

// Empty when the value is right, else what is wrong. NULL never reaches a rule.
using Check = std::function<std::string(ValueView)>;

enum class Presence { kAlways, kSometimes };

struct Rule {
  Check check;
  Presence presence = Presence::kAlways;
};

// By property. A property with no rule must be NULL, so nothing is filled without a statement of what is right.
using Map = std::map<std::string, Rule>;

// What is true of a class as a whole.
struct ClassRule {
  Map properties;
  // How many instances this kind of machine has at the least: 0 where it may have none.
  std::size_t rows_min = 1;
  // Instances come and go while the test looks: one that is gone at its look-up is no fault.
  bool is_volatile = false;
  // Asked for by these keys instead of all: classes that would walk the disk.
  std::vector<std::string> keys;
};

class Rules {
 public:
  static const Rules& Get();

  void Add(const std::string& class_name, Map properties, std::size_t rows_min = 1) {
    by_class_[class_name] = {std::move(properties), rows_min, false, {}};
  }
  void AddVolatile(const std::string& class_name, Map properties, std::size_t rows_min = 1) {
    by_class_[class_name] = {std::move(properties), rows_min, true, {}};
  }
  // Each of `keys` names an instance that is there.
  void AddByKeys(const std::string& class_name, Map properties, std::vector<std::string> keys) {
    const std::size_t count = keys.size();
    by_class_[class_name] = {std::move(properties), count, false, std::move(keys)};
  }
  const std::map<std::string, ClassRule>& by_class() const { return by_class_; }

 private:
  std::map<std::string, ClassRule> by_class_;
};

Check NonEmptyText();
Check AnyText();
Check Exactly(std::string text);
Check Between(std::uint64_t low, std::uint64_t high);
Check Number32();
Check Number64();
Check Boolean();
Check SignedBetween(std::int64_t low, std::int64_t high);
Check PastDatetime();
Check TextList();
Rule Always(Check check);
Rule Sometimes(Check check);

void AddSystemRules(Rules& rules);
void AddFirmwareRules(Rules& rules);
void AddProcessRules(Rules& rules);
void AddServicesRules(Rules& rules);
void AddAccountsRules(Rules& rules);
void AddStorageRules(Rules& rules);
void AddFilesRules(Rules& rules);
void AddNetworkRules(Rules& rules);
void AddDevicesRules(Rules& rules);
void AddSoftwareRules(Rules& rules);
void AddPerformanceRules(Rules& rules);
void AddKernelRules(Rules& rules);

}  // namespace wmi::classes
