#include "rules.h"

#include <algorithm>
#include <chrono>

#include "cim/datetime.h"

namespace wmi::classes {

Check NonEmptyText() {
  return [](ValueView value) {
    return value.kind() == ValueKind::kText && !value.text().empty() ? "" : "not a text with content";
  };
}
Check AnyText() {
  return [](ValueView value) { return value.kind() == ValueKind::kText ? "" : "not a text"; };
}
Check Exactly(std::string text) {
  return [text](ValueView value) {
    return value.kind() == ValueKind::kText && value.text() == text ? std::string() : "not " + text;
  };
}
Check Between(std::uint64_t low, std::uint64_t high) {
  return [low, high](ValueView value) {
    return value.kind() == ValueKind::kUnsigned && value.unsigned_integer() >= low && value.unsigned_integer() <= high
               ? std::string()
               : "not a number from " + std::to_string(low) + " to " + std::to_string(high);
  };
}
Check Number32() { return Between(0, 0xFFFFFFFFu); }
Check Number64() { return Between(0, ~std::uint64_t{0}); }
Check Boolean() {
  return [](ValueView value) { return value.kind() == ValueKind::kBoolean ? "" : "not a boolean"; };
}
Check SignedBetween(std::int64_t low, std::int64_t high) {
  return [low, high](ValueView value) {
    return value.kind() == ValueKind::kSigned && value.signed_integer() >= low && value.signed_integer() <= high
               ? std::string()
               : "not a number from " + std::to_string(low) + " to " + std::to_string(high);
  };
}
Check PastDatetime() {
  return [](ValueView value) -> std::string {
    if (value.kind() != ValueKind::kText) return "not a text";
    const auto time = cim::ParseDatetime(value.text());
    if (!time.ok()) return time.status().Message();
    if (!time->is_complete || time->is_interval) return "not a complete point in time";
    // A minute of tolerance for boot times, which have whole seconds.
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch() + std::chrono::minutes(1));
    return time->microseconds > 0 && time->microseconds < now.count() ? "" : "not in the past";
  };
}
Check TextList() {
  return [](ValueView value) -> std::string {
    if (value.kind() != ValueKind::kArray || value.items().empty()) return "not a list with content";
    return std::all_of(value.items().begin(), value.items().end(),
                       [](ValueView item) { return item.kind() == ValueKind::kText; })
               ? ""
               : "not a list of texts";
  };
}

Rule Always(Check check) { return {std::move(check), Presence::kAlways}; }
Rule Sometimes(Check check) { return {std::move(check), Presence::kSometimes}; }

const Rules& Rules::Get() {
  static const Rules rules = [] {
    Rules all;
    AddSystemRules(all);
    AddFirmwareRules(all);
    AddProcessRules(all);
    AddServicesRules(all);
    AddAccountsRules(all);
    AddStorageRules(all);
    AddFilesRules(all);
    AddNetworkRules(all);
    AddDevicesRules(all);
    AddSoftwareRules(all);
    AddPerformanceRules(all);
    AddKernelRules(all);
    return all;
  }();
  return rules;
}

}  // namespace wmi::classes
