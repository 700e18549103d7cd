// Texts of a language: WBEM_FLAG_USE_AMENDED_QUALIFIERS and what may be put back (contract 8.9).
#include <gtest/gtest.h>

#include <string>

#include "api/services_test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr char kLocalized[] = R"(
#pragma amendment("MS_409")
[Description("What is told.") : Amended ToSubclass, Association(FALSE)]
class A_Told {
  [key, Description("Its name.") : Amended ToSubclass] string Name;
  uint32 Size;
};
instance of A_Told { Name = "one"; Size = 1; };
)";

class AmendedTest : public WritableTest {
 protected:
  void SetUp() override {
    WritableTest::SetUp();
    mof::CompileOptions options;
    options.default_namespace = "ROOT\\test";
    const mof::Report report =
        engine_->catalogue().CompileText({"told.mof", kLocalized}, options, engine::OnError::kKeepNothing);
    ASSERT_TRUE(report.ok()) << report.errors.front().Message();
  }

  ComPtr<IWbemClassObject> Get(const wchar_t* path, long flags) {
    ComPtr<IWbemClassObject> object;
    EXPECT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(path), flags, nullptr, object.Receive(), nullptr));
    return object;
  }
  // The text of the class and of the key; empty for one that is not there.
  static std::string Texts(IWbemClassObject* object) {
    ComPtr<IWbemQualifierSet> of_class;
    ComPtr<IWbemQualifierSet> of_key;
    EXPECT_EQ(WBEM_S_NO_ERROR, object->GetQualifierSet(of_class.Receive()));
    EXPECT_EQ(WBEM_S_NO_ERROR, object->GetPropertyQualifierSet(L"Name", of_key.Receive()));
    std::string texts;
    for (IWbemQualifierSet* set : {of_class.get(), of_key.get()}) {
      VARIANT value;
      if (set->Get(L"Description", 0, &value, nullptr) != WBEM_S_NO_ERROR) continue;
      texts += TakeBstr(V_BSTR(&value));
    }
    return texts;
  }
};

TEST_F(AmendedTest, TextsAreThereForThoseWhoAsk) {
  EXPECT_EQ("", Texts(Get(L"A_Told", 0).get()));
  EXPECT_EQ("What is told.Its name.", Texts(Get(L"A_Told", WBEM_FLAG_USE_AMENDED_QUALIFIERS).get()));
  ComPtr<IEnumWbemClassObject> all;
  ASSERT_EQ(WBEM_S_NO_ERROR,
            services_->CreateClassEnum(nullptr, WBEM_FLAG_USE_AMENDED_QUALIFIERS, nullptr, all.Receive()));
  std::size_t told = 0;
  ComPtr<IWbemClassObject> next;
  ULONG count = 0;
  while (all->Next(WBEM_INFINITE, 1, next.Receive(), &count) == WBEM_S_NO_ERROR) {
    if (PropertyText(next.get(), L"__CLASS") != "A_Told") continue;
    EXPECT_EQ("What is told.Its name.", Texts(next.get()));
    ++told;
  }
  EXPECT_EQ(1u, told);
}

TEST_F(AmendedTest, AnAmendedObjectIsPutBackWithTheFlagOnly) {
  const ComPtr<IWbemClassObject> schema = Get(L"A_Told", WBEM_FLAG_USE_AMENDED_QUALIFIERS);
  EXPECT_EQ(WBEM_E_AMENDED_OBJECT, services_->PutClass(schema.get(), 0, nullptr, nullptr));
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->PutClass(schema.get(), WBEM_FLAG_USE_AMENDED_QUALIFIERS, nullptr, nullptr));
  EXPECT_EQ("", Texts(Get(L"A_Told", 0).get())) << "the texts stay in their namespace";

  const ComPtr<IWbemClassObject> instance = Get(L"A_Told.Name=\"one\"", WBEM_FLAG_USE_AMENDED_QUALIFIERS);
  SetProperty(instance.get(), L"Size", 2);
  EXPECT_EQ(WBEM_E_AMENDED_OBJECT, services_->PutInstance(instance.get(), 0, nullptr, nullptr));
  EXPECT_EQ(WBEM_S_NO_ERROR,
            services_->PutInstance(instance.get(), WBEM_FLAG_USE_AMENDED_QUALIFIERS, nullptr, nullptr));
  EXPECT_EQ("2", PropertyText(GetOne(L"A_Told.Name=\"one\"").get(), L"Size"));
}

TEST_F(AmendedTest, ALocaleWithoutTextsGivesNone) {
  const Result<engine::SessionPtr> german = engine_->Connect("ROOT\\test", engine::kDefaultTimeLimit, "ms_407");
  ASSERT_TRUE(german.ok());
  const auto services = com::MakeCom<Services>(*german);
  ComPtr<IWbemClassObject> object;
  ASSERT_EQ(WBEM_S_NO_ERROR, services->GetObject(Literal(L"A_Told"), WBEM_FLAG_USE_AMENDED_QUALIFIERS, nullptr,
                                                 object.Receive(), nullptr));
  EXPECT_EQ("", Texts(object.get()));
  EXPECT_EQ(WBEM_S_NO_ERROR, services->PutClass(object.get(), 0, nullptr, nullptr)) << "nothing was amended";
}

}  // namespace
}  // namespace wmi::api
