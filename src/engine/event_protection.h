// EventProtection: who may have an event: what its SECURITY_DESCRIPTOR says, and the sinks through which its provider
// fired it (contract 6.6; docs/events.md, "Who may have an event").
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"
#include "cim/row.h"
#include "security/security_descriptor.h"
#include "security/subject.h"

namespace wmi::engine {

using DescriptorPtr = std::shared_ptr<const security::SecurityDescriptor>;

// How a provider has let a subscriber in (IWbemEventProviderSecurity::AccessCheck).
enum class Admission : std::uint8_t {
  kInFull,                // it may have what the provider fires, whatever descriptors the events carry
  kSubjectToDescriptors,  // WBEM_S_SUBJECT_TO_SDS, and where nobody was asked: each event says who may have it
};

// For the time of one call. Without any descriptor everybody may have the event, which costs nothing to find out.
struct EventProtection {
  DescriptorPtr own;  // null: the event has none
  // Of the sinks; each holds for all events that pass it.
  std::span<const DescriptorPtr> sinks = {};

  bool is_open() const { return !own && sinks.empty(); }
  // Whether the descriptors give this subject WBEM_RIGHT_SUBSCRIBE.
  bool LetsReceive(const security::Subject& subject, Admission admission) const;
  // Whether those in whose names it is fired, the owners of the descriptors, are given WBEM_RIGHT_PUBLISH by the
  // EventAccess of a filter. That the user of the process is, has been seen to before. An owner counts as himself,
  // without the groups that a user database would tell.
  bool MayBeSentTo(const security::SecurityDescriptor& event_access) const;
};

// The SECURITY_DESCRIPTOR of an event; null when it is NULL. kInvalidParameter for one that is malformed.
Result<DescriptorPtr> DescriptorOf(const cim::Object& event);
// Of each; empty when none has one. Fails when any is malformed, so that all can be fired or none.
Result<std::vector<DescriptorPtr>> DescriptorsOf(std::span<const cim::Object> events);

// The value itself, for an event that tells of another; it lives as long as the event.
cim::ValueView DescriptorValueOf(const cim::Object& event);

}  // namespace wmi::engine
