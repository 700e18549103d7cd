// Answers of the print daemon: any bytes as an IPP message and as an HTTP answer that holds one.
#include "providers/linux/devices/ipp.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "providers/linux/devices/print_server.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Decode(std::string_view bytes) {
  const auto answer = wmi::linuxos::DecodeIppAnswer(bytes);
  if (!answer) return;
  std::size_t used = 0;
  for (const wmi::linuxos::IppGroup& group : answer->groups) {
    for (const wmi::linuxos::IppAttribute& attribute : group.attributes) {
      Require(!attribute.name.empty() && !attribute.values.empty() && group.Find(attribute.name) != nullptr);
      for (const auto& value : attribute.values) used += value.size();
      Require(!(attribute.integer() && attribute.boolean()));
      attribute.range_end();
      attribute.resolution();
    }
  }
  Require(used <= bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Decode(bytes);
  if (const auto content = wmi::linuxos::HttpContent(bytes)) {
    Require(content->size() <= size);
    Decode(*content);
  }
  return 0;
}
