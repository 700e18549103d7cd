// XML of objects: whatever the text, reading ends, says where the error is, and what was read can be written and read
// back with the same text. The first byte chooses the document type.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/status.h"
#include "xml/reader.h"
#include "xml/writer.h"

namespace {

using wmi::xml::Dtd;
using wmi::xml::WriteOptions;

void Require(bool holds) {
  if (!holds) std::abort();
}

// What cannot be written has met a limit: it got longer or deeper by being written out.
void CheckRoundTrip(const wmi::cim::Object& object, Dtd dtd) {
  WriteOptions options;
  options.dtd = dtd;
  options.qualifiers = WriteOptions::Include::kYes;
  options.class_origin = WriteOptions::Include::kYes;
  const wmi::Result<std::string> text = wmi::xml::ObjectText(object, options);
  if (!text.ok()) {
    Require(text.status().code() == wmi::code::kQuotaViolation);
    return;
  }
  const wmi::Result<wmi::cim::Object> again = wmi::xml::ReadObject(*text, dtd);
  if (!again.ok()) {
    Require(again.status().code() == wmi::code::kQuotaViolation);
    return;
  }
  Require(again->is_class() == object.is_class());
  Require(again->schema().name() == object.schema().name());
  Require(again->schema().derivation() == object.schema().derivation());
  Require(again->schema().properties().size() == object.schema().properties().size());
  Require(again->schema().methods().size() == object.schema().methods().size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Dtd dtd = data[0] % 2 == 0 ? Dtd::kCim : Dtd::kWmi;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const wmi::Result<wmi::cim::Object> object = wmi::xml::ReadObject(text, dtd);
  if (object.ok()) {
    CheckRoundTrip(*object, dtd);
    return 0;
  }
  Require(object.status().detail() != nullptr && !object.status().detail()->message.empty());
  Require(object.status().detail()->line > 0 && object.status().detail()->column > 0);
  return 0;
}
