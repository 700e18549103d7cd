// WriterLock: the right to change a folder that several processes use.
#pragma once

#include <string>

#include "win32/error_code.h"

namespace wmi::win32 {

// Locks FOLDER/.lock with flock() while it lives; the folder exists. One thread at a time, also within a process.
class WriterLock {
 public:
  WriterLock() = default;
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

  // ERROR_BUSY when somebody else has held it for `wait_ms_max`.
  ErrorCode Acquire(const std::string& folder, int wait_ms_max = 10'000);

 private:
  int file_ = -1;
};

}  // namespace wmi::win32
