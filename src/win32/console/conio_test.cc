#include <conio.h>
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>

#include "win32/console/pty_test.h"

namespace wmi::win32 {
namespace {

TEST(Conio, ReadsAKeyWithoutEnterAndEcho) {
  PtyChild child([] {
    std::printf("press\n");
    std::fflush(stdout);
    return _getch();
  });
  child.ReadUntil("press");
  child.AwaitKeyMode();
  child.Type("x");
  EXPECT_EQ(child.ReadRest().find('x'), std::string::npos);
  EXPECT_EQ(child.Wait(), 'x');
  EXPECT_TRUE(child.echoes());
  EXPECT_TRUE(child.reads_lines());
}

TEST(Conio, ShowsTheKeyIfAsked) {
  PtyChild child([] {
    _cputs("press ");
    return getche();
  });
  child.ReadUntil("press ");
  child.AwaitKeyMode();
  child.Type("x");
  EXPECT_EQ(child.ReadRest(), "x");
  EXPECT_EQ(child.Wait(), 'x');
}

TEST(Conio, GivesTheCodesOfWindowsForEnterAndBackspace) {
  for (const auto& [typed, code] : {std::pair('\r', '\r'), std::pair('\x7f', '\b')}) {
    PtyChild child([] { return _getch(); });
    child.AwaitKeyMode();
    child.Type({&typed, 1});
    EXPECT_EQ(child.Wait(), code);
  }
}

TEST(Conio, ReadsEnterThatWasPressedBeforeTheCall) {
  PtyChild child([] {
    _cputs("now");
    pollfd terminal = {0, POLLIN, 0};
    poll(&terminal, 1, 10000);
    return _getch();
  });
  child.ReadUntil("now");
  child.Type("\r");
  EXPECT_EQ(child.Wait(), '\r');
}

TEST(Conio, TellsWhetherAKeyWaits) {
  PtyChild child([] {
    if (_kbhit() != 0) return 1;
    _cputs("none\n");
    while (_kbhit() == 0) {
    }
    if (_kbhit() == 0) return 2;  // it is still there
    if (_getch() != 'k') return 3;
    return _kbhit() == 0 ? 0 : 4;
  });
  EXPECT_EQ(child.ReadUntil("none"), "none");
  child.Type("k");
  EXPECT_EQ(child.Wait(), 0);
}

TEST(Conio, ReadsWideCharacters) {
  PtyChild child([] {
    _cputws(L"\x20AC\n");
    const bool good = _getwch() == 0x20AC && _getwche() == 0x1F600 && _getwch() == L'a';
    _putwch(L'\xE9');
    return good ? 0 : 1;
  });
  EXPECT_EQ(child.ReadUntil("\xE2\x82\xAC"), "\xE2\x82\xAC");
  child.AwaitKeyMode();
  child.Type(
      "\xE2\x82\xAC\xF0\x9F\x98\x80"
      "a");
  EXPECT_EQ(child.ReadUntil("\xC3\xA9").substr(2), "\xF0\x9F\x98\x80\xC3\xA9");
  EXPECT_EQ(child.Wait(), 0);
}

TEST(Conio, LetsCtrlCEndTheProgram) {
  PtyChild child([] {
    _putch('>');
    return _getch();
  });
  child.ReadUntil(">");
  child.AwaitKeyMode();
  child.Type("\x03");
  EXPECT_EQ(child.Wait(), 1000 + SIGINT);
  EXPECT_TRUE(child.echoes());
  EXPECT_TRUE(child.reads_lines());
}

// A child without a terminal and with `input` as its standard input; its exit code and what it wrote.
struct Ended {
  int code;
  std::string output;
};

Ended RunWithoutTerminal(std::string_view input, int (*body)()) {
  int in[2];
  int out[2];
  if (pipe(in) != 0 || pipe(out) != 0) return {-1, ""};
  // The input is whole, with its end, before the child looks: the pipe holds it.
  static_cast<void>(!write(in[1], input.data(), input.size()));
  close(in[1]);
  const pid_t pid = fork();
  if (pid == 0) {
    setsid();
    dup2(in[0], 0);
    dup2(out[1], 1);
    _exit(body());
  }
  close(in[0]);
  close(out[1]);
  std::string output;
  char piece[64];
  for (ssize_t count = 0; (count = read(out[0], piece, sizeof(piece))) > 0;) {
    output.append(piece, static_cast<std::size_t>(count));
  }
  close(out[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

TEST(Conio, ReadsStandardInputWithoutATerminal) {
  const Ended ended = RunWithoutTerminal("ab\xC3\xA9", [] {
    if (_getch() != 'a') return 1;
    if (_kbhit() == 0 || _getche() != 'b') return 2;
    if (_getwch() != 0xE9) return 3;
    if (_kbhit() == 0) return 4;  // the end can be read, too
    if (_getch() != EOF || _getwch() != WEOF) return 5;
    std::printf("printed ");
    return _cputs("put") == 0 && _putch('!') == '!' && _cputs(nullptr) != 0 ? 0 : 6;
  });
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.output, "bprinted put!");
}

}  // namespace
}  // namespace wmi::win32
