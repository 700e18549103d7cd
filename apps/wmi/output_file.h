// OutputFile: a file that appears under its name when it is whole and on the disk; until then what was there stays.
#pragma once

#include <string>

namespace wmi::cli {

// For one thread. What was not published is gone when this goes. What is no regular file, such as a pipe or /dev/null,
// is written as it is. A link stays a link, and a file that was there gives its permissions to the new one.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Both: 0, or the errno of what failed. descriptor() is to be written between them.
  int Open();
  int Publish();

  int descriptor() const { return descriptor_; }

 private:
  int MakeBeside(unsigned mode);
  int Sync() const;

  std::string path_;       // links followed
  std::string temporary_;  // empty: the file itself is written, or there is none
  int descriptor_ = -1;
};

}  // namespace wmi::cli
