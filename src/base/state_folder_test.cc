#include "base/state_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace wmi {
namespace {

class StateFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    unsetenv("WMI_TEST_FOLDER");
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", "/users/somebody", 1);
  }
};

TEST_F(StateFolderTest, TheFirstThatIsSetCounts) {
  EXPECT_EQ(StateFolder("WMI_TEST_FOLDER", "things"), "/users/somebody/.local/state/openwmi/things");
  setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(StateFolder("WMI_TEST_FOLDER", "things"), "/state/openwmi/things");
  setenv("WMI_TEST_FOLDER", "/chosen", 1);
  EXPECT_EQ(StateFolder("WMI_TEST_FOLDER", "things"), "/chosen");
}

TEST_F(StateFolderTest, OnlyAbsolutePathsCount) {
  setenv("XDG_STATE_HOME", "state", 1);
  EXPECT_EQ(StateFolder("WMI_TEST_FOLDER", "things"), "/users/somebody/.local/state/openwmi/things");
  setenv("WMI_TEST_FOLDER", "chosen", 1);
  EXPECT_EQ(StateFolder("WMI_TEST_FOLDER", "things"), "") << "a folder that was asked for is not replaced by another";
}

TEST_F(StateFolderTest, WithoutHomeTheAccountSays) {
  unsetenv("HOME");
  EXPECT_EQ(StateFolder("WMI_TEST_FOLDER", "things").front(), '/');
}

}  // namespace
}  // namespace wmi
