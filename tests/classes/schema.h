// The classes of schema/*.mof, compiled once for all tests of this program.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "mof/compiler.h"

namespace wmi::classes {

class Schema final : public mof::ClassLookup {
 public:
  static const Schema& Get() {
    static const Schema schema;
    return schema;
  }

  // Namespaces share names of bases. An empty one means the first that has the class: root\cimv2 before others. Classes
  // of the system are in each.
  cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const override {
    for (const cim::ClassPtr& known : classes_) {
      const bool is_there =
          name_space.empty() || known->name().starts_with("__") || EqualFolded(known->home()->name_space, name_space);
      if (is_there && EqualFolded(known->name(), name)) return known;
    }
    return nullptr;
  }
  // Fails the test when there is no such class.
  cim::ClassPtr GetClass(std::string_view name) const {
    cim::ClassPtr found = FindClass({}, name);
    EXPECT_NE(found, nullptr) << name;
    return found;
  }
  const std::vector<cim::ClassPtr>& classes() const { return classes_; }
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  Schema() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(WMI_SOURCE_DIR) + "/schema")) {
      // Instances for a repository, and no class.
      if (entry.path().filename() == "root_settings.mof") continue;
      if (entry.path().extension() == ".mof") files.push_back(entry.path());
    }
    // The order that the files promise to be compilable in: alphabetical, but for the classes of the system.
    std::sort(files.begin(), files.end());
    std::stable_partition(files.begin(), files.end(), [](const auto& file) { return file.filename() == "system.mof"; });
    for (const auto& file : files) {
      std::ifstream input(file, std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
      mof::Compiled compiled = mof::Compile({file.filename().string(), text}, "ROOT\\cimv2", "testhost", *this);
      for (const Status& error : compiled.errors) {
        const ErrorDetail* detail = error.detail();
        errors_.push_back(detail == nullptr ? error.Message()
                                            : detail->file + ":" + std::to_string(detail->line) + ":" +
                                                  std::to_string(detail->column) + ": " + error.Message());
      }
      classes_.insert(classes_.end(), compiled.classes.begin(), compiled.classes.end());
    }
  }

  std::vector<cim::ClassPtr> classes_;
  std::vector<std::string> errors_;
};

inline constexpr const char* kClassesWithInstances[] = {"Win32_ComputerSystem", "Win32_LogicalDisk",
                                                        "Win32_OperatingSystem", "Win32_Process", "Win32_Processor"};

}  // namespace wmi::classes
