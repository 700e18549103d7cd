// The schema of the product in a repository that users change as well.
#include "engine/catalogue.h"

#include <gtest/gtest.h>

#include <string>

#include "cim/row.h"

namespace wmi::engine {
namespace {

constexpr const char* kSystem = "[singleton] class __Limits { uint32 Most; };";

class CatalogueInstallTest : public testing::Test {
 protected:
  CatalogueInstallTest() { catalogue_.SetSystemClasses({"system.mof", kSystem}); }

  Status Install(const std::string& text, Catalogue::Renewal renewal) {
    return catalogue_.Install({"ROOT"}, {{{"settings.mof", text}, "ROOT", renewal}});
  }
  void UserPuts(const std::string& text) {
    const mof::Report report = catalogue_.CompileText({"user.mof", "#pragma namespace(\"\\\\\\\\.\\\\root\")\n" + text},
                                                      {}, OnError::kKeepNothing);
    ASSERT_TRUE(report.ok()) << report.errors.front().Message();
  }
  std::uint64_t Most() {
    const Result<cim::Object> found = repository_.FindInstance("ROOT", "__Limits", {});
    if (!found.ok() || !*found) return 0;
    return found->slot(*found->schema().FindSlot("Most")).unsigned_integer();
  }

  store::Repository repository_{"here"};
  provider::Registry providers_;
  Catalogue catalogue_{repository_, providers_};
};

TEST_F(CatalogueInstallTest, WhatUsersChangeIsPutOnce) {
  ASSERT_TRUE(Install("instance of __Limits { Most = 1; };", Catalogue::Renewal::kNever).ok());
  EXPECT_EQ(Most(), 1u);
  UserPuts("instance of __Limits { Most = 7; };");
  ASSERT_TRUE(Install("instance of __Limits { Most = 1; };", Catalogue::Renewal::kNever).ok());
  EXPECT_EQ(Most(), 7u);
  ASSERT_TRUE(Install("instance of __Limits { Most = 2; };", Catalogue::Renewal::kNever).ok());
  EXPECT_EQ(Most(), 7u) << "another version";
  // The note that it was put is lost.
  ASSERT_TRUE(
      repository_.Change([](store::Transaction& transaction) { return transaction.SetNote("schema:settings.mof", ""); })
          .ok());
  ASSERT_TRUE(Install("instance of __Limits { Most = 2; };", Catalogue::Renewal::kNever).ok());
  EXPECT_EQ(Most(), 7u);
}

TEST_F(CatalogueInstallTest, WhatIsTheProductsIsRenewed) {
  ASSERT_TRUE(Install("instance of __Limits { Most = 1; };", Catalogue::Renewal::kWhenChanged).ok());
  UserPuts("instance of __Limits { Most = 7; };");
  ASSERT_TRUE(Install("instance of __Limits { Most = 2; };", Catalogue::Renewal::kWhenChanged).ok());
  EXPECT_EQ(Most(), 2u);
}

}  // namespace
}  // namespace wmi::engine
