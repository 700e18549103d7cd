// What can be said of a mounted file system and the device below it; shared by disks and volumes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "providers/linux/files.h"
#include "providers/linux/host.h"
#include "providers/linux/logical_disk/disk_selection.h"
#include "providers/linux/mounts.h"

namespace wmi::linuxos {

// The kernel's name of the device a file system lies on ("vda1", "dm-0"); empty when it lies on none.
std::string DeviceName(const Machine& machine, const Mount& mount);
DriveType DriveTypeOf(const Machine& machine, const Mount& mount, const std::string& device);
// The word of Windows for it; empty for kUnknown.
std::string_view DriveText(DriveType type);
// Whether the kernel has recorded errors; nothing where it keeps no count.
std::optional<bool> ReadDirty(const Machine& machine, const Mount& mount, const std::string& device);

std::string LinkTarget(Files& files, const std::string& path);
// udev writes bytes that are awkward in file names as \x20.
std::string DecodedName(std::string_view name);
// Device name to the name of the link in /dev/disk/<folder> that points at it.
std::unordered_map<std::string, std::string> LinksByDevice(const Machine& machine, const char* folder);

// errno of statvfs, 0 for success; nothing when there was no answer in time (a dead file server).
std::optional<int> ReadSpaceInTime(const Machine& machine, const std::string& mount_point, SpaceInfo& out);
// What to tell a client of a mount that did not answer.
std::string NoAnswerText(std::string_view mount_point);

// Nothing where the type of the file system and its options do not tell.
std::optional<bool> IsCompressedMount(const Mount& mount);
std::optional<bool> CompressesFiles(const Mount& mount);
std::optional<bool> HasQuotasOn(const Mount& mount);
std::optional<bool> KnowsQuotas(const Mount& mount);
bool IsReadOnlyMount(const Mount& mount);

}  // namespace wmi::linuxos
