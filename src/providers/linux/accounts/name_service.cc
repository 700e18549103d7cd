#include "providers/linux/accounts/name_service.h"

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "providers/linux/guarded_calls.h"

namespace wmi::linuxos {
namespace {

constexpr std::size_t kEntryBytesMax = 4u << 20;  // a group with very many members

UserEntry EntryOf(const passwd& found) {
  const auto text = [](const char* field) { return std::string(field == nullptr ? "" : field); };
  const std::string comment = text(found.pw_gecos);
  return {text(found.pw_name), found.pw_uid,        found.pw_gid, comment.substr(0, comment.find(',')),
          text(found.pw_dir),  text(found.pw_shell)};
}

GroupEntry EntryOf(const group& found) {
  GroupEntry entry{found.gr_name == nullptr ? "" : found.gr_name, found.gr_gid, {}};
  for (char** member = found.gr_mem; member != nullptr && *member != nullptr; ++member)
    entry.members.push_back(*member);
  return entry;
}

// What a look-up by one of the functions of pwd.h and grp.h gave; they share a shape.
template <typename Entry>
struct Found {
  NameAnswer answer = NameAnswer::kNoAnswer;
  Entry entry;
};

template <typename Entry, typename Raw, typename Call>
Found<Entry> LookUp(const Call& call) {
  std::vector<char> memory(4096);
  for (;;) {
    Raw raw{};
    Raw* found = nullptr;
    const int error = call(&raw, memory.data(), memory.size(), &found);
    if (error == ERANGE && memory.size() < kEntryBytesMax) {
      memory.resize(memory.size() * 2);
      continue;
    }
    if (found != nullptr) return {NameAnswer::kFound, EntryOf(*found)};
    // getpwnam(3) lists these besides 0 for a name that is not there.
    const bool is_absent = error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
    return {is_absent ? NameAnswer::kNotFound : NameAnswer::kNoAnswer, {}};
  }
}

template <typename Entry, typename Work>
NameAnswer Guarded(const std::string& place, Work work, Entry& out) {
  auto found = RunGuarded<Found<Entry>>(GuardedCalls::Real(), place, std::move(work));
  if (!found) return NameAnswer::kNoAnswer;
  out = std::move(found->entry);
  return found->answer;
}

// The enumerations of libc share one position in the whole process: GuardedCalls lets one at a time go to a place.
template <typename Entry, typename Raw>
NameAnswer ListAll(const std::string& place, std::size_t max, void (*rewind)(), Raw* (*next)(), void (*close)(),
                   std::vector<Entry>& out) {
  return Guarded<std::vector<Entry>>(
      place,
      [=] {
        Found<std::vector<Entry>> all;
        rewind();
        errno = 0;
        while (all.entry.size() < max) {
          const Raw* const found = next();
          if (found == nullptr) break;
          all.entry.push_back(EntryOf(*found));
          errno = 0;
        }
        all.answer = errno == 0 || errno == ENOENT ? NameAnswer::kFound : NameAnswer::kNoAnswer;
        close();
        return all;
      },
      out);
}

}  // namespace

NameAnswer NameService::UserById(std::uint32_t id, UserEntry& out) {
  return Guarded<UserEntry>(
      "user " + std::to_string(id),
      [id] {
        return LookUp<UserEntry, passwd>([id](passwd* raw, char* memory, std::size_t bytes, passwd** found) {
          return ::getpwuid_r(id, raw, memory, bytes, found);
        });
      },
      out);
}

NameAnswer NameService::UserByName(const std::string& name, UserEntry& out) {
  return Guarded<UserEntry>(
      "user " + name,
      [name] {
        return LookUp<UserEntry, passwd>([&name](passwd* raw, char* memory, std::size_t bytes, passwd** found) {
          return ::getpwnam_r(name.c_str(), raw, memory, bytes, found);
        });
      },
      out);
}

NameAnswer NameService::GroupById(std::uint32_t id, GroupEntry& out) {
  return Guarded<GroupEntry>(
      "group " + std::to_string(id),
      [id] {
        return LookUp<GroupEntry, group>([id](group* raw, char* memory, std::size_t bytes, group** found) {
          return ::getgrgid_r(id, raw, memory, bytes, found);
        });
      },
      out);
}

NameAnswer NameService::GroupByName(const std::string& name, GroupEntry& out) {
  return Guarded<GroupEntry>(
      "group " + name,
      [name] {
        return LookUp<GroupEntry, group>([&name](group* raw, char* memory, std::size_t bytes, group** found) {
          return ::getgrnam_r(name.c_str(), raw, memory, bytes, found);
        });
      },
      out);
}

NameAnswer NameService::Users(std::size_t max, std::vector<UserEntry>& out) {
  return ListAll<UserEntry, passwd>("users", max, ::setpwent, ::getpwent, ::endpwent, out);
}

NameAnswer NameService::Groups(std::size_t max, std::vector<GroupEntry>& out) {
  return ListAll<GroupEntry, group>("groups", max, ::setgrent, ::getgrent, ::endgrent, out);
}

NameService& NameService::Real() {
  static auto* const service = new NameService;
  return *service;
}

}  // namespace wmi::linuxos
