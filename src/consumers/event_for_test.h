// What the tests of this module share: objects from MOF.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mof/compile_for_test.h"

namespace wmi::consumers {

// The instance at `path` after the text was compiled.
inline cim::Object ObjectFromMof(std::string mof, std::string_view path) {
  mof::TestWorld world;
  const mof::Report report = world.Compile(std::move(mof));
  EXPECT_TRUE(report.errors.empty()) << mof::ErrorsOf(report.errors);
  cim::Object object = world.Find(path);
  EXPECT_TRUE(object) << path;
  return object;
}

}  // namespace wmi::consumers
