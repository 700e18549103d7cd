// Win32_Share: what Samba and NFS are set up to share.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "providers/linux/column.h"
#include "providers/linux/snapshot_provider.h"
#include "providers/linux/storage/share_files.h"

namespace wmi::linuxos {

struct ShareView : ViewBase {
  SharedThing share;
};

struct Share {
  using View = ShareView;
  static constexpr std::string_view kClass = "Win32_Share";
  static constexpr std::string_view kAbout =
      "One instance for each share of Samba and each export of NFS, as their files say; whether the services run is a "
      "matter of `Win32_Service`. Key: `Name`, the name of the section of smb.conf, or the path of the export. Not "
      "listed: the templates [homes] and [printers], sections with `available = no`, shares kept in Samba's registry "
      "or made by users.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
