// The packages that dpkg and rpm have installed, read from their databases without their programs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

// An installed package. A value.
struct Package {
  std::string name;
  std::string version;  // as the package manager compares it: [epoch:]version[-release]
  std::string architecture;
  std::string vendor;
  std::string summary;
  std::string url;
  bool is_complete = true;                // unpacked and set up; false when that stopped half way
  bool shares_its_name = false;           // dpkg: may be there for several architectures
  std::optional<std::int64_t> installed;  // seconds since 1970; dpkg keeps no such date here
};

// Takes the next installed package off a text like /var/lib/dpkg/status; false at its end. Those that are known but not
// installed, and what is not well formed, are passed over.
bool NextDpkgPackage(std::string_view& rest, Package& out);
// Calls `use` for each installed package of that name, lower case.
void ForEachDpkgPackage(std::string_view status, const std::string& name, const std::function<void(Package&)>& use);

// A header of rpm as its database keeps it: counts, an index, and data. False when it is damaged or lacks a name,
// version or architecture (which public keys do).
bool ParseRpmHeader(std::string_view header, Package& out);

// The database of rpm in SQLite. Opened for each call and never written to, not even its log.
class RpmDatabase {
 public:
  // Looks where distributions keep it. Success without a path: there is none. kPartialResults: there is one that cannot
  // be read, or not wholly, and why.
  static Status Find(const Machine& machine, std::optional<RpmDatabase>& out);

  // Calls `use` for the packages behind `after`, which moves along, in the order of their installation, until it
  // returns false or there are no more.
  Status ReadFrom(std::int64_t& after, const std::function<bool(Package&)>& use) const;
  // Those of that name, without case.
  Status ReadNamed(const std::string& name, const std::function<void(Package&)>& use) const;

 private:
  explicit RpmDatabase(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace wmi::linuxos
