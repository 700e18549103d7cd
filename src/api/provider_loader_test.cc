#include "api/provider_loader.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "api/provider_test_support.h"

namespace wmi::api {
namespace {

using Found = Result<std::shared_ptr<engine::PushProvider>>;

constexpr char kOtherClassText[] = "{2B1F6A30-51C7-4F0A-8D11-7E5209A46C02}";

class ProviderLoaderTest : public ProviderTest {
 protected:
  Found Find(const Values& registration, ComProviderLoader* loader = nullptr) {
    return (loader != nullptr ? loader : loader_)->Find(session_, Instance("__Win32Provider", registration));
  }
  static std::pair<std::string_view, cim::Value> Text(std::string_view name, std::string value) {
    return {name, cim::Value::Text(std::move(value))};
  }
};

TEST_F(ProviderLoaderTest, SameRegistrationGivesTheSameProviderAndRunsNothingOfIt) {
  const Found first = Find({Text("Name", "P"), Text("CLSID", kPushingClassText)});
  const Found again = Find({Text("Name", "p"), Text("CLSID", "{2b1f6a30-51c7-4f0a-8d11-7e5209a46c01}")});
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first.value(), again.value());
  EXPECT_EQ(0, provider_->created);
  EXPECT_EQ(1u, loader_->providers());
}

TEST_F(ProviderLoaderTest, AnotherNameOrClassIsAnotherProvider) {
  const Found first = Find({Text("Name", "P"), Text("CLSID", kPushingClassText)});
  const Found other_name = Find({Text("Name", "Q"), Text("CLSID", kPushingClassText)});
  const Found other_class = Find({Text("Name", "P"), Text("CLSID", kOtherClassText)});
  ASSERT_TRUE(first.ok() && other_name.ok() && other_class.ok());
  EXPECT_NE(first.value(), other_name.value());
  EXPECT_NE(first.value(), other_class.value());
  EXPECT_EQ(2u, loader_->providers()) << "a new class identifier replaces the old one";
}

TEST_F(ProviderLoaderTest, TheOneNotAskedForLongestGoesWhenThereAreTooMany) {
  ComProviderLoader::Options options;
  options.providers_max = 2;
  ComProviderLoader loader(engine_->provider_pool(), options);
  const auto of = [&](const char* name) {
    return Find({Text("Name", name), Text("CLSID", kPushingClassText)}, &loader).value();
  };
  const auto a = of("A");
  const auto b = of("B");
  EXPECT_EQ(a, of("A"));
  EXPECT_EQ(2u, loader.providers());
  of("C");  // B goes
  EXPECT_EQ(2u, loader.providers());
  EXPECT_EQ(a, of("A"));
  EXPECT_NE(b, of("B"));
}

TEST_F(ProviderLoaderTest, RegistrationWithoutAUsableClassIsInvalidAndSaysWhy) {
  struct Row {
    Values registration;
    const char* word;
  };
  const Row rows[] = {
      {{Text("Name", "P")}, "no CLSID"},
      {{Text("Name", "P"), Text("CLSID", "")}, "no CLSID"},
      {{Text("CLSID", kPushingClassText)}, "no Name"},
      {{Text("Name", "P"), Text("CLSID", "2B1F6A30-51C7-4F0A-8D11-7E5209A46C01")}, "\"2B1F6A30"},
      {{Text("Name", "P"), Text("CLSID", "{2B1F6A30-51C7-4F0A-8D11-7E5209A46C0}")}, "that is none"},
      {{Text("Name", "P"), Text("CLSID", kPushingClassText), Text("HostingModel", "Basement")}, "\"Basement\""},
      {{Text("Name", "P"), Text("CLSID", kPushingClassText), Text("HostingModel", "SelfHost:")}, "\"SelfHost:\""},
  };
  for (const Row& row : rows) {
    const Found found = Find(row.registration);
    EXPECT_EQ(WBEM_E_INVALID_PROVIDER_REGISTRATION, found.status().code()) << row.word;
    EXPECT_NE(std::string::npos, found.status().Message().find(row.word)) << found.status().Message();
  }
  EXPECT_EQ(0u, loader_->providers());
}

TEST_F(ProviderLoaderTest, HostingModelsThatMeanThisProcessAreTaken) {
  for (const char* model : {"SelfHost", "LocalSystemHost", "localsystemhostorselfhost", "NetworkServiceHost",
                            "NetworkServiceHostOrSelfHost", "LocalServiceHost", "LocalServiceHost:Group"}) {
    EXPECT_TRUE(Find({Text("Name", "P"), Text("CLSID", kPushingClassText), Text("HostingModel", model)}).ok()) << model;
  }
  for (const char* model : {"Decoupled:Com", "Decoupled:Com:FoldIdentity(FALSE)", "decoupled:noncom"}) {
    const Found found = Find({Text("Name", "P"), Text("CLSID", kPushingClassText), Text("HostingModel", model)});
    EXPECT_EQ(WBEM_E_PROVIDER_LOAD_FAILURE, found.status().code()) << model;
  }
}

TEST_F(ProviderLoaderTest, DisabledProviderIsNotUsed) {
  const Found found =
      Find({Text("Name", "P"), Text("CLSID", kPushingClassText), {"Enabled", cim::Value::Boolean(false)}});
  EXPECT_EQ(WBEM_E_PROVIDER_DISABLED, found.status().code());
  EXPECT_EQ("P", found.status().detail()->provider);
  EXPECT_TRUE(Find({Text("Name", "P"), Text("CLSID", kPushingClassText), {"Enabled", cim::Value::Boolean(true)}}).ok());
}

}  // namespace
}  // namespace wmi::api
