// AuditLog: where it is written down who arranged what to be done, and what was done.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace wmi::provider {

// Safe from several threads. Returns soon.
class AuditLog {
 public:
  // The name is in capitals and begins with OPENWMI_, as fields of the journal are.
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  virtual ~AuditLog() = default;
  // One entry: a sentence for people, and what it is about for programs. What cannot be written is counted, not told.
  virtual void Write(std::string_view message, std::initializer_list<Field> fields) = 0;
};

}  // namespace wmi::provider
