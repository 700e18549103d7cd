#include <fcntl.h>
#include <gtest/gtest.h>
#include <io.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>

namespace {

TEST(Modes, AnswerTheOneBefore) {
  const int before = _setmode(_fileno(stdout), _O_U16TEXT);
  EXPECT_EQ(before, _O_TEXT);
  EXPECT_EQ(_setmode(_fileno(stdout), _O_U8TEXT), _O_U16TEXT);
  EXPECT_EQ(_setmode(_fileno(stdout), before), _O_U8TEXT);
  EXPECT_EQ(_setmode(_fileno(stderr), _O_TEXT), _O_TEXT);
}

TEST(Modes, AreRefusedWhenTheyAreNone) {
  EXPECT_EQ(_setmode(1, 0), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(_setmode(1, _O_TEXT | _O_U8TEXT), -1);
  EXPECT_EQ(_setmode(-1, _O_TEXT), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(_setmode(12345, _O_TEXT), -1);
  EXPECT_EQ(errno, EBADF);
}

TEST(Modes, ADescriptorOfTheProgramAnswersText) {
  const int descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC);
  EXPECT_EQ(_setmode(descriptor, _O_BINARY), _O_TEXT);
  EXPECT_EQ(_setmode(descriptor, _O_TEXT), _O_TEXT);
  close(descriptor);
}

TEST(Descriptors, OfStreamsAndTerminals) {
  EXPECT_EQ(_fileno(stderr), 2);
  EXPECT_EQ(_fileno(nullptr), -1);
  EXPECT_EQ(errno, EINVAL);
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(terminal, 0);
  EXPECT_NE(_isatty(terminal), 0);
  close(terminal);
  errno = 0;
  EXPECT_EQ(_isatty(terminal), 0);
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
