#include "consumers/event_json.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/object_path.h"
#include "consumers/limits.h"

namespace wmi::consumers {
namespace {

using cim::CimType;
using cim::ValueKind;
using cim::ValueView;

// Stops writing soon after the limit.
class JsonWriter {
 public:
  std::string Take() { return std::move(out_); }
  bool is_full() const { return out_.size() > kEventJsonBytesMax; }

  void WriteObject(const cim::Object& object, std::size_t depth) {
    out_ += "{\"__CLASS\":";
    WriteText(object.schema().name());
    out_ += ",\"__PATH\":";
    const std::optional<std::string> path = cim::FullPath(object);
    WriteValue(path ? ValueView::Text(*path) : ValueView(), CimType::kString, depth);
    const auto& properties = object.schema().properties();
    for (std::size_t slot = 0; slot < properties.size() && !is_full(); ++slot) {
      if (!object.IsVisible(slot)) continue;
      out_ += ',';
      WriteText(properties[slot].name);
      out_ += ':';
      WriteValue(object.slot(slot), properties[slot].type.type, depth);
    }
    out_ += '}';
  }

 private:
  void WriteValue(ValueView value, CimType type, std::size_t depth) {
    switch (value.kind()) {
      case ValueKind::kNull:
        out_ += "null";
        return;
      case ValueKind::kBoolean:
        out_ += value.boolean() ? "true" : "false";
        return;
      case ValueKind::kSigned:
        fmt::format_to(std::back_inserter(out_), "{}", value.signed_integer());
        return;
      case ValueKind::kUnsigned:
        fmt::format_to(std::back_inserter(out_), "{}", value.unsigned_integer());
        return;
      case ValueKind::kReal:
        return WriteReal(value.real(), type);
      case ValueKind::kText:
        return WriteText(value.text());
      case ValueKind::kArray:
        return WriteArray(value, type, depth);
      case ValueKind::kObject:
        if (value.object() == nullptr || !*value.object() || depth == limits::kObjectNestingMax) {
          out_ += "null";
        } else {
          WriteObject(*value.object(), depth + 1);
        }
        return;
    }
  }

  void WriteArray(ValueView value, CimType type, std::size_t depth) {
    out_ += '[';
    bool is_first = true;
    for (const ValueView& item : value.items()) {
      if (is_full()) break;
      if (!std::exchange(is_first, false)) out_ += ',';
      WriteValue(item, type, depth);
    }
    out_ += ']';
  }

  void WriteReal(double real, CimType type) {
    if (!std::isfinite(real)) {
      out_ += "null";
    } else if (type == CimType::kReal32) {
      fmt::format_to(std::back_inserter(out_), "{}", static_cast<float>(real));
    } else {
      fmt::format_to(std::back_inserter(out_), "{}", real);
    }
  }

  void WriteText(std::string_view text) {
    out_ += '"';
    for (const char c : ToUtf8(text)) {
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<unsigned char>(c));
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  std::string out_;
};

}  // namespace

Result<std::string> EventJson(const cim::Object& event) {
  JsonWriter writer;
  writer.WriteObject(event, 0);
  if (writer.is_full()) {
    return Status(
        code::kQuotaViolation,
        fmt::format("The event of class {} is longer than {} bytes as JSON; let the query of the filter select "
                    "fewer properties.",
                    event.schema().name(), kEventJsonBytesMax));
  }
  return writer.Take();
}

}  // namespace wmi::consumers
