// Stored rows as bytes and back.
//
// A row names the layout it was written with: the properties of its class at that moment. So a class may change without
// any row being touched; what the row does not have gets the default of the class, what the class has no more is
// passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/instance_qualifiers.h"
#include "cim/row.h"
#include "store/encoding/value_code.h"

namespace wmi::store {

// Where a row stands; its checksum covers this too, so that a row in a wrong place is noticed.
struct RowAddress {
  std::int64_t class_id = 0;
  std::int64_t key_root = 0;
  std::string_view key;  // store/key_text.h
};

// The properties of a class in the order of their slots: names and types.
std::string EncodeLayout(const cim::Class& schema);
// A layout's number: a checksum of its bytes.
std::int64_t LayoutId(std::string_view layout);

// What stands in front of a row's bytes, behind the format: `body` is all that follows.
std::uint64_t RowSum(const RowAddress& address, std::uint8_t format, std::string_view body);

std::string EncodeRow(const RowAddress& address, std::int64_t layout_id, const cim::Object& row);

// From the slots of a layout to those of a class. Immutable.
class RowMap {
 public:
  // For rows that were written with the layout of the class itself.
  RowMap() = default;
  // kCriticalError for bytes that are no layout.
  static Result<RowMap> Make(std::string_view layout, const cim::Class& schema);

  bool is_identity() const { return slots_.empty(); }
  // The slot in the class; nothing for a property that it has no more, or has with another type.
  std::optional<std::size_t> Target(std::size_t slot) const { return slots_[slot]; }
  std::size_t size() const { return slots_.size(); }

 private:
  std::vector<std::optional<std::size_t>> slots_;
};

// The qualifiers of an instance, one behind the other.
void WriteInstanceQualifiers(ByteWriter& out, std::string& bytes, const cim::InstanceQualifiers& qualifiers);

// What a row's bytes say before its values.
struct RowHead {
  std::int64_t layout_id = 0;
  std::size_t values = 0;
  bool has_qualifiers = false;
};

// Checks format, checksum and address; `in` then stands at the first value. kCriticalError for damage,
// kDatabaseVerMismatch for a later format.
Result<RowHead> ReadRowHead(ByteReader& in, std::string_view bytes, const RowAddress& address);

// What stands behind the values of a row that has qualifiers of its own; null when the class as it is now permits none
// of them.
cim::InstanceQualifiersPtr ReadInstanceQualifiers(ByteReader& in, const RowMap& map, const cim::Class& schema);

}  // namespace wmi::store
