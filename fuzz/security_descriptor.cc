// Security descriptors: any input as bytes and as SDDL. What is read can be asked about, within its bounds; what is not
// says why, and where in a text.
#include "security/security_descriptor.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "security/access_check.h"
#include "security/limits.h"

namespace {

using wmi::security::SecurityDescriptor;
using wmi::security::Sid;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckSid(const Sid& sid) {
  Require(Sid::FromBytes(sid.Bytes()) == sid);
  if (!sid.parts().empty()) Require(Sid::FromText(sid.Text()) == sid);
}

void Check(const wmi::Result<SecurityDescriptor>& read, int columns_min) {
  if (!read.ok()) {
    Require(read.status().code() == wmi::code::kInvalidParameter);
    Require(read.status().detail() != nullptr && !read.status().detail()->message.empty());
    Require(read.status().detail()->column >= columns_min);
    return;
  }
  if (read->owner) CheckSid(*read->owner);
  if (read->group) CheckSid(*read->group);
  for (const auto& entry : read->dacl.value_or(std::vector<wmi::security::AccessEntry>())) CheckSid(entry.sid);
  Require(!read->dacl || read->dacl->size() <= wmi::security::kEntriesMax);
  const auto anybody = wmi::security::Subject::Named(wmi::security::UserSid(1000));
  const bool has_one = wmi::security::HasRights(*read, anybody, wmi::security::kSubscribe);
  const bool has_both = wmi::security::HasRights(*read, anybody, wmi::security::kSubscribe | wmi::security::kPublish);
  Require(has_one || !has_both);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Check(SecurityDescriptor::FromBytes({data, size}), 0);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Check(SecurityDescriptor::FromText(text), size > wmi::security::kDescriptorCharactersMax ? 0 : 1);
  return 0;
}
