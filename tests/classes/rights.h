// The tests of this program with fewer rights than who started it: OPENWMI_TEST_RIGHTS in the environment says which.
//
//   nobody     a user without groups and capabilities, where root starts the tests; who is no root stays who it is
//   read-only  whoever it is, but each system call that changes the machine fails with EPERM, is noted, and fails the
//              test that made it
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace wmi::classes {

enum class Rights { kAll, kNobody, kReadOnly };

// Those of this run.
Rights RightsOfThisRun();

// Which properties had a value, by the path of the instance.
using Filled = std::map<std::string, std::set<std::string>>;

// What root saw of a class before it became nobody. Empty in other runs.
const Filled& SeenByRoot(const std::string& class_name);

// The calls that were stopped since the last time this was asked, as texts. Empty in other runs.
std::vector<std::string> StoppedCalls();

}  // namespace wmi::classes
