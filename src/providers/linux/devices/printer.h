// Win32_Printer: the queues of the print daemon (CUPS).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "providers/linux/devices/ipp.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct PrinterView : ViewBase {
  std::string name;
  std::string host_name;
  std::string default_name;
  IppGroup attributes;
};

struct Printer {
  using View = PrinterView;
  static constexpr std::string_view kClass = "Win32_Printer";
  static constexpr std::string_view kAbout =
      "One instance for each queue that the print daemon (CUPS) knows, asked over IPP on its local socket. A daemon "
      "that "
      "is started when its socket is used is started by the question.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
