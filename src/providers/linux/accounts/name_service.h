// NameService: users and groups as the machine knows them (nsswitch.conf: files, LDAP, sssd …), behind one seam.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wmi::linuxos {

struct UserEntry {
  std::string name;
  std::uint32_t id = 0;
  std::uint32_t group_id = 0;
  std::string full_name;  // the first part of the comment field
  std::string home;
  std::string shell;
};

struct GroupEntry {
  std::string name;
  std::uint32_t id = 0;
  std::vector<std::string> members;
};

enum class NameAnswer {
  kFound,
  kNotFound,
  kNoAnswer,  // the service failed or did not answer before the deadline
};

// Safe from several threads. Calls may block for GuardedCalls::kDeadline, no longer.
class NameService {
 public:
  virtual ~NameService() = default;

  virtual NameAnswer UserById(std::uint32_t id, UserEntry& out);
  virtual NameAnswer UserByName(const std::string& name, UserEntry& out);
  virtual NameAnswer GroupById(std::uint32_t id, GroupEntry& out);
  virtual NameAnswer GroupByName(const std::string& name, GroupEntry& out);
  // All that the service lists, at most `max`; kNoAnswer with what came until then.
  virtual NameAnswer Users(std::size_t max, std::vector<UserEntry>& out);
  virtual NameAnswer Groups(std::size_t max, std::vector<GroupEntry>& out);

  // Never destroyed.
  static NameService& Real();
};

}  // namespace wmi::linuxos
