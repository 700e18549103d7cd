#include "crt/wide_streams.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

namespace wmi::crt {
namespace {

TEST(WideStreams, AreInstalledBeforeMain) {
  ASSERT_NE(WideOutputBuffer(), nullptr);
  EXPECT_EQ(std::wcout.rdbuf(), WideOutputBuffer());
}

TEST(WideStreams, KeepTheOrderOfMixedOutput) {
  testing::internal::CaptureStdout();
  std::cout << "one ";
  std::wcout << L"two ";
  std::printf("%s ", "three");
  std::wcout << L"Gr\u00fc\u00df \U0001F427 " << 4 << std::endl;
  std::cout << "five";
  std::printf(" %ls", L"six");
  std::cout << std::flush;
  std::fflush(stdout);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "one two three Gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xA7 4\nfive six");
}

TEST(WideStreams, FollowARedirectedNarrowStream) {
  std::ostringstream target;
  std::streambuf* old = std::cout.rdbuf(target.rdbuf());
  std::wcout << L"text" << L'!' << std::endl;
  std::cout.rdbuf(old);
  EXPECT_EQ(target.str(), "text!\n");
  EXPECT_TRUE(std::wcout.good());
}

TEST(WideStreams, ErrorStreamsGoToTheirNarrowTwins) {
  testing::internal::CaptureStderr();
  std::wcerr << L"error " << std::flush;
  std::cerr << "narrow ";
  std::wclog << L"log" << std::flush;
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "error narrow log");
}

TEST(WideStreams, LongTextAndImpossibleCharacters) {
  std::ostringstream target;
  std::streambuf* old = std::cout.rdbuf(target.rdbuf());
  std::wcout << std::wstring(1000, L'x') << static_cast<wchar_t>(0xD800) << static_cast<wchar_t>(0x110000);
  std::cout.rdbuf(old);
  EXPECT_EQ(target.str(), std::string(1000, 'x') + "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(WideStreams, FailLikeTheNarrowStream) {
  std::streambuf* old = std::cout.rdbuf(nullptr);
  std::wcout << L"lost";
  EXPECT_FALSE(std::wcout.good());
  std::wcout.clear();
  std::cout.rdbuf(old);
  std::cout.clear();
}

}  // namespace
}  // namespace wmi::crt
