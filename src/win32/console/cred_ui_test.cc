#include <WinCred.h>
#include <gtest/gtest.h>
#include <windows.h>

#include <string>
#include <thread>

#include "win32/console/pty_test.h"

namespace wmi::win32 {
namespace {

// What the child tells through its exit code.
constexpr int kAsExpected = 0;
constexpr int kCancelled = 99;

int CodeOf(DWORD error) { return error == ERROR_CANCELLED ? kCancelled : error == NO_ERROR ? kAsExpected : 98; }

// Asks like the programs of the documentation; the answers must be `user` and `password`.
int AskWide(const wchar_t* user, const wchar_t* password) {
  wchar_t name[CREDUI_MAX_USERNAME_LENGTH + 1] = L"";
  wchar_t secret[CREDUI_MAX_PASSWORD_LENGTH + 1] = L"";
  CREDUI_INFOW info{};
  info.cbSize = sizeof(info);
  info.pszCaptionText = L"Enter credentials";
  info.pszMessageText = L"Message\x1b[2J text";
  BOOL save = TRUE;
  const DWORD error = CredUIPromptForCredentialsW(
      &info, L"", nullptr, 0, name, ARRAYSIZE(name), secret, ARRAYSIZE(secret), &save,
      CREDUI_FLAGS_GENERIC_CREDENTIALS | CREDUI_FLAGS_ALWAYS_SHOW_UI | CREDUI_FLAGS_DO_NOT_PERSIST);
  if (error != NO_ERROR) return name[0] == 0 && secret[0] == 0 && save == TRUE ? CodeOf(error) : 1;
  if (std::wstring(name) != user) return 2;
  if (std::wstring(secret) != password) return 3;
  return save == FALSE ? kAsExpected : 4;
}

int AskForAnything() { return AskWide(L"", L""); }

TEST(CredUi, AsksForNameAndHiddenPassword) {
  PtyChild child([] {
    return AskWide(L"dom\\us\xE9r",
                   L"s\xE9"
                   L"cret");
  });
  EXPECT_EQ(child.ReadUntil("User name: "), "Enter credentials\r\nMessage?[2J text\r\nUser name: ");
  EXPECT_TRUE(child.echoes());
  child.Type("dom\\us\xC3\xA9r\n");
  child.ReadUntil("Password for dom\\us\xC3\xA9r: ");
  EXPECT_FALSE(child.echoes());
  child.Type(
      "s\xC3\xA9"
      "cret\n");
  EXPECT_EQ(child.ReadRest().find("cret"), std::string::npos);
  EXPECT_EQ(child.Wait(), kAsExpected);
}

TEST(CredUi, PutsTheTerminalRight) {
  PtyChild child([] {
    termios before{};
    termios after{};
    tcgetattr(0, &before);
    const int code = AskWide(L"u", L"p");
    tcgetattr(0, &after);
    return code != kAsExpected ? code : before.c_lflag == after.c_lflag ? kAsExpected : 50;
  });
  child.Type("u\np\n");  // typed ahead
  EXPECT_EQ(child.Wait(), kAsExpected);
}

TEST(CredUi, IsCancelledAtTheEndOfTheInput) {
  PtyChild at_name(AskForAnything);
  at_name.ReadUntil("User name: ");
  at_name.Type("\x04");
  EXPECT_EQ(at_name.Wait(), kCancelled);
  PtyChild at_password(AskForAnything);
  at_password.ReadUntil("User name: ");
  at_password.Type("name\n");
  at_password.ReadUntil("Password for name: ");
  at_password.Type("\x04");
  EXPECT_EQ(at_password.Wait(), kCancelled);
}

TEST(CredUi, LetsCtrlCEndTheProgramWithTheTerminalPutRight) {
  PtyChild child(AskForAnything);
  child.ReadUntil("User name: ");
  child.Type("name\n");
  child.ReadUntil("Password for name: ");
  EXPECT_FALSE(child.echoes());
  child.Type("\x03");
  EXPECT_EQ(child.Wait(), 1000 + SIGINT);
  EXPECT_TRUE(child.echoes());
}

TEST(CredUi, PutsTheTerminalRightWhenItIsKilled) {
  for (const int number : {SIGTERM, SIGHUP, SIGQUIT}) {
    PtyChild child(AskForAnything);
    child.ReadUntil("User name: ");
    child.Type("name\n");
    child.ReadUntil("Password for name: ");
    kill(child.pid(), number);
    EXPECT_EQ(child.Wait(), 1000 + number);
    EXPECT_TRUE(child.echoes()) << number;
  }
}

int SurviveInterrupt() {
  static volatile sig_atomic_t interrupts = 0;
  signal(SIGINT, [](int) { interrupts = interrupts + 1; });
  const int code = AskForAnything();
  return interrupts == 1 ? code : 60;
}

TEST(CredUi, IsCancelledByASignalThatTheProgramHandles) {
  PtyChild child(SurviveInterrupt);
  child.ReadUntil("User name: ");
  child.Type("\x03");
  EXPECT_EQ(child.Wait(), kCancelled);
}

TEST(CredUi, AsksAgainAfterTheProgramWasStopped) {
  PtyChild child([] { return AskWide(L"name", L"p"); });
  child.ReadUntil("User name: ");
  child.Type("name\n");
  child.ReadUntil("Password for name: ");
  kill(child.pid(), SIGSTOP);
  EXPECT_EQ(child.Wait(WUNTRACED), 2000 + SIGSTOP);
  kill(child.pid(), SIGCONT);
  child.ReadUntil("Password for name: ");
  EXPECT_FALSE(child.echoes());
  child.Type("p\n");
  EXPECT_EQ(child.Wait(), kAsExpected);
}

// The process ends by itself when it is told to, on another thread than the one that asks.
void EndDuringPrompt(void (*end)()) {
  int order[2];
  ASSERT_EQ(pipe(order), 0);
  PtyChild child([&] {
    std::thread([&] {
      char byte = 0;
      static_cast<void>(!read(order[0], &byte, 1));
      end();
    }).detach();
    return AskForAnything();
  });
  child.ReadUntil("User name: ");
  child.Type("name\n");
  child.ReadUntil("Password for name: ");
  EXPECT_FALSE(child.echoes());
  EXPECT_EQ(write(order[1], "x", 1), 1);
  EXPECT_EQ(child.Wait(), 7);
  EXPECT_TRUE(child.echoes());
  close(order[0]);
  close(order[1]);
}

TEST(CredUi, PutsTheTerminalRightWhenAnotherThreadEndsTheProcess) {
  EndDuringPrompt([] { exit(7); });
  EndDuringPrompt([] { ExitProcess(7); });
}

TEST(CredUi, TakesTheNameThatIsThere) {
  PtyChild child([] {
    char user[20] = "given";
    char secret[20] = "";
    const DWORD error =
        CredUIPromptForCredentialsA(nullptr, "srv\x1b", nullptr, ERROR_ACCESS_DENIED, user, 20, secret, 20, nullptr, 0);
    return error == NO_ERROR && std::string(user) == "given" && std::string(secret) == "pw" ? kAsExpected : 1;
  });
  EXPECT_EQ(child.ReadUntil("User name [given]: "),
            "Enter your credentials for srv?.\r\nThe last attempt failed: access was denied.\r\nUser name [given]: ");
  child.Type("\n");
  child.ReadUntil("Password for given: ");
  child.Type("pw\n");
  EXPECT_EQ(child.Wait(), kAsExpected);
}

TEST(CredUi, OnTheCommandLineAsksForThePasswordOfAGivenNameOnly) {
  PtyChild child([] {
    wchar_t user[20] = L"given";
    wchar_t secret[20] = L"";
    BOOL save = TRUE;
    const DWORD error =
        CredUICmdLinePromptForCredentialsW(L"server", nullptr, 0, user, 20, secret, 20, &save, CREDUI_FLAGS_PERSIST);
    return error == NO_ERROR && std::wstring(secret) == L"pw" && save == TRUE ? kAsExpected : 1;
  });
  EXPECT_EQ(child.ReadUntil("Password for given: "), "Enter your credentials for server.\r\nPassword for given: ");
  child.Type("pw\n");
  EXPECT_EQ(child.Wait(), kAsExpected);
}

TEST(CredUi, SaysThatAnAnswerDoesNotFit) {
  PtyChild child([] {
    char user[4] = "";
    char secret[4] = "";
    const DWORD error =
        CredUICmdLinePromptForCredentialsA("", nullptr, 0, user, 4, secret, 4, nullptr, CREDUI_FLAGS_KEEP_USERNAME);
    return error == ERROR_INSUFFICIENT_BUFFER && secret[0] == 0 ? kAsExpected : 1;
  });
  EXPECT_EQ(child.ReadUntil("Password: "), "Enter your credentials.\r\nPassword: ");
  child.Type("four\n");
  EXPECT_EQ(child.Wait(), kAsExpected);
}

TEST(CredUi, SaysThatThereIsNoTerminal) {
  EXPECT_EXIT(
      {
        setsid();  // the child leads a session without a terminal
        char buffer[10] = "";
        _exit(CredUICmdLinePromptForCredentialsA("x", nullptr, 0, buffer, 10, buffer, 10, nullptr, 0) ==
                      ERROR_NO_SUCH_LOGON_SESSION
                  ? 0
                  : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(CredUi, RefusesWhatMakesNoSense) {
  char buffer[10] = "";
  CREDUI_INFOA info{};
  const auto ask = [&](PCREDUI_INFOA with, const char* target, ULONG size, DWORD flags) {
    return CredUIPromptForCredentialsA(with, target, nullptr, 0, buffer, size, buffer, size, nullptr, flags);
  };
  EXPECT_EQ(ask(&info, "x", 10, 0), static_cast<DWORD>(ERROR_INVALID_PARAMETER));  // cbSize is 0
  EXPECT_EQ(ask(nullptr, nullptr, 10, 0), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_EQ(ask(nullptr, "x", 0, 0), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_EQ(ask(nullptr, "x", 10, CREDUI_FLAGS_REQUIRE_SMARTCARD), static_cast<DWORD>(ERROR_INVALID_FLAGS));
  info.cbSize = sizeof(info);
  const std::string long_caption(CREDUI_MAX_CAPTION_LENGTH + 1, 'c');
  info.pszCaptionText = long_caption.c_str();
  EXPECT_EQ(ask(&info, "x", 10, 0), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
}

TEST(CredUi, TakesNamesApart) {
  wchar_t user[20];
  wchar_t domain[20];
  EXPECT_EQ(CredUIParseUserNameW(L"dom\\u@x", user, 20, domain, 20), static_cast<DWORD>(NO_ERROR));
  EXPECT_STREQ(user, L"u@x");
  EXPECT_STREQ(domain, L"dom");
  EXPECT_EQ(CredUIParseUserNameW(L"u@example.org", user, 20, domain, 20), static_cast<DWORD>(NO_ERROR));
  EXPECT_STREQ(user, L"u@example.org");
  EXPECT_STREQ(domain, L"");
  for (const wchar_t* name : {L"", L"plain", L"\\u", L"d\\", L"@x", L"x@"}) {
    EXPECT_EQ(CredUIParseUserNameW(name, user, 20, domain, 20), static_cast<DWORD>(ERROR_INVALID_ACCOUNT_NAME)) << name;
  }
  char small[4];
  EXPECT_EQ(CredUIParseUserNameA("dom\\user", small, 4, small, 4), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
  EXPECT_EQ(CredUIParseUserNameA("d\\use", small, 4, small, 0), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
}

}  // namespace
}  // namespace wmi::win32
