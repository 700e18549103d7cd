#include "store/encoding/value_code.h"

#include <utility>

#include "base/limits.h"
#include "store/encoding/object_code.h"

namespace wmi::store {
namespace {

using cim::ValueKind;
using cim::ValueView;

// What follows the kind of a scalar. Part of the format: new kinds go to the end.
enum class Tag : std::uint8_t { kNull, kFalse, kTrue, kSigned, kUnsigned, kReal, kText, kArray, kObject };

ValueView ReadScalar(Tag tag, ByteReader& in, ValueSpace& space) {
  switch (tag) {
    case Tag::kNull:
      return {};
    case Tag::kFalse:
      return ValueView::Boolean(false);
    case Tag::kTrue:
      return ValueView::Boolean(true);
    case Tag::kSigned:
      return ValueView::Signed(in.Signed());
    case Tag::kUnsigned:
      return ValueView::Unsigned(in.Unsigned());
    case Tag::kReal:
      return ValueView::Real(in.Real());
    case Tag::kText:
      return ValueView::Text(in.Text());
    case Tag::kObject: {
      Result<cim::Object> object = DecodeObject(in.Text(), space.depth() + 1);
      if (object.ok()) return ValueView::OfObject(space.Keep(std::move(object).value()));
      break;
    }
    case Tag::kArray:
      break;
  }
  in.Fail();
  return {};
}

Tag ReadTag(ByteReader& in) { return static_cast<Tag>(in.Byte()); }

}  // namespace

void WriteValue(ByteWriter& out, std::string& bytes, ValueView value) {
  const auto tag = [&](Tag kind) { out.Byte(static_cast<std::uint8_t>(kind)); };
  switch (value.kind()) {
    case ValueKind::kNull:
      return tag(Tag::kNull);
    case ValueKind::kBoolean:
      return tag(value.boolean() ? Tag::kTrue : Tag::kFalse);
    case ValueKind::kSigned:
      tag(Tag::kSigned);
      return out.Signed(value.signed_integer());
    case ValueKind::kUnsigned:
      tag(Tag::kUnsigned);
      return out.Unsigned(value.unsigned_integer());
    case ValueKind::kReal:
      tag(Tag::kReal);
      return out.Real(value.real());
    case ValueKind::kText:
      tag(Tag::kText);
      return out.Text(value.text());
    case ValueKind::kArray:
      tag(Tag::kArray);
      out.Unsigned(value.items().size());
      // Arrays hold no arrays, so this goes no deeper.
      for (const ValueView item : value.items()) WriteValue(out, bytes, item);
      return;
    case ValueKind::kObject:
      tag(Tag::kObject);
      return out.Text(EncodeObject(*value.object()));
  }
}

ValueView* ValueSpace::Items(std::size_t count) {
  auto* items = static_cast<ValueView*>(arena_.Allocate((count + 1) * sizeof(ValueView), alignof(ValueView)));
  for (std::size_t i = 0; i <= count; ++i) new (&items[i]) ValueView();
  return items;
}

const cim::Object* ValueSpace::Keep(cim::Object object) {
  objects_.push_back(std::make_unique<const cim::Object>(std::move(object)));
  return objects_.back().get();
}

void ValueSpace::Clear() {
  arena_.Rewind(start_);
  objects_.clear();
}

ValueView ReadValue(ByteReader& in, ValueSpace& space) {
  const Tag tag = ReadTag(in);
  if (tag != Tag::kArray) return ReadScalar(tag, in, space);
  const std::size_t count = in.Count();
  if (count > limits::kArrayLengthMax) {
    in.Fail();
    return {};
  }
  ValueView* items = space.Items(count);
  for (std::size_t i = 0; i < count; ++i) items[i] = ReadScalar(ReadTag(in), in, space);
  return ValueView::Array({items, count});
}

void SkipValue(ByteReader& in) {
  std::size_t left = 1;
  for (bool in_array = false; left != 0 && !in.failed(); --left) {
    switch (ReadTag(in)) {
      case Tag::kNull:
      case Tag::kFalse:
      case Tag::kTrue:
        break;
      case Tag::kSigned:
      case Tag::kUnsigned:
        in.Unsigned();
        break;
      case Tag::kReal:
        in.Real();
        break;
      case Tag::kText:
      case Tag::kObject:
        in.Text();
        break;
      case Tag::kArray:
        if (std::exchange(in_array, true)) {
          in.Fail();
        } else {
          left += in.Count();
        }
        break;
      default:
        in.Fail();
    }
  }
}

}  // namespace wmi::store
