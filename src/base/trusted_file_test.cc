#include "base/trusted_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace wmi {
namespace {

class TrustedFileTest : public testing::Test {
 protected:
  TrustedFileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "openwmi-trust-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = std::filesystem::canonical(name).string();
    std::filesystem::create_directory(folder_ + "/sub");
    std::ofstream(file()) << "x";
    Chmod(folder_ + "/sub", 0755);
    Chmod(file(), 0644);
  }
  ~TrustedFileTest() override { std::filesystem::remove_all(folder_); }
  std::string file() const { return folder_ + "/sub/file"; }
  static void Chmod(const std::string& path, mode_t mode) { ASSERT_EQ(chmod(path.c_str(), mode), 0); }
  // The message of the refusal; empty when it is trusted.
  std::string Refusal() const {
    const Result<std::string> result = TrustedFile(file());
    if (result.ok()) return {};
    EXPECT_EQ(result.status().code(), code::kAccessDenied);
    return result.status().Message();
  }

  std::string folder_;
};

TEST_F(TrustedFileTest, OfTheUserIsTrusted) {
  const Result<std::string> result = TrustedFile(file());
  ASSERT_TRUE(result.ok()) << result.status().Message();
  EXPECT_EQ(*result, file());
}

TEST_F(TrustedFileTest, ALinkIsFollowed) {
  std::filesystem::create_symlink("sub/file", folder_ + "/link");
  const Result<std::string> result = TrustedFile(folder_ + "/link");
  ASSERT_TRUE(result.ok()) << result.status().Message();
  EXPECT_EQ(*result, file());
}

TEST_F(TrustedFileTest, ThatOthersMayWriteIsNot) {
  Chmod(file(), 0646);
  EXPECT_NE(Refusal().find(file() + " may be written by everybody"), std::string::npos) << Refusal();
}

TEST_F(TrustedFileTest, InAFolderThatOthersMayWriteIsNot) {
  Chmod(folder_ + "/sub", 0757);
  EXPECT_NE(Refusal().find("/sub may be written by everybody"), std::string::npos) << Refusal();
  Chmod(folder_ + "/sub", 01777);
  EXPECT_EQ(Refusal(), "");  // nobody else can replace the file there
}

TEST_F(TrustedFileTest, ThatASharedGroupMayWriteIsNot) {
  // Only root can give a file to a group that it is not in; daemon (1) is nobody's private group.
  Chmod(file(), 0664);
  if (chown(file().c_str(), geteuid(), 1) == 0) {
    EXPECT_NE(Refusal().find("may be written by group 1"), std::string::npos) << Refusal();
  } else {
    EXPECT_EQ(errno, EPERM);
  }
}

TEST_F(TrustedFileTest, OfAnotherUserIsNot) {
  // Root can give it away; anybody else asks in the name of another.
  struct stat state = {};
  ASSERT_EQ(stat(file().c_str(), &state), 0);
  if (state.st_uid == 0) {
    ASSERT_EQ(chown(file().c_str(), 12345, 0), 0);
    EXPECT_NE(Refusal().find("belongs to user 12345"), std::string::npos) << Refusal();
  } else {
    const Status status = TrustedFile(file(), state.st_uid + 1).status();
    EXPECT_NE(status.Message().find("is trusted only from root"), std::string::npos) << status.Message();
  }
}

TEST_F(TrustedFileTest, ThatIsNoneIsNot) {
  EXPECT_EQ(TrustedFile(folder_ + "/nobody").status().code(), code::kNotFound);
  EXPECT_EQ(TrustedFile("").status().code(), code::kNotFound);
  EXPECT_EQ(TrustedFile(folder_ + "/sub").status().code(), code::kAccessDenied);
}

}  // namespace
}  // namespace wmi
