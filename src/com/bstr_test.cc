#include "com/bstr.h"

#include <gtest/gtest.h>
#include <objbase.h>

#include <cstring>
#include <string>

#include "base/fault.h"
#include "com/freed_strings.h"
#include "com/memory.h"

namespace wmi::com {
namespace {

TEST(Bstr, CarriesItsLengthInFrontAndEndsInNul) {
  BSTR text = SysAllocString(L"Win32");
  EXPECT_EQ(SysStringLen(text), 5u);
  EXPECT_EQ(SysStringByteLen(text), 5 * sizeof(wchar_t));
  std::uint32_t prefix = 0;
  std::memcpy(&prefix, reinterpret_cast<char*>(text) - sizeof prefix, sizeof prefix);
  EXPECT_EQ(prefix, 5 * sizeof(wchar_t));
  EXPECT_STREQ(text, L"Win32");
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(text) % sizeof(void*), 0u);
  SysFreeString(text);
}

TEST(Bstr, NullIsAnEmptyStringEverywhere) {
  EXPECT_EQ(SysAllocString(nullptr), nullptr);
  EXPECT_EQ(SysStringLen(nullptr), 0u);
  EXPECT_EQ(SysStringByteLen(nullptr), 0u);
  SysFreeString(nullptr);
}

TEST(Bstr, KeepsEmbeddedNuls) {
  BSTR text = SysAllocStringLen(L"a\0b", 3);
  EXPECT_EQ(SysStringLen(text), 3u);
  EXPECT_EQ(text[2], L'b');
  EXPECT_EQ(text[3], L'\0');
  SysFreeString(text);
}

TEST(Bstr, ByteLengthNeedNotBeWholeCharacters) {
  BSTR text = SysAllocStringByteLen("abcdef", 6);
  EXPECT_EQ(SysStringByteLen(text), 6u);
  EXPECT_EQ(SysStringLen(text), 1u);
  EXPECT_EQ(std::memcmp(text, "abcdef\0\0\0\0", 10), 0);
  SysFreeString(text);
}

TEST(Bstr, RefusesALengthThatItsPrefixCannotHold) {
  EXPECT_EQ(SysAllocStringLen(nullptr, 0xffffffffu), nullptr);
  EXPECT_EQ(SysAllocStringLen(nullptr, 0x40000000u), nullptr);
}

TEST(Bstr, ReAllocReplacesAndMayReadTheOldText) {
  BSTR text = SysAllocString(L"abcdef");
  EXPECT_TRUE(SysReAllocString(&text, text + 2));
  EXPECT_STREQ(text, L"cdef");
  EXPECT_TRUE(SysReAllocStringLen(&text, nullptr, 2));
  EXPECT_STREQ(text, L"cd");
  EXPECT_EQ(SysStringLen(text), 2u);
  EXPECT_TRUE(SysReAllocString(&text, nullptr));
  EXPECT_EQ(text, nullptr);
}

// What the page of the documentation that calls a method does. AddressSanitizer must see it as the fault it is.
#ifndef __SANITIZE_ADDRESS__
TEST(Bstr, AFreedTextIsReadableForAWhileAndMayBeFreedAgain) {
  BSTR text = SysAllocString(L"notepad.exe");
  SysFreeString(text);
  BSTR other = SysAllocString(L"another.exe");
  EXPECT_STREQ(text, L"notepad.exe");
  EXPECT_EQ(SysStringLen(text), 11u);
  SysFreeString(text);
  for (std::size_t i = 0; i + 2 < FreedStrings::kCount; ++i) SysFreeString(SysAllocString(L"x"));
  EXPECT_STREQ(text, L"notepad.exe");
  EXPECT_STREQ(other, L"another.exe");
  SysFreeString(other);
}
#endif

TEST(Bstr, ConvertsUtf8BothWays) {
  const std::string utf8 = "Gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xA7";
  BSTR text = BstrFromUtf8(utf8);
  EXPECT_STREQ(text, L"Gr\u00fc\u00df \U0001F427");
  EXPECT_EQ(Utf8FromInput(text), utf8);
  SysFreeString(text);
  EXPECT_EQ(Utf8FromInput(nullptr), "");
  EXPECT_EQ(Utf8FromInput(L"literal"), "literal");
}

TEST(Bstr, ReturnBstrChecksItsTarget) {
  EXPECT_EQ(ReturnBstr("x", nullptr), E_POINTER);
  BSTR text = nullptr;
  EXPECT_EQ(ReturnBstr("", &text), S_OK);
  EXPECT_NE(text, nullptr);
  SysFreeString(text);
}

TEST(Bstr, LackOfMemoryGivesNullAndLeavesTheOldText) {
  BSTR old = SysAllocString(L"old");
  const FaultScope fault(kAllocationFault, 1, FaultMode::kFromThere);
  EXPECT_EQ(SysAllocString(L"x"), nullptr);
  EXPECT_EQ(SysAllocStringLen(L"x", 1), nullptr);
  EXPECT_EQ(SysAllocStringByteLen("x", 1), nullptr);
  EXPECT_FALSE(SysReAllocString(&old, L"new"));
  EXPECT_FALSE(SysReAllocStringLen(&old, L"new", 3));
  EXPECT_STREQ(old, L"old");
  BSTR text = nullptr;
  EXPECT_EQ(ReturnBstr("x", &text), E_OUTOFMEMORY);
  SysFreeString(old);
}

TEST(TaskMemory, AllocatesGrowsAndFrees) {
  auto* block = static_cast<char*>(CoTaskMemAlloc(4));
  std::memcpy(block, "abc", 4);
  block = static_cast<char*>(CoTaskMemRealloc(block, 400));
  EXPECT_STREQ(block, "abc");
  EXPECT_EQ(CoTaskMemRealloc(block, 0), nullptr);
  CoTaskMemFree(nullptr);
  const FaultScope fault(kAllocationFault, 1, FaultMode::kFromThere);
  EXPECT_EQ(CoTaskMemAlloc(1), nullptr);
}

}  // namespace
}  // namespace wmi::com
