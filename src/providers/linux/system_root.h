// SystemRoot: where the providers find the machine. Tests point it at recorded trees.
#pragma once

#include <string>

namespace wmi::linuxos {

// Paths without a slash at the end. A value.
struct SystemRoot {
  std::string proc = "/proc";
  std::string sys = "/sys";
  std::string etc = "/etc";
  std::string usr = "/usr";
  std::string run = "/run";
  std::string dev = "/dev";
  std::string var = "/var";
};

}  // namespace wmi::linuxos
