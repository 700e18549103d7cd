// The functions of <conio.h>. The manual is there.
#include <conio.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "win32/abi_guard.h"
#include "win32/console/terminal.h"

using wmi::win32::Guarded;
using wmi::win32::Terminal;

namespace {

// Not through stdio: what it has read ahead could not be told from what _kbhit may still wait for.
std::optional<char> ReadStandardInput() {
  char byte = 0;
  ssize_t count = 0;
  while ((count = read(STDIN_FILENO, &byte, 1)) < 0 && errno == EINTR) {
  }
  return count == 1 ? std::optional<char>(byte) : std::nullopt;
}

bool StandardInputIsReady() {
  pollfd file = {STDIN_FILENO, POLLIN, 0};
  return poll(&file, 1, 0) > 0;
}

std::optional<char> ReadByte(const Terminal& terminal) {
  if (!terminal.is_open()) return ReadStandardInput();
  const std::optional<char> key = terminal.ReadKey();
  if (key == '\n') return '\r';  // Enter between two calls, when the terminal has its own settings
  return key == '\x7f' ? '\b' : key;
}

bool Write(const Terminal& terminal, std::string_view text) {
  std::fflush(stdout);  // what was printed before comes first
  if (terminal.is_open()) {
    terminal.Write(text);
    return true;
  }
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

// How many bytes the character has that begins with `byte`; 1 for a byte that begins none.
std::size_t LengthFrom(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : value >= 0xC0 ? 2 : 1;
}

enum class Echo { kYes, kNo };

int GetByte(Echo echo) {
  return Guarded(EOF, [&] {
    const Terminal terminal;
    const std::optional<char> byte = ReadByte(terminal);
    if (!byte) return EOF;
    if (echo == Echo::kYes) Write(terminal, {&*byte, 1});
    return static_cast<int>(static_cast<unsigned char>(*byte));
  });
}

// A malformed sequence is one replacement character.
wint_t GetCharacter(Echo echo) {
  return Guarded<wint_t>(WEOF, [&]() -> wint_t {
    const Terminal terminal;
    std::optional<char> byte = ReadByte(terminal);
    if (!byte) return WEOF;
    std::string bytes(1, *byte);
    while (bytes.size() < LengthFrom(bytes[0]) && (byte = ReadByte(terminal))) bytes += *byte;
    if (echo == Echo::kYes) Write(terminal, bytes);
    return static_cast<wint_t>(wmi::WideFromUtf8(bytes)[0]);
  });
}

}  // namespace

int _kbhit() {
  return Guarded(0, [] {
    const Terminal terminal;
    return (terminal.is_open() ? terminal.HasKey() : StandardInputIsReady()) ? 1 : 0;
  });
}

int _getch() { return GetByte(Echo::kNo); }

int _getche() { return GetByte(Echo::kYes); }

wint_t _getwch() { return GetCharacter(Echo::kNo); }

wint_t _getwche() { return GetCharacter(Echo::kYes); }

int _putch(int character) {
  const char byte = static_cast<char>(character);
  return Guarded(EOF, [&] { return Write(Terminal(), {&byte, 1}) ? character : EOF; });
}

wint_t _putwch(wchar_t character) {
  return Guarded<wint_t>(WEOF, [&]() -> wint_t {
    return Write(Terminal(), wmi::Utf8FromWide({&character, 1})) ? static_cast<wint_t>(character) : WEOF;
  });
}

int _cputs(const char* text) {
  return Guarded(-1, [&] { return text != nullptr && Write(Terminal(), text) ? 0 : -1; });
}

int _cputws(const wchar_t* text) {
  return Guarded(-1, [&] { return text != nullptr && Write(Terminal(), wmi::Utf8FromWide(text)) ? 0 : -1; });
}
