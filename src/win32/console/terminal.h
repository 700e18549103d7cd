// The terminal of the process (/dev/tty): lines, hidden lines and single keys from it.
//
// Its settings are changed for the length of a read only. They are put back before a signal acts, when the process ends
// with exit() or ExitProcess() meanwhile, and at the end of the read.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace wmi::win32 {

inline constexpr std::size_t kTerminalLineBytesMax = 4096;  // what a terminal takes as one line

// What was typed; cleared in memory at the end of its life.
class SecretText {
 public:
  SecretText() = default;
  ~SecretText() { Clear(); }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;

  std::string_view text() const { return {bytes_, size_}; }
  void Clear();
  // The first `size` bytes stay.
  void Shrink(std::size_t size);
  // Room for the bytes of a read; Took says how many came.
  char* Room() { return bytes_ + size_; }
  std::size_t room() const { return sizeof(bytes_) - size_; }
  void Took(std::size_t count) { size_ += count; }

 private:
  char bytes_[kTerminalLineBytesMax];
  std::size_t size_ = 0;
};

enum class Shown { kYes, kNo };

// One user of the terminal at a time: while an object lives, others wait in their constructor. Not to be shared between
// threads.
class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // False when the process has no terminal. The functions below need one.
  bool is_open() const { return file_ >= 0; }

  void Write(std::string_view text) const;

  // Writes `prompt` and reads a line, without its end, into `line`. False when the input ends first, or a signal comes
  // that the program survives; being stopped and continued only repeats the prompt.
  bool ReadLine(std::string_view prompt, Shown shown, SecretText& line) const;

  // Whether a key waits.
  bool HasKey() const;
  // Waits for a byte of a key; nothing at the end of the input.
  std::optional<char> ReadKey() const;

 private:
  int file_ = -1;
};

// Puts the settings back if another thread has changed them right now. For the end of the process; async-signal-safe.
void RestoreTerminal();

}  // namespace wmi::win32
