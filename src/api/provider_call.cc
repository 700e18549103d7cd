#include "api/provider_call.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace wmi::api {

std::string CodeInWords(Code code) {
  const std::string_view name = CodeName(code);
  const auto number = static_cast<std::uint32_t>(code);
  if (name.empty()) return fmt::format("0x{:08x}", number);
  return fmt::format("{} (0x{:08x}, {})", name, number, CodeText(code));
}

Status ProviderStatus(Code code, const std::string& name, std::string_view what, const std::string& thrown) {
  ErrorDetail detail;
  detail.provider = name;
  detail.message = thrown.empty() ? fmt::format("the provider '{}': {} {}", name, what, CodeInWords(code))
                                  : fmt::format("the provider '{}': {} threw an exception: {}", name, what, thrown);
  return Status(code, std::move(detail));
}

}  // namespace wmi::api
