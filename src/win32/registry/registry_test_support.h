// A registry of a test's own.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace wmi::win32 {

// OPENWMI_REGISTRY is a folder below a temporary one while it lives; the folder itself is not made.
class TemporaryRegistry {
 public:
  TemporaryRegistry() {
    std::string name = (std::filesystem::temp_directory_path() / "openwmi-registry-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    setenv("OPENWMI_REGISTRY", root().c_str(), 1);
  }
  ~TemporaryRegistry() {
    unsetenv("OPENWMI_REGISTRY");
    std::filesystem::remove_all(folder_);
  }
  TemporaryRegistry(const TemporaryRegistry&) = delete;
  TemporaryRegistry& operator=(const TemporaryRegistry&) = delete;

  const std::string& folder() const { return folder_; }
  std::string root() const { return folder_ + "/registry"; }

 private:
  std::string folder_;
};

}  // namespace wmi::win32
