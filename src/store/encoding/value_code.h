// Values as bytes and back.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "cim/row.h"
#include "cim/value.h"
#include "store/encoding/bytes.h"

namespace wmi::store {

// Appends a value: its kind, then what that kind needs. Embedded objects bring their classes along (object_code.h).
void WriteValue(ByteWriter& out, std::string& bytes, cim::ValueView value);

// Where the parts of values stand while they are looked at. Used row after row; not thread-safe.
class ValueSpace {
 public:
  // `depth`: how many objects lie around the values.
  explicit ValueSpace(std::size_t depth = 0) : depth_(depth) {}
  std::size_t depth() const { return depth_; }
  cim::ValueView* Items(std::size_t count);
  const cim::Object* Keep(cim::Object object);
  // Forgets everything.
  void Clear();

 private:
  const std::size_t depth_;
  cim::Arena arena_;
  cim::Arena::Mark start_ = arena_.Position();
  std::vector<std::unique_ptr<const cim::Object>> objects_;
};

// The next value. Texts look into the bytes, the rest into `space`. Fails the reader for bytes that are no value.
cim::ValueView ReadValue(ByteReader& in, ValueSpace& space);
// Passes over it.
void SkipValue(ByteReader& in);

}  // namespace wmi::store
