// Who wrote the parts of a permanent subscription: __EventFilter, __EventConsumer, __FilterToConsumerBinding
// (contract 6.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cim/row.h"
#include "engine/session.h"
#include "security/sid.h"

namespace wmi::engine {

// A security identifier as CreatorSID holds it: binary, one element a byte. A value.
class CreatorSid {
 public:
  CreatorSid() = default;
  // Root writes as the Administrators group, S-1-5-32-544; the others as S-1-22-1 and their number.
  static CreatorSid Of(const Principal& principal);
  // What the object says; empty when it says nothing.
  static CreatorSid In(const cim::Object& part);

  bool is_administrator() const;
  // nullopt when it is empty and when the bytes are no identifier.
  std::optional<security::Sid> sid() const;
  // S-1-22-1-1000; "nobody" when it is empty, and the bytes when they are no identifier.
  std::string Text() const;
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  bool operator==(const CreatorSid&) const = default;

 private:
  explicit CreatorSid(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
  std::vector<std::uint8_t> bytes_;
};

// Whether instances of this class are parts of permanent subscriptions.
bool IsSubscriptionPart(const cim::Class& schema);

// The instance as it is stored when `creator` writes it now: with CreatorSID, whatever it said there, and with
// CreationDate where the class has one. Others come back as they are.
cim::Object WrittenBy(const Principal& creator, const cim::Object& instance, std::int64_t now_microseconds);

}  // namespace wmi::engine
