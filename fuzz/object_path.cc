// Object paths: what parses prints to a path that parses to the same; what does not has a column inside the text.
#include "cim/object_path.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckFailure(const wmi::Status& status, std::string_view text) {
  Require(status.detail() != nullptr && !status.detail()->message.empty());
  Require(status.detail()->column >= 1);
  Require(static_cast<std::size_t>(status.detail()->column) <= wmi::CharacterCount(text) + 1);
}

void CheckPath(std::string_view text) {
  const auto path = wmi::cim::ParseObjectPath(text);
  if (!path.ok()) return CheckFailure(path.status(), text);
  const std::string printed = wmi::cim::FormatObjectPath(*path);
  const auto again = wmi::cim::ParseObjectPath(printed);
  // A path at the limit of its length may be longer with its quotes and escapes as printed.
  if (!again.ok()) return Require(printed.size() > text.size());
  Require(wmi::cim::FormatObjectPath(*again) == printed);
  Require(again->keys.size() == path->keys.size() && again->is_singleton == path->is_singleton);
}

// What the stricter parsers take the one for IWbemPath takes, with the same parts.
void CheckAnyPath(std::string_view text) {
  using wmi::cim::SingleName;
  const auto object = wmi::cim::ParseObjectPath(text);
  const auto any = wmi::cim::ParsePath(text, SingleName::kClass);
  if (!any.ok()) {
    Require(!object.ok());
    return CheckFailure(any.status(), text);
  }
  Require(!object.ok() || wmi::cim::FormatObjectPath(*object) == wmi::cim::FormatObjectPath(*any));
  Require(object.ok() || any->class_name.empty());
  const auto name_space = wmi::cim::ParseNamespacePath(text);
  if (!name_space.ok()) return;
  const auto place = wmi::cim::ParsePath(text, SingleName::kNamespace);
  Require(place.ok() && place->name_space == name_space->name_space && place->server == name_space->server);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckPath(text);
  const auto name_space = wmi::cim::ParseNamespacePath(text);
  if (name_space.ok()) {
    Require(wmi::cim::ParseNamespacePath(wmi::cim::FormatObjectPath(*name_space)).ok());
  } else {
    CheckFailure(name_space.status(), text);
  }
  CheckAnyPath(text);
  return 0;
}
