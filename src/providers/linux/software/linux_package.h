// Linux_Package: the packages of dpkg and rpm under their own terms; Win32_Product shows the same as products.
#pragma once

#include <string_view>

#include "providers/linux/classes.h"
#include "providers/linux/software/package_database.h"

namespace wmi::linuxos {

struct LinuxPackageView : ViewBase {
  std::string_view manager;  // "dpkg" or "rpm"
  Package package;
};

struct LinuxPackage {
  using View = LinuxPackageView;
  static constexpr std::string_view kClass = "Linux_Package";
  static constexpr std::string_view kAbout =
      "One instance for each installed package. The databases are read as they lie there, without their programs, and "
      "never written to. A look-up by key reads the packages of that name.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
