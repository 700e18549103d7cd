#include "engine/event_protection.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "security/access_check.h"

namespace wmi::engine {
namespace {

constexpr std::string_view kProperty = "SECURITY_DESCRIPTOR";

}  // namespace

bool EventProtection::LetsReceive(const security::Subject& subject, Admission admission) const {
  const auto lets = [&](const DescriptorPtr& descriptor) {
    return security::HasRights(*descriptor, subject, security::kSubscribe);
  };
  if (own && admission == Admission::kSubjectToDescriptors && !lets(own)) return false;
  return std::all_of(sinks.begin(), sinks.end(), lets);
}

bool EventProtection::MayBeSentTo(const security::SecurityDescriptor& event_access) const {
  const auto may_publish = [&](const DescriptorPtr& descriptor) {
    return !descriptor->owner ||
           security::HasRights(event_access, security::Subject::Named(*descriptor->owner), security::kPublish);
  };
  return (!own || may_publish(own)) && std::all_of(sinks.begin(), sinks.end(), may_publish);
}

cim::ValueView DescriptorValueOf(const cim::Object& event) {
  // The first property of __Event is the first of every event class, and looking there saves hashing its name.
  const std::vector<cim::Property>& properties = event.schema().properties();
  if (!properties.empty() && properties.front().name == kProperty) return event.slot(0);
  const auto slot = event.schema().FindSlot(kProperty);
  return slot ? event.slot(*slot) : cim::ValueView();
}

Result<DescriptorPtr> DescriptorOf(const cim::Object& event) {
  const cim::ValueView value = DescriptorValueOf(event);
  if (value.kind() != cim::ValueKind::kArray) return DescriptorPtr();
  std::vector<std::uint8_t> bytes;
  bytes.reserve(value.items().size());
  for (const cim::ValueView item : value.items()) {
    // An element that is NULL is no byte; it shall not make the others move up.
    bytes.push_back(item.kind() == cim::ValueKind::kUnsigned ? static_cast<std::uint8_t>(item.unsigned_integer()) : 0);
  }
  Result<security::SecurityDescriptor> read = security::SecurityDescriptor::FromBytes(bytes);
  if (!read.ok()) return read.status().WithParameter(std::string(kProperty));
  return std::make_shared<const security::SecurityDescriptor>(std::move(read).value());
}

Result<std::vector<DescriptorPtr>> DescriptorsOf(std::span<const cim::Object> events) {
  std::vector<DescriptorPtr> descriptors;
  for (std::size_t i = 0; i < events.size(); ++i) {
    DescriptorPtr descriptor = TRY(DescriptorOf(events[i]));
    if (!descriptor) continue;
    descriptors.resize(events.size());
    descriptors[i] = std::move(descriptor);
  }
  return descriptors;
}

}  // namespace wmi::engine
