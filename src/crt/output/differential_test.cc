// The formats on which Microsoft and glibc agree, against glibc: random specifications over random values, through the
// typed functions and through a va_list.
#include <gtest/gtest.h>
#include <windef.h>

#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "base/text.h"

namespace {

class Differential : public testing::Test {
 protected:
  static constexpr int kRounds = 20'000;

  Differential() : seed_(std::random_device()()), random_(seed_) {
    if (const char* given = getenv("OPENWMI_TEST_SEED")) random_.seed(seed_ = static_cast<unsigned>(atoi(given)));
    RecordProperty("seed", std::to_string(seed_));
  }

  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  // %[flags][width][.precision]; what only the one side defines is not among the flags.
  std::string Specification(const char* flags, const char* rest) {
    std::string text = "<%";
    for (; *flags != '\0'; ++flags) {
      if (Below(4) == 0) text += *flags;
    }
    if (Below(2) == 0) text += std::to_string(1 + Below(30));
    if (Below(2) == 0) text += "." + (Below(4) == 0 ? std::string() : std::to_string(Below(25)));
    return text + rest + ">";
  }

  // Values near the powers of two, where mistakes are.
  uint64_t Integer() {
    const uint64_t power = Below(8) == 0 ? 0 : uint64_t{1} << Below(64);
    const uint64_t value = power + static_cast<uint64_t>(Below(5)) - 2;
    return Below(2) == 0 ? value : 0 - value;
  }

  double Real() {
    if (Below(4) == 0) return Below(2000) / 8.0 - 100;
    uint64_t bits = (uint64_t{random_()} << 32) | random_();
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value - value == 0 ? value : 0.0;
  }

  template <typename T>
  void Compare(const std::string& format, T value) {
    std::string standard = format;  // which has no h for text
    if (const size_t at = standard.find_first_of("sc"); at != std::string::npos) standard.erase(at - 1, 1);
    char expected[800];
    char typed[800];
    wchar_t wide[800];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
    const int length = (snprintf)(expected, sizeof(expected), standard.c_str(), value);
#pragma GCC diagnostic pop
    ASSERT_EQ(snprintf(typed, sizeof(typed), format.c_str(), value), length) << format << " seed " << seed_;
    ASSERT_STREQ(typed, expected) << format << " seed " << seed_;
    ASSERT_EQ(Listed(format.c_str(), value), expected) << format << " seed " << seed_;
    ASSERT_EQ(swprintf_s(wide, wmi::WideFromUtf8(format).c_str(), value), length) << format << " seed " << seed_;
    ASSERT_EQ(wmi::Utf8FromWide(wide), expected) << format << " seed " << seed_;
  }

  static std::string Listed(const char* format, ...) {
    char text[800];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return text;
  }

  unsigned seed_;
  std::mt19937 random_;
};

TEST_F(Differential, Integers) {
  const char* types[] = {"d", "i", "u", "x", "X", "o"};
  for (int i = 0; i < kRounds && !HasFatalFailure(); ++i) {
    const std::string type = types[Below(6)];
    const char* flags = type == "d" || type == "i" ? "-+ 0" : type == "u" ? "-0" : "-#0";
    const uint64_t value = Integer();
    switch (Below(5)) {
      case 0:
        Compare(Specification(flags, ("hh" + type).c_str()), static_cast<int>(value));
        break;
      case 1:
        Compare(Specification(flags, ("h" + type).c_str()), static_cast<int>(value));
        break;
      case 2:
        Compare(Specification(flags, type.c_str()), static_cast<int>(value));
        break;
      case 3:
        Compare(Specification(flags, ("ll" + type).c_str()), static_cast<long long>(value));
        break;
      default:
        Compare(Specification(flags, ("z" + type).c_str()), static_cast<size_t>(value));
    }
  }
}

TEST_F(Differential, RealNumbers) {
  const char* types[] = {"e", "E", "f", "F", "g", "G"};
  for (int i = 0; i < kRounds && !HasFatalFailure(); ++i) {
    Compare(Specification("-+ #0", types[Below(6)]), Real());
  }
}

TEST_F(Differential, HexadecimalRealNumbersWithAPrecision) {
  for (int i = 0; i < kRounds && !HasFatalFailure(); ++i) {
    const std::string precision = "." + std::to_string(Below(14)) + (Below(2) == 0 ? "a" : "A");
    const std::string width = Below(2) == 0 ? std::to_string(1 + Below(30)) : "";
    const char* flags[] = {"<%", "<%-", "<%+", "<%0", "<%#", "<% "};
    Compare(flags[Below(6)] + width + precision + ">", Real());
  }
}

TEST_F(Differential, Text) {
  const char* texts[] = {"", "a", "Win32_Process", "a longer text with several words in it"};
  for (int i = 0; i < kRounds && !HasFatalFailure(); ++i) {
    Compare(Specification("-", "hs"), texts[Below(4)]);
    Compare(Specification("-", "hc"), 'a' + Below(26));
  }
}

}  // namespace
