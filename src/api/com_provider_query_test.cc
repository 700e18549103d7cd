// What a COM provider is asked, by what its registration says (contract 7.6, 9.1), and that every way of asking ends
// once, can be cancelled and has a deadline.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/com_provider.h"
#include "api/context.h"
#include "api/provider_test_support.h"

namespace wmi::api {
namespace {

using Kind = ProviderRequest::Kind;
using Texts = std::vector<std::string>;

inline constexpr char kWiresMof[] = R"(
Qualifier Association : ToInstance ToSubClass DisableOverride;
[association, dynamic, provider("Pushing")] class T_Wire { [key] T_Pushed ref From; [key] T_Item ref To; };
)";

enum Can : unsigned { kNothing = 0, kGet = 1, kList = 2, kSelect = 4, kReferences = 8, kAssociators = 16 };

class ComProviderQueryTest : public ProviderTest {
 protected:
  void SetUp() override {
    ProviderTest::SetUp();
    const Status compiled = engine_->catalogue().Compile({"wires.mof", kWiresMof}, "ROOT\\test");
    ASSERT_TRUE(compiled.ok()) << compiled.Message();
    Result<engine::SessionPtr> session = engine_->Connect("ROOT\\test");
    ASSERT_TRUE(session.ok());
    session_ = session.value();
    services_ = com::MakeCom<Services>(session_);
    Answer([this](const ProviderRequest& request) { return GiveFour(request); });
  }

  void Support(unsigned can) {
    std::vector<cim::Value> levels;
    if ((can & kSelect) != 0) levels.push_back(cim::Value::Text("WQL:UnarySelect"));
    if ((can & kReferences) != 0) levels.push_back(cim::Value::Text("WQL:References"));
    if ((can & kAssociators) != 0) levels.push_back(cim::Value::Text("WQL:Associators"));
    PutRow("__InstanceProviderRegistration",
           {{"provider", cim::Value::Text("__Win32Provider.Name=\"Pushing\"")},
            {"SupportsGet", cim::Value::Boolean((can & kGet) != 0)},
            {"SupportsEnumeration", cim::Value::Boolean((can & kList) != 0)},
            {"QuerySupportLevels", levels.empty() ? cim::Value() : cim::Value::Array(std::move(levels))}});
  }

  // What the provider does; what it is asked is noted.
  void Answer(std::function<HRESULT(const ProviderRequest&)> answer) {
    provider_->on_call = [this, answer = std::move(answer)](const ProviderRequest& request) {
      const char* const kind = request.kind == Kind::kGet         ? "get "
                               : request.kind == Kind::kEnumerate ? "list "
                                                                  : "query ";
      {
        MutexLock lock(asked_mutex_);
        asked_.push_back(kind + request.text);
      }
      return answer(request);
    };
  }
  Texts Asked() {
    MutexLock lock(asked_mutex_);
    return std::exchange(asked_, {});
  }

  // T_Pushed 4 to 7, whatever is asked; three wires, whatever is asked of T_Wire.
  HRESULT GiveFour(const ProviderRequest& request) {
    if (request.text.find("T_Wire") != std::string::npos) return GiveWires(request);
    for (std::uint32_t i = 4; i < 8; ++i) {
      const HRESULT pushed = Push(request.handler, i);
      if (Failed(pushed)) return pushed;  // the one object that was looked for has come
    }
    return Complete(request.handler);
  }
  HRESULT GiveWires(const ProviderRequest& request) {
    for (const auto& [from, to] : {std::pair("5", "0"), std::pair("6", "1"), std::pair("7", "0")}) {
      EXPECT_EQ(WBEM_S_NO_ERROR, PushWire(request.handler, from, to));
    }
    return Complete(request.handler);
  }
  HRESULT PushWire(IWbemObjectSink* handler, const std::string& from, const std::string& to) {
    const com::ComPtr<IWbemClassObject> wire =
        MakeClassObject(Instance("T_Wire", {{"From", cim::Value::Text("T_Pushed.Id=\"" + from + "\"")},
                                            {"To", cim::Value::Text("T_Item.Id=\"" + to + "\"")}}));
    IWbemClassObject* array[] = {wire.get()};
    return handler->Indicate(1, array);
  }

  std::shared_ptr<SinkLog> RunQuery(const wchar_t* query, long flags = 0) {
    auto log = NewLog();
    EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(query, NewSink(log).get(), flags));
    EXPECT_TRUE(log->WaitFinals());
    EXPECT_EQ(1u, log->Finals());
    EXPECT_FALSE(log->late || log->overlapped);
    return log;
  }
  Texts IdsOf(const wchar_t* query) {
    const auto log = RunQuery(query);
    EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome()) << ErrorDescription(*log);
    return Ids(*log);
  }

 private:
  Mutex asked_mutex_;
  Texts asked_ WMI_GUARDED_BY(asked_mutex_);
};

// ---- data queries ---------------------------------------------------------------------------------------------------

TEST_F(ComProviderQueryTest, AQueryThatSaysMoreThanTheClassIsHandedOnInNormalForm) {
  Support(kList | kGet | kSelect);
  EXPECT_EQ((Texts{"6", "7"}), IdsOf(L"select  *  from t_pushed  where 5<Number and number <> 9"));
  EXPECT_EQ((Texts{"query SELECT * FROM T_Pushed WHERE Number > 5 AND number <> 9"}), Asked());
  RunQuery(L"SELECT * FROM T_Pushed");
  EXPECT_EQ((Texts{"list T_Pushed"}), Asked());
}

TEST_F(ComProviderQueryTest, AProviderThatFillsOnlyWhatTheQueryNamesLosesNoRow) {
  Support(kSelect);
  RunQuery(L"SELECT Number FROM T_Pushed");
  EXPECT_EQ((Texts{"query SELECT Number, Id FROM T_Pushed"}), Asked()) << "the key tells objects apart";
  RunQuery(L"SELECT Id FROM T_Pushed WHERE Number > 5");
  EXPECT_EQ((Texts{"query SELECT Id, Number FROM T_Pushed WHERE Number > 5"}), Asked()) << "WHERE is asked here too";
}

TEST_F(ComProviderQueryTest, WithoutQuerySupportTheInstancesAreListedAndFiltered) {
  Support(kList);
  EXPECT_EQ((Texts{"6", "7"}), IdsOf(L"SELECT * FROM T_Pushed WHERE Number > 5"));
  EXPECT_EQ((Texts{"5"}), IdsOf(L"SELECT * FROM T_Pushed WHERE Id = '5'"));
  EXPECT_EQ("6", PropertyText(GetOne(L"T_Pushed.Id='6'").get(), L"Number"));
  EXPECT_EQ((Texts{"list T_Pushed", "list T_Pushed", "list T_Pushed"}), Asked()) << "SupportsGet is FALSE";
}

TEST_F(ComProviderQueryTest, WithoutEnumerationEverythingIsAQuery) {
  Support(kSelect);
  EXPECT_EQ(4u, Enumerate()->Objects());
  EXPECT_EQ("6", PropertyText(GetOne(L"T_Pushed.Id='6'").get(), L"Number"));
  EXPECT_EQ((Texts{"query SELECT * FROM T_Pushed", "query SELECT * FROM T_Pushed WHERE Id = \"6\""}), Asked());
}

TEST_F(ComProviderQueryTest, AQueryThatIsRefusedIsNotAnEnumerationThatIsNotSupported) {
  Support(kSelect);
  Answer([](const ProviderRequest& request) { return Complete(request.handler, WBEM_E_PROVIDER_NOT_CAPABLE); });
  EXPECT_EQ(WBEM_E_PROVIDER_NOT_CAPABLE, RunQuery(L"SELECT * FROM T_Pushed WHERE Number = 5")->Outcome());
  EXPECT_EQ(1u, Asked().size());
}

TEST_F(ComProviderQueryTest, AQueryThatIsTooComplexIsAnEnumeration) {
  Support(kSelect | kList);
  for (const HRESULT refusal : {WBEM_E_PROVIDER_NOT_CAPABLE, WBEM_E_NOT_SUPPORTED, WBEM_E_UNSUPPORTED_PARAMETER}) {
    Answer([&](const ProviderRequest& request) {
      return request.kind == Kind::kQuery ? Complete(request.handler, refusal) : GiveFour(request);
    });
    EXPECT_EQ((Texts{"5"}), IdsOf(L"SELECT * FROM T_Pushed WHERE Number = 5"));
    EXPECT_EQ((Texts{"query SELECT * FROM T_Pushed WHERE Number = 5", "list T_Pushed"}), Asked());
  }
}

TEST_F(ComProviderQueryTest, KeysAreAskedForByPath) {
  Support(kGet | kList);
  Answer([this](const ProviderRequest& request) {
    if (request.text.find('5') == std::string::npos) return Complete(request.handler, WBEM_E_NOT_FOUND);
    Push(request.handler, 5);
    return Complete(request.handler);
  });
  EXPECT_EQ((Texts{"5"}), IdsOf(L"SELECT * FROM T_Pushed WHERE Id = '9' OR Id = '5'"));
  EXPECT_EQ((Texts{"get T_Pushed.Id=\"9\"", "get T_Pushed.Id=\"5\""}), Asked());
}

TEST_F(ComProviderQueryTest, ARegistrationForNothingIsNotCapable) {
  Support(kNothing);
  const auto log = RunQuery(L"SELECT * FROM T_Pushed WHERE Number = 5");
  EXPECT_EQ(WBEM_E_PROVIDER_NOT_CAPABLE, log->Outcome());
  EXPECT_EQ("Pushing", ErrorDescription(*log, L"ProviderName"));
  EXPECT_NE(std::string::npos, ErrorDescription(*log).find("QuerySupportLevels")) << ErrorDescription(*log);
}

// ---- statements about associations ----------------------------------------------------------------------------------

constexpr const wchar_t* kReferencesOfItem = L"REFERENCES OF {T_Item.Id=\"0\"}";
constexpr const char* kReferencesAsked = "query REFERENCES OF {T_Item.Id=\"0\"} WHERE ResultClass = T_Wire";

TEST_F(ComProviderQueryTest, AssociationsOfOneObjectAreAskedForAndChecked) {
  Support(kGet | kList | kReferences);
  EXPECT_EQ(2u, RunQuery(kReferencesOfItem)->Objects()) << "the third is another item's";
  EXPECT_EQ((Texts{kReferencesAsked}), Asked());
  Support(kList);
  EXPECT_EQ(2u, RunQuery(kReferencesOfItem)->Objects());
  EXPECT_EQ((Texts{"list T_Wire"}), Asked());
}

TEST_F(ComProviderQueryTest, ReferencesThatAreRefusedAreListed) {
  Support(kGet | kList | kReferences);
  Answer([this](const ProviderRequest& request) -> HRESULT {
    return request.kind == Kind::kQuery ? WBEM_E_PROVIDER_NOT_CAPABLE : GiveFour(request);
  });
  const auto log = RunQuery(kReferencesOfItem);
  EXPECT_EQ(2u, log->Objects());
  EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
  EXPECT_EQ((Texts{kReferencesAsked, "list T_Wire"}), Asked());
}

TEST_F(ComProviderQueryTest, AssociatorsThatAreRefusedAreFoundByTheAssociations) {
  Support(kGet | kList | kAssociators);
  Answer([this](const ProviderRequest& request) -> HRESULT {
    if (request.kind == Kind::kQuery) return WBEM_E_NOT_SUPPORTED;
    if (request.kind == Kind::kEnumerate) return GiveFour(request);
    Push(request.handler, request.text.find('5') != std::string::npos ? 5 : 7);
    return Complete(request.handler);
  });
  Texts ids = IdsOf(L"ASSOCIATORS OF {T_Item.Id=\"0\"} WHERE ResultClass=T_Pushed");
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ((Texts{"5", "7"}), ids);
  EXPECT_EQ((Texts{"query ASSOCIATORS OF {T_Item.Id=\"0\"} WHERE AssocClass = T_Wire ResultClass = T_Pushed",
                   "list T_Wire", "get T_Pushed.Id=\"5\"", "get T_Pushed.Id=\"7\""}),
            Asked());
}

TEST_F(ComProviderQueryTest, AssociatorsMayComeFromTheProvider) {
  Support(kAssociators);
  EXPECT_EQ((Texts{"5"}), [&] {
    Answer([this](const ProviderRequest& request) {
      Push(request.handler, 5);
      return Complete(request.handler);
    });
    return IdsOf(L"ASSOCIATORS OF {T_Item.Id=\"0\"}");
  }());
  EXPECT_EQ((Texts{"query ASSOCIATORS OF {T_Item.Id=\"0\"} WHERE AssocClass = T_Wire"}), Asked());
}

TEST_F(ComProviderQueryTest, FlagsAndContextGoWithTheQuestion) {
  Support(kReferences);
  com::ComPtr<Context> context = com::MakeCom<Context>();
  TestVariant value;
  VariantInit(&value.value);
  value.value.vt = VT_I4;
  value.value.lVal = 42;
  ASSERT_EQ(WBEM_S_NO_ERROR, context->SetValue(L"Level", 0, &value.value));
  std::atomic<long> flags = 0;
  std::atomic<long> level = 0;
  Answer([&](const ProviderRequest& request) {
    TestVariant seen;
    EXPECT_EQ(WBEM_S_NO_ERROR, request.context->GetValue(L"Level", 0, &seen.value));
    level = seen.value.lVal;
    flags = request.flags;
    return Complete(request.handler);
  });
  const auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecQueryAsync(Literal(L"WQL"), Literal(kReferencesOfItem),
                                                       WBEM_FLAG_SEND_STATUS, context.get(), NewSink(log).get()));
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(42, level);
  EXPECT_EQ(WBEM_FLAG_SEND_STATUS, flags);
}

TEST_F(ComProviderQueryTest, WhatIsThereOfTheAssociationsDoesNotWaitForTheRest) {
  Support(kReferences);
  com::ComPtr<IWbemObjectSink> kept;
  Answer([&](const ProviderRequest& request) -> HRESULT {
    kept = com::ComPtr<IWbemObjectSink>(request.handler);
    return PushWire(request.handler, "5", "0");
  });
  const auto log = NewLog();
  const auto sink = NewSink(log);
  Signal arrived;
  sink->on_indicate = [&](long, IWbemClassObject**) {
    arrived.Set();
    return WBEM_S_NO_ERROR;
  };
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kReferencesOfItem, sink.get()));
  EXPECT_TRUE(arrived.Wait());
  EXPECT_EQ(0u, log->Finals());
  Complete(kept.get());
  kept.Reset();
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(1u, log->Objects());
}

TEST_F(ComProviderQueryTest, ACancelledWalkRefusesWhatTheProviderStillPushes) {
  Support(kReferences);
  std::atomic<HRESULT> answer = WBEM_S_NO_ERROR;
  Answer([&](const ProviderRequest& request) {
    Spawn([&, handler = com::ComPtr<IWbemObjectSink>(request.handler)] {
      HRESULT hr = WBEM_S_NO_ERROR;
      for (std::uint32_t i = 0; !Failed(hr) && i < 1'000'000; ++i) hr = PushWire(handler.get(), std::to_string(i), "0");
      answer = hr;
    });
    return WBEM_S_NO_ERROR;
  });
  const auto log = NewLog();
  const auto sink = NewSink(log);
  Signal arrived;
  sink->on_indicate = [&](long, IWbemClassObject**) {
    arrived.Set();
    return WBEM_S_NO_ERROR;
  };
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kReferencesOfItem, sink.get()));
  ASSERT_TRUE(arrived.Wait());
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(sink.get()));
  ASSERT_TRUE(log->WaitFinals());
  JoinThreads();
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, answer);
  EXPECT_EQ(1u, log->Finals());
}

TEST_F(ComProviderQueryTest, AProviderThatNeverAnswersAStatementEndsAtTheDeadline) {
  for (const unsigned can : {kReferences | 0U, kAssociators | 0U, kSelect | 0U}) {
    Support(can);
    com::ComPtr<IWbemObjectSink> leaked;
    Answer([&](const ProviderRequest& request) -> HRESULT {
      leaked = com::ComPtr<IWbemObjectSink>(request.handler);
      return WBEM_S_NO_ERROR;
    });
    const auto impatient = Connect(std::chrono::milliseconds(200));
    const auto log = NewLog();
    const wchar_t* const query =
        can == kSelect ? L"SELECT * FROM T_Pushed WHERE Number = 1" : L"ASSOCIATORS OF {T_Item.Id=\"0\"}";
    ASSERT_EQ(WBEM_S_NO_ERROR,
              impatient->ExecQueryAsync(Literal(L"WQL"), Literal(query), 0, nullptr, NewSink(log).get()));
    ASSERT_TRUE(log->WaitFinals());
    EXPECT_EQ(WBEM_E_TIMED_OUT, log->Outcome()) << can;
    ASSERT_TRUE(provider_->WaitUntilNobodyIsInside());
  }
}

}  // namespace
}  // namespace wmi::api
