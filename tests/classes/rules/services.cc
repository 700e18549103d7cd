// What is right: services, drivers, timers, sessions.
#include <utility>
#include <vector>

#include "rules.h"

namespace wmi::classes {
namespace {

Check OneOf(std::vector<std::string> texts) {
  return [texts = std::move(texts)](ValueView value) -> std::string {
    if (value.kind() != ValueKind::kText) return "not a text";
    for (const std::string& text : texts) {
      if (value.text() == text) return {};
    }
    return "not one of the texts";
  };
}

Check State() {
  return OneOf({"Stopped", "Start Pending", "Stop Pending", "Running", "Continue Pending", "Pause Pending", "Paused",
                "Unknown"});
}

// What is the same for services and drivers.
Map BaseService(const char* class_name) {
  return {
      {"AcceptPause", Sometimes(Boolean())},
      {"AcceptStop", Sometimes(Boolean())},
      {"Caption", Sometimes(NonEmptyText())},
      {"CreationClassName", Always(Exactly(class_name))},
      {"DisplayName", Sometimes(NonEmptyText())},
      {"Name", Always(NonEmptyText())},
      {"PathName", Sometimes(NonEmptyText())},
      {"ServiceType", Always(OneOf({"Own Process", "Kernel Driver", "File System Driver"}))},
      {"Started", Always(Boolean())},
      {"State", Always(State())},
      {"Status", Always(OneOf({"OK", "Error", "Starting", "Stopping", "Unknown"}))},
      {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
      {"SystemName", Always(NonEmptyText())},
  };
}

}  // namespace

void AddServicesRules(Rules& rules) {
  Map service = BaseService("Win32_Service");
  service.insert({
      {"Description", Sometimes(NonEmptyText())},
      {"ExitCode", Sometimes(Between(0, 255))},
      {"ProcessId", Sometimes(Number32())},
      {"StartMode", Sometimes(OneOf({"Auto", "Manual", "Disabled"}))},
      {"StartName", Sometimes(NonEmptyText())},
  });
  rules.AddVolatile("Win32_Service", std::move(service), 0);
  rules.AddVolatile("Win32_SystemDriver", BaseService("Win32_SystemDriver"), 0);
  rules.AddVolatile("Win32_ScheduledJob",
                    {
                        {"Caption", Sometimes(NonEmptyText())},
                        {"Command", Sometimes(NonEmptyText())},
                        {"Description", Sometimes(NonEmptyText())},
                        {"JobId", Always(Number32())},
                        {"JobStatus", Sometimes(OneOf({"Success", "Failure"}))},
                        {"Name", Always(NonEmptyText())},
                        {"Owner", Sometimes(NonEmptyText())},
                        {"RunRepeatedly", Sometimes(Boolean())},
                        {"StartTime", Sometimes(NonEmptyText())},
                    },
                    0);
  rules.AddVolatile("Win32_LogonSession",
                    {
                        {"AuthenticationPackage", Sometimes(NonEmptyText())},
                        {"LogonId", Always(NonEmptyText())},
                        {"LogonType", Sometimes(Between(2, 13))},
                        {"StartTime", Sometimes(PastDatetime())},
                    },
                    0);
  for (const char* name : {"Win32_LoggedOnUser", "Win32_SessionProcess"}) {
    rules.AddVolatile(name, {{"Antecedent", Always(NonEmptyText())}, {"Dependent", Always(NonEmptyText())}}, 0);
  }
}

}  // namespace wmi::classes
