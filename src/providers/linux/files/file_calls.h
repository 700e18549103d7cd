// FileCalls: what is asked of and done to single files of the machine, behind one seam. Results are errno values, 0 for
// success; the last part of a path is never followed when it is a link. All may block on a dead server.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace wmi::linuxos {

// What statx tells. Times in microseconds since 1970.
struct FileFacts {
  mode_t mode = 0;
  std::uint64_t size = 0;
  std::optional<std::int64_t> created;
  std::int64_t modified = 0;
  std::int64_t accessed = 0;
  // Nothing where the file system does not know.
  std::optional<bool> is_compressed;
  std::optional<bool> is_encrypted;

  bool is_directory() const { return S_ISDIR(mode); }
};

// What this process may do.
struct FileRights {
  bool reads = false;
  bool writes = false;
  bool executes = false;  // enters, for a folder
};

struct FileEntry {
  std::string name;
  // Nothing where the file system does not tell with the name.
  std::optional<bool> is_directory;
};

// Safe from several threads.
class FileCalls {
 public:
  virtual ~FileCalls() = default;

  virtual int Look(const std::string& path, FileFacts& out);
  virtual FileRights Rights(const std::string& path);
  // At most `names_max`, without "." and "..".
  virtual int List(const std::string& path, std::size_t names_max, std::vector<FileEntry>& out);

  // EEXIST when the target is there: nothing is replaced.
  virtual int Rename(const std::string& from, const std::string& to);
  // A regular file with its contents and mode; EINVAL for others, EEXIST when the target is there. What was begun is
  // taken away again when it fails or a stop is requested (ECANCELED).
  virtual int Copy(const std::string& from, const std::string& to, const std::stop_token& stop);
  // A folder must be empty.
  virtual int Remove(const std::string& path, bool is_directory);
  // EOPNOTSUPP where the file system does not compress single files.
  virtual int SetCompressed(const std::string& path, bool is_compressed);

  // The calls of this machine; lives for the whole process.
  static FileCalls& Real();
};

}  // namespace wmi::linuxos
