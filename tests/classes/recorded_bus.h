// A system bus whose daemons answer what a machine file says (machines/*.machine).
#pragma once

#include <map>
#include <string>

#include "providers/linux/bus/system_bus.h"

namespace wmi::classes {

// Lines of a machine file: `bus MEMBER OBJECT JSON`, where JSON is the value that the daemon answers: a list of units
// as ListUnits gives it, the properties of an object for GetAll. Texts, numbers, booleans and lists are what they look
// like; an object is a dictionary. What is not recorded is not there; without a line there is no bus.
class RecordedBus final : public linuxos::SystemBus {
 public:
  // The line behind the word `bus`.
  void Add(const std::string& line);
  linuxos::BusAnswer Call(const linuxos::BusCall& call) override;

 private:
  // Nothing when it is not recorded.
  const linuxos::BusValue* Find(const std::string& member, const std::string& object) const;

  std::map<std::string, linuxos::BusValue> answers_;  // by member and object
};

}  // namespace wmi::classes
