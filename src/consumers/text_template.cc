#include "consumers/text_template.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/check.h"
#include "consumers/limits.h"
#include "mof/writer.h"
#include "wql/system_property.h"

namespace wmi::consumers {
namespace {

using cim::CimType;
using cim::ValueKind;
using cim::ValueView;

Status Wrong(std::string_view text, std::size_t offset, std::string message) {
  ErrorDetail detail;
  detail.message = std::move(message);
  detail.parameter = text;
  detail.column = static_cast<int>(CharacterCount(text.substr(0, offset))) + 1;
  return Status(code::kInvalidParameter, std::move(detail));
}

// The names between the percent signs; empty when they are none.
std::vector<std::string> SplitPath(std::string_view place) {
  std::vector<std::string> path;
  for (;;) {
    const std::size_t dot = place.find('.');
    const std::string_view name = place.substr(0, dot);
    if (!cim::IsIdentifier(name) || path.size() == limits::kObjectNestingMax) return {};
    path.emplace_back(name);
    if (dot == std::string_view::npos) return path;
    place.remove_prefix(dot + 1);
  }
}

void CutTo(std::size_t bytes_max, std::string& text) {
  if (text.size() <= bytes_max) return;
  // Never inside a character: its further bytes are 10xxxxxx.
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  text.resize(bytes_max);
}

// A text inside a list, so that its end can be seen.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  quoted += '"';
  return quoted;
}

// Follows one path through an event and makes the text of what is there.
class PlaceText {
 public:
  void Visit(const cim::Object& object, std::span<const std::string> path) {
    const cim::Class& schema = object.schema();
    if (const auto system = wql::FindSystemProperty(path.front())) {
      if (path.size() == 1) AddSystemValue(*system, object);
      return;
    }
    const std::optional<std::size_t> slot = schema.FindSlot(path.front());
    if (!slot || !object.IsVisible(*slot)) return;
    VisitValue(object.slot(*slot), schema.properties()[*slot].type.type, path.subspan(1));
  }

  std::string Take() {
    if (items_.empty()) return is_list_ ? "()" : "";
    if (items_.size() == 1) return std::move(items_.front().text);
    std::string list = "(";
    for (const Item& item : items_) {
      if (list.size() > 1) list += ',';
      list += item.is_text ? Quoted(item.text) : item.text;
      if (list.size() > kTextBytesMax) break;
    }
    list += ')';
    return list;
  }

 private:
  struct Item {
    std::string text;
    bool is_text;
  };

  // `path` is what remains of it behind the value.
  void VisitValue(ValueView value, CimType type, std::span<const std::string> path) {
    if (value.kind() == ValueKind::kArray) {
      is_list_ = true;
      for (const ValueView& item : value.items()) {
        if (bytes_ > kTextBytesMax) return;
        VisitValue(item, type, path);
      }
    } else if (path.empty()) {
      AddValue(value, type);
    } else if (value.kind() == ValueKind::kObject && value.object() != nullptr && *value.object()) {
      Visit(*value.object(), path);
    }
  }

  void AddValue(ValueView value, CimType type) {
    switch (value.kind()) {
      case ValueKind::kNull:
      case ValueKind::kArray:
        return;
      case ValueKind::kBoolean:
        return Add(value.boolean() ? "TRUE" : "FALSE");
      case ValueKind::kSigned:
        return Add(fmt::format("{}", value.signed_integer()));
      case ValueKind::kUnsigned:
        return Add(fmt::format("{}", value.unsigned_integer()));
      case ValueKind::kReal:
        return Add(type == CimType::kReal32 ? fmt::format("{}", static_cast<float>(value.real()))
                                            : fmt::format("{}", value.real()));
      case ValueKind::kText:
        return Add(std::string(value.text()), true);
      case ValueKind::kObject:
        if (value.object() != nullptr && *value.object()) Add(mof::ObjectText(*value.object()));
        return;
    }
  }

  void AddSystemValue(wql::SystemProperty property, const cim::Object& object) {
    if (property == wql::SystemProperty::kThis) return AddValue(ValueView::OfObject(&object), CimType::kObject);
    if (property == wql::SystemProperty::kDerivation) {
      is_list_ = true;
      for (const std::string& name : object.schema().derivation()) Add(name, true);
      return;
    }
    std::string buffer;
    AddValue(wql::SystemValue(property, object, buffer), CimType::kString);
  }

  void Add(std::string text, bool is_text = false) {
    bytes_ += text.size() + 1;
    items_.push_back({std::move(text), is_text});
  }

  std::vector<Item> items_;
  std::size_t bytes_ = 0;
  bool is_list_ = false;  // the path goes through an array, or ends in one
};

}  // namespace

Result<TextTemplate> TextTemplate::Parse(std::string_view text) {
  if (text.size() > kTextBytesMax) {
    return Wrong({}, 0, fmt::format("The template has {} bytes; {} are the limit.", text.size(), kTextBytesMax));
  }
  TextTemplate result;
  std::string literal;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      // A pair of quotes and what is between them stay as they are; a quote without another is a character.
      const std::size_t end = text.find('"', at + 1);
      const std::size_t length = end == std::string_view::npos ? 1 : end + 1 - at;
      literal += text.substr(at, length);
      at += length;
      continue;
    }
    if (text[at] != '%') {
      literal += text[at++];
      continue;
    }
    const std::size_t end = text.find('%', at + 1);
    if (end == std::string_view::npos) {
      return Wrong(text, at, "A place has no closing percent sign; write %% for a percent sign.");
    }
    const std::string_view place = text.substr(at + 1, end - at - 1);
    if (place.empty()) {
      literal += '%';
    } else {
      std::vector<std::string> path = SplitPath(place);
      if (path.empty()) {
        return Wrong(text, at,
                     "Between two percent signs stands the name of a property, such as %TargetInstance.Name%; write "
                     "%% for a percent sign.");
      }
      if (!literal.empty()) result.parts_.push_back({std::exchange(literal, {}), {}});
      result.parts_.push_back({{}, std::move(path)});
    }
    at = end + 1;
  }
  if (!literal.empty()) result.parts_.push_back({std::move(literal), {}});
  return result;
}

std::string TextTemplate::Fill(const cim::Object& event) const {
  std::string text;
  for (const Part& part : parts_) {
    if (text.size() > kTextBytesMax) break;
    if (part.path.empty()) {
      text += part.literal;
    } else if (event) {
      PlaceText place;
      place.Visit(event, part.path);
      text += place.Take();
    }
  }
  CutTo(kTextBytesMax, text);
  return text;
}

}  // namespace wmi::consumers
