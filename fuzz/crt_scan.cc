// Fuzzes the scanf family: the input is a format, a zero, and a text. No crash, no hang, no write past a target; a text
// and a stream give the same; narrow and wide give the same for ASCII. Links wmi_crt.
#include <windef.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "base/text.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

// Targets of every kind in memory of their own, so that the sanitizers see a write past one.
struct Targets {
  static constexpr unsigned kText = 5;
  std::unique_ptr<int> number = std::make_unique<int>(0);
  std::unique_ptr<char[]> narrow = std::make_unique<char[]>(kText);
  std::unique_ptr<long long> large = std::make_unique<long long>(0);
  std::unique_ptr<wchar_t[]> wide = std::make_unique<wchar_t[]>(kText);
  std::unique_ptr<double> real = std::make_unique<double>(0);

  // In an order that the choice turns, so that each format meets each target.
  template <typename Scan>
  int Run(Scan scan, unsigned choice) {
    switch (choice % 4) {
      case 0:
        return scan(number.get(), narrow.get(), kText, large.get(), wide.get(), kText, real.get());
      case 1:
        return scan(narrow.get(), kText, wide.get(), kText, number.get(), real.get(), large.get());
      case 2:
        return scan(wide.get(), kText, narrow.get(), kText, real.get(), number.get(), large.get());
      default:
        return scan(real.get(), large.get(), number.get(), wide.get(), kText, narrow.get(), kText);
    }
  }
  bool operator==(const Targets& other) const {
    const bool same_real = memcmp(real.get(), other.real.get(), sizeof(double)) == 0;
    return *number == *other.number && *large == *other.large && same_real &&
           std::equal(narrow.get(), narrow.get() + kText, other.narrow.get()) &&
           std::equal(wide.get(), wide.get() + kText, other.wide.get());
  }
};

bool IsAscii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string format = input.c_str();
  const std::string text = format.size() < input.size() ? input.c_str() + format.size() + 1 : "";

  Targets from_text;
  const int result =
      from_text.Run([&](auto... targets) { return sscanf_s(text.c_str(), format.c_str(), targets...); }, choice);
  Require(result >= EOF && result <= 5);

  Targets from_stream;
  if (!text.empty()) {
    const std::unique_ptr<FILE, int (*)(FILE*)> stream(fmemopen(const_cast<char*>(text.data()), text.size(), "r"),
                                                       &fclose);
    Require(from_stream.Run([&](auto... targets) { return fscanf_s(stream.get(), format.c_str(), targets...); },
                            choice) == result);
    Require(from_stream == from_text);
  }

  Targets from_wide;
  const std::wstring wide_format = wmi::WideFromUtf8(format);
  const std::wstring wide_text = wmi::WideFromUtf8(text);
  const int wide_result = from_wide.Run(
      [&](auto... targets) { return swscanf_s(wide_text.c_str(), wide_format.c_str(), targets...); }, choice);
  if (IsAscii(format) && IsAscii(text)) {
    Require(wide_result == result);
    Require(from_wide == from_text);
  }
  return 0;
}
