// What is asked of systemd about one service unit, and how the answer is called among the return values of the methods
// of Win32_Service. A refusal leaves everything as it was.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/services/systemd.h"

namespace wmi::linuxos {

enum class ServiceReturn : std::uint32_t {
  kAccepted = 0,
  kNotSupported = 1,
  kAccessDenied = 2,
  kInvalidControl = 4,
  kCannotAcceptControl = 5,
  kRequestTimeout = 7,
  kUnknownFailure = 8,
  kPathNotFound = 9,
  kAlreadyRunning = 10,
  kDatabaseLocked = 11,
  kDependencyFailure = 13,
  kDisabled = 14,
  kCircularDependency = 18,
  kInvalidName = 20,
  kInvalidParameter = 21,
  kInvalidAccount = 22,
  kExists = 23,
  kAlreadyPaused = 24,
};

ServiceReturn ReturnOf(const BusAnswer& answer);
// Of a call that writes files.
ServiceReturn ReturnOfErrno(int error);

// Calls the manager with the deadline of changes.
BusAnswer AskSystemd(const Machine& machine, const char* member, std::string signature,
                     std::vector<BusValue> arguments);

ServiceReturn StartUnit(const Machine& machine, const Unit& unit);
ServiceReturn StopUnit(const Machine& machine, const Unit& unit);
ServiceReturn PauseUnit(const Machine& machine, const Unit& unit);
ServiceReturn ResumeUnit(const Machine& machine, const Unit& unit);
ServiceReturn EnableUnit(const Machine& machine, const std::string& unit_name);
ServiceReturn DisableUnit(const Machine& machine, const std::string& unit_name);
// Has systemd read its files again.
ServiceReturn ReloadUnits(const Machine& machine);
// "Automatic", "Auto", "Manual" or "Disabled", in any case: what a unit can be set to.
bool IsUnitMode(std::string_view mode);
ServiceReturn ChangeUnitMode(const Machine& machine, const Unit& unit, std::string_view mode);

}  // namespace wmi::linuxos
