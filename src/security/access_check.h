// The rights of WMI, and whether a descriptor gives them to somebody (MS-DTYP 2.5.3.2).
#pragma once

#include <cstdint>

#include "security/security_descriptor.h"
#include "security/subject.h"

namespace wmi::security {

using Rights = std::uint32_t;

// Contract 4.5.
inline constexpr Rights kEnable = 0x1;
inline constexpr Rights kMethodExecute = 0x2;
inline constexpr Rights kFullWrite = 0x4;
inline constexpr Rights kPartialWrite = 0x8;
inline constexpr Rights kWriteProvider = 0x10;
inline constexpr Rights kRemoteAccess = 0x20;
inline constexpr Rights kSubscribe = 0x40;  // to receive events
inline constexpr Rights kPublish = 0x80;    // to send them
inline constexpr Rights kReadControl = 0x20000;
inline constexpr Rights kWriteDac = 0x40000;

// What an entry that names generic rights means. The pages of WMI do not say; it is by the sense of the words: to read
// is to enable, to receive events and to read the descriptor; to write is to change anything, to send events and to
// write the descriptor; to execute is to call methods; all is all.
Rights WithoutGeneric(Rights mask);

// Whether `subject` has all of the rights. Entries count in their order: one that denies a right which no entry before
// it gave ends the matter. Without a DACL everybody has them, with an empty one nobody. The owner may read the
// descriptor and write its DACL, unless an entry for S-1-3-4 (owner rights) says what he may.
bool HasRights(const SecurityDescriptor& descriptor, const Subject& subject, Rights wanted);

}  // namespace wmi::security
