#include "security/access_check.h"

#include <algorithm>

namespace wmi::security {
namespace {

struct Meaning {
  Rights generic;
  Rights rights;
};

constexpr Rights kRead = kEnable | kSubscribe | kReadControl;
constexpr Rights kWrite = kFullWrite | kPartialWrite | kWriteProvider | kPublish | kWriteDac;
constexpr Meaning kMeanings[] = {
    {0x10000000, kRead | kWrite | kMethodExecute | kRemoteAccess},  // GENERIC_ALL
    {0x20000000, kMethodExecute},                                   // GENERIC_EXECUTE
    {0x40000000, kWrite},                                           // GENERIC_WRITE
    {0x80000000, kRead},                                            // GENERIC_READ
};

}  // namespace

Rights WithoutGeneric(Rights mask) {
  Rights rights = mask & 0x0fffffff;
  for (const Meaning& meaning : kMeanings) {
    if ((mask & meaning.generic) != 0) rights |= meaning.rights;
  }
  return rights;
}

bool HasRights(const SecurityDescriptor& descriptor, const Subject& subject, Rights wanted) {
  if (!descriptor.dacl) return true;
  const auto applies = [](const AccessEntry& entry) { return (entry.flags & AccessEntry::kInheritOnly) == 0; };
  const bool is_owner = descriptor.owner && subject.Has(*descriptor.owner);
  const bool has_owner_entry =
      std::any_of(descriptor.dacl->begin(), descriptor.dacl->end(),
                  [&](const AccessEntry& entry) { return applies(entry) && entry.sid == kOwnerRights; });
  Rights missing = wanted;
  if (is_owner && !has_owner_entry) missing &= ~(kReadControl | kWriteDac);
  for (const AccessEntry& entry : *descriptor.dacl) {
    if (missing == 0) return true;
    if (!applies(entry) || !(entry.sid == kOwnerRights ? is_owner : subject.Has(entry.sid))) continue;
    const Rights rights = WithoutGeneric(entry.mask);
    if (entry.kind == AccessEntry::Kind::kAllow) {
      missing &= ~rights;
    } else if ((missing & rights) != 0) {
      return false;
    }
  }
  return missing == 0;
}

}  // namespace wmi::security
