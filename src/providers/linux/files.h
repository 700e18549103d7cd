// Files: every system call that the Linux providers make, behind one seam, and bounded readers on top of it.
//
// Failures are plain errno values (0 is success), because what an errno means depends on who asked: ENOENT of a
// process's file is a process that is gone, EACCES a property that is denied. Text is read into buffers that the caller
// reuses.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace wmi::linuxos {

// A directory handle that is closed with its owner.
class Directory {
 public:
  Directory() = default;
  explicit Directory(int descriptor) : descriptor_(descriptor) {}
  Directory(Directory&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  Directory& operator=(Directory&& other) noexcept;
  ~Directory();

  // -1 when there is none.
  int descriptor() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// What statvfs tells.
struct SpaceInfo {
  std::uint64_t block_bytes = 0;
  std::uint64_t blocks = 0;
  std::uint64_t blocks_available = 0;
  std::uint64_t name_length_max = 0;
};

// Memory that reads go to; grows to what was needed and is used again. Not thread-safe.
class TextBuffer {
 public:
  // Room for at least `bytes`.
  char* Reserve(std::size_t bytes);
  std::size_t capacity() const { return memory_.size(); }
  // What the last read put there; valid until the next.
  std::string_view text() const { return {memory_.data(), length_}; }
  void set_length(std::size_t length) { length_ = length; }

 private:
  std::vector<char> memory_;
  std::size_t length_ = 0;
};

// Relative paths start at the directory `at`; absolute ones ignore it (pass kNoDirectory). Safe from several threads.
class Files {
 public:
  virtual ~Files() = default;

  virtual int OpenDirectory(int at, const char* path, Directory& out);
  // Reads up to `bytes_max` bytes of a file; what is beyond is left out.
  virtual int Read(int at, const char* path, std::size_t bytes_max, TextBuffer& out);
  // Where a symbolic link points; at most 4095 bytes.
  virtual int ReadLink(int at, const char* path, TextBuffer& out);
  // Names of a directory without "." and "..", at most `names_max`, in the order of the kernel.
  virtual int List(int at, const char* path, std::size_t names_max, std::vector<std::string>& out);
  // The names that are folders, not links to them; the rest is left out.
  virtual int ListFolders(int at, const char* path, std::size_t names_max, std::vector<std::string>& out);
  // The names that are decimal numbers; the rest is left out.
  virtual int ListNumbers(int at, const char* path, std::size_t numbers_max, std::vector<std::int32_t>& out);
  // Size of the thing itself, as stat gives it.
  virtual int Size(int at, const char* path, std::uint64_t& out);
  virtual bool IsDirectory(const char* path);
  // st_mode of the thing itself; a link is not followed.
  virtual int Mode(int at, const char* path, std::uint32_t& out);
  // Writes all of `text` with one call into a file that is there; makes none and cuts none off. For files of the
  // kernel.
  virtual int Write(const char* path, std::string_view text);
  // True when `path` lies on the proc file system of the kernel and not on a recorded tree.
  virtual bool IsProcFileSystem(const char* path);
  // May block on a dead server.
  virtual int Space(const char* path, SpaceInfo& out);
  // A new file that everybody may read, whole or not at all; EEXIST when there is one of this name.
  virtual int Create(const char* path, std::string_view text);
  virtual int Remove(const char* path);

  // Puts the text in the place of the file in one step, with its owner and mode: whoever reads sees the old or the new
  // one. A link stays and its target is replaced; a file that is new is readable for all.
  virtual int Replace(const char* path, std::string_view text);
  // Makes the folder and those above it that are missing; one that is there is no failure.
  virtual int MakeFolder(const char* path);
  // Removes a folder that is empty.
  virtual int RemoveFolder(const char* path);
  // When the content of the thing itself was last changed, in microseconds since 1970.
  virtual int ModifiedTime(const char* path, std::int64_t& microseconds);

  // The calls of this machine; lives for the whole process.
  static Files& Real();
};

inline constexpr int kNoDirectory = -1;

// What an errno of a file that belongs to a process or device means.
enum class Outcome {
  kRead,
  kGone,       // does not exist (any more)
  kDenied,     // exists, but not for us
  kExhausted,  // descriptors or memory are short: not a fact about the file, the call must fail
  kUnread,     // anything else: the value is unknown
};
Outcome OutcomeOf(int error);

// The failure of a call for which descriptors or memory were short.
Status ExhaustedStatus(std::string_view path, int error);

// Text scanning. All are bounded by the text given and never look beyond it.

std::string_view Trim(std::string_view text);
// Takes the part before `separator` (or all) off the front of `rest`. False when rest was empty.
bool NextPart(std::string_view& rest, char separator, std::string_view& part);
// Digits at the start of the text, leading blanks skipped; false when there are none or they are too large.
bool ParseUnsigned(std::string_view text, std::uint64_t& out);
bool ParseSigned(std::string_view text, std::int64_t& out);
// True when one of the words between blanks, or commas, is `word`.
bool HasWord(std::string_view text, std::string_view word, char separator = ' ');

// The name of the last folder or file of a path; slashes at its end do not count.
std::string_view LastPart(std::string_view path);

// A file of one line, trimmed; empty when it cannot be read.
std::string ReadLine(Files& files, const std::string& path);
// The whole of a text file up to `bytes_max`; empty when it cannot be read.
std::string ReadText(Files& files, const std::string& path, std::size_t bytes_max);

}  // namespace wmi::linuxos
