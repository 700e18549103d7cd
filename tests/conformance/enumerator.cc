// IEnumWbemClassObject (contract 5.1, 5.2).
#include "support.h"

namespace wmi::conformance {
namespace {

constexpr wchar_t kThings[] = L"SELECT * FROM C_Thing";
constexpr wchar_t kProvided[] = L"SELECT * FROM C_Provided";
constexpr long kNow = WBEM_FLAG_RETURN_IMMEDIATELY;
constexpr long kForward = WBEM_FLAG_FORWARD_ONLY;
constexpr long kFlags[] = {0, kNow, kForward, kNow | kForward};
constexpr long kRewindable[] = {0, kNow};

// Reads up to `count` objects; the code, and in `returned` how many.
HRESULT Next(IEnumWbemClassObject* rows, long timeout, ULONG count, ULONG& returned) {
  std::vector<IWbemClassObject*> objects(count + 1);
  returned = 12345;
  const HRESULT code = rows->Next(timeout, count, objects.data(), &returned);
  for (IWbemClassObject* object : objects) {
    if (object != nullptr) object->Release();
  }
  return code;
}

// The rest of the rows.
ULONG Rest(IEnumWbemClassObject* rows) {
  ULONG returned = 0;
  EXPECT_EQ(WBEM_S_FALSE, Next(rows, WBEM_INFINITE, 1000, returned));
  return returned;
}

const Row kEnumerator[] = {
    {"5.1", "WithoutReturnImmediatelyAllResultsAreReady",
     [](World& w) {
       w.provider->rows = 50;
       for (const long flags : {0L, kForward}) {
         const IEnumWbemClassObjectPtr rows = w.Query(kProvided, flags);
         ULONG returned = 0;
         ULONG all = 0;
         // "Stop at nothing returned" with no wait works.
         while (SUCCEEDED(Next(rows, WBEM_NO_WAIT, 7, returned)) && returned > 0) all += returned;
         EXPECT_EQ(50u, all);
       }
     }},
    {"5.1", "WithReturnImmediatelyTheCallDoesNotWait",
     [](World& w) {
       Signal pushed;
       Signal go_on;
       w.PushOneAndHold(pushed, go_on);
       for (const long flags : {kNow, kNow | kForward}) {
         const IEnumWbemClassObjectPtr rows = w.Query(kProvided, flags);
         ULONG returned = 0;
         EXPECT_EQ(WBEM_S_NO_ERROR, Next(rows, WBEM_INFINITE, 1, returned)) << "what is there comes before the end";
       }
       go_on.Set();
     }},
    {"5.1", "WithoutReturnImmediatelyTheCallItselfFails",
     [](World& w) {
       for (const long flags : kFlags) {
         IEnumWbemClassObjectPtr rows;
         const HRESULT started = w.services->CreateInstanceEnum(Literal(L"C_Nothing"), flags, nullptr, &rows);
         EXPECT_EQ((flags & kNow) == 0 ? WBEM_E_INVALID_CLASS : WBEM_S_NO_ERROR, started);
         EXPECT_EQ((flags & kNow) != 0, static_cast<bool>(rows));
       }
     }},
    {"5.1", "ZeroFlagsMayBeNamed",
     [](World& w) {
       const long named = WBEM_FLAG_RETURN_WBEM_COMPLETE | WBEM_FLAG_BIDIRECTIONAL;
       EXPECT_EQ(0, named);
       EXPECT_EQ(3u, Rest(w.Query(kThings, named)));
     }},
    {"5.2 Next", "ExactlyAsManyAsAskedFor",
     [](World& w) {
       for (const long flags : kFlags) {
         const IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         ULONG returned = 0;
         EXPECT_EQ(WBEM_S_NO_ERROR, Next(rows, WBEM_INFINITE, 3, returned)) << "the end has not been asked for";
         EXPECT_EQ(3u, returned);
         EXPECT_EQ(WBEM_S_FALSE, Next(rows, WBEM_INFINITE, 3, returned));
         EXPECT_EQ(0u, returned);
       }
     }},
    {"5.2 Next", "NoneAskedFor",
     [](World& w) {
       for (const long flags : kFlags) {
         const IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         ULONG returned = 0;
         EXPECT_EQ(WBEM_S_FALSE, Next(rows, WBEM_INFINITE, 0, returned));
         EXPECT_EQ(0u, returned);
         EXPECT_EQ(3u, Rest(rows));
       }
     }},
    {"5.2 Next", "EmptyResultEndsAtOnce",
     [](World& w) {
       for (const long flags : kFlags) {
         ULONG returned = 0;
         EXPECT_EQ(WBEM_S_FALSE, Next(w.Query(L"SELECT * FROM C_Numbered", flags), WBEM_INFINITE, 1, returned));
         EXPECT_EQ(0u, returned);
       }
     }},
    {"5.2 Next", "LateErrorOfTheOperation",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest& request) {
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 0));
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 1));
         return Complete(request.handler, WBEM_E_PROVIDER_FAILURE);
       };
       for (const long flags : {kNow, kNow | kForward}) {
         const IEnumWbemClassObjectPtr rows = w.Query(kProvided, flags);
         ULONG returned = 0;
         EXPECT_EQ(WBEM_S_NO_ERROR, Next(rows, WBEM_INFINITE, 2, returned)) << "2.3: what came stays valid";
         EXPECT_EQ(WBEM_E_PROVIDER_FAILURE, Next(rows, WBEM_INFINITE, 2, returned));
         EXPECT_EQ(0u, returned);
         EXPECT_EQ("Conformance", Text(TakeErrorObject(), L"ProviderName"));
         EXPECT_EQ(WBEM_E_PROVIDER_FAILURE, Next(rows, WBEM_NO_WAIT, 2, returned)) << "and every time again";
       }
     }},
    {"5.2 Next", "BadArguments",
     [](World& w) {
       for (const long flags : kFlags) {
         const IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         IWbemClassObject* object = nullptr;
         ULONG returned = 0;
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, rows->Next(WBEM_INFINITE, 1, &object, nullptr));
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, rows->Next(WBEM_INFINITE, 1, nullptr, &returned));
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, rows->Next(-2, 1, &object, &returned));
         EXPECT_EQ(nullptr, object);
         EXPECT_EQ(3u, Rest(rows)) << "a refused call reads nothing";
       }
     }},
    {"5.2 Next", "TimeoutCoversTheWholeBatch",
     [](World& w) {
       Signal pushed;
       Signal go_on;
       w.PushOneAndHold(pushed, go_on);
       const IEnumWbemClassObjectPtr rows = w.Query(kProvided, kNow);
       ULONG returned = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, Next(rows, WBEM_INFINITE, 1, returned));
       const auto before = std::chrono::steady_clock::now();
       EXPECT_EQ(WBEM_S_TIMEDOUT, Next(rows, 20, 100, returned));
       const auto taken = std::chrono::steady_clock::now() - before;
       EXPECT_GE(taken, std::chrono::milliseconds(19));
       EXPECT_LT(taken, std::chrono::seconds(30)) << "not 20 ms an object and not for ever";
       go_on.Set();
     }},
    {"5.2 Next", "ObjectsBelongToTheCaller",
     [](World& w) {
       IEnumWbemClassObjectPtr rows = w.Query(L"SELECT * FROM C_Thing WHERE Name = 'a'", 0);
       IWbemClassObject* object = nullptr;
       ULONG returned = 0;
       ASSERT_EQ(WBEM_S_NO_ERROR, rows->Next(WBEM_INFINITE, 1, &object, &returned));
       rows = nullptr;
       w.services = nullptr;
       EXPECT_EQ("a", Text(object, L"Name"));
       EXPECT_EQ(0u, object->Release());
     }},
    {"5.2 NextAsync", "NothingLeftIsSaidAtOnce",
     [](World& w) {
       for (const long flags : kFlags) {
         const IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         EXPECT_EQ(3u, Rest(rows));
         const auto log = w.NewLog();
         const SinkPtr sink = w.NewSink(log);
         EXPECT_EQ(WBEM_S_FALSE, rows->NextAsync(1, sink));
         EXPECT_EQ(1, log->References()) << "without using the sink";
         EXPECT_TRUE(log->Finals().empty());
       }
     }},
    {"5.2 NextAsync", "RequestsQueueInOrder",
     [](World& w) {
       w.provider->rows = 30;
       const IEnumWbemClassObjectPtr rows = w.Query(kProvided, kNow);
       const auto first = w.NewLog();
       const auto second = w.NewLog();
       ASSERT_EQ(0, rows->NextAsync(10, new RecordingSink(first, 0)));
       ASSERT_EQ(0, rows->NextAsync(10, new RecordingSink(second, 0)));
       EXPECT_EQ(10u, Rest(rows)) << "a Next after them waits for them";
       ASSERT_TRUE(first->WaitReferences(0));
       ASSERT_TRUE(second->WaitReferences(0));
       EXPECT_EQ(WBEM_S_NO_ERROR, first->Outcome());
       EXPECT_EQ(WBEM_S_NO_ERROR, second->Outcome());
       ASSERT_EQ(10u, first->Objects().size());
       ASSERT_EQ(10u, second->Objects().size());
       EXPECT_EQ("0", Text(first->Objects()[0], L"Id"));
       EXPECT_EQ("10", Text(second->Objects()[0], L"Id"));
     }},
    {"5.2 NextAsync", "ErrorOfTheOperation",
     [](World& w) {
       const IEnumWbemClassObjectPtr rows = w.Query(L"SELECT * FROM C_Nothing", kNow);
       const auto log = w.NewLog();
       ASSERT_EQ(0, rows->NextAsync(3, new RecordingSink(log, 0)));
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(WBEM_E_INVALID_CLASS, log->Outcome());
       EXPECT_EQ(0u, log->Batches());
     }},
    {"5.2 NextAsync", "BadArguments",
     [](World& w) {
       const IEnumWbemClassObjectPtr rows = w.Query(kThings, 0);
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, rows->NextAsync(1, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, rows->NextAsync(0, sink));
       EXPECT_EQ(1, log->References());
       EXPECT_EQ(3u, Rest(rows));
     }},
    {"5.2 NextAsync", "ReleasingTheEnumeratorStopsIt",
     [](World& w) {
       Signal pushed;
       Signal go_on;
       w.PushOneAndHold(pushed, go_on);
       IEnumWbemClassObjectPtr rows = w.Query(kProvided, kNow | kForward);
       const auto log = w.NewLog();
       ASSERT_EQ(0, rows->NextAsync(5, new RecordingSink(log, 0)));
       ASSERT_TRUE(pushed.Wait());
       rows = nullptr;
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
       go_on.Set();
     }},
    {"5.2 NextAsync", "ResetAndSkipDoNotAffectThosePending",
     [](World& w) {
       Signal pushed;
       Signal go_on;
       w.PushOneAndHold(pushed, go_on);
       const IEnumWbemClassObjectPtr rows = w.Query(kProvided, kNow);
       const auto log = w.NewLog();
       ASSERT_EQ(0, rows->NextAsync(5, new RecordingSink(log, 0)));
       ASSERT_TRUE(log->WaitObjects(1));
       w.provider->Spawn([go_on] { go_on.Set(); });
       EXPECT_EQ(WBEM_S_NO_ERROR, rows->Reset());
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(WBEM_S_FALSE, log->Outcome());
       EXPECT_EQ(1u, log->Objects().size());
       EXPECT_EQ(1u, Rest(rows)) << "reset to the start";
     }},
    {"5.2 Skip", "SkipsAndSaysWhenFewerAreLeft",
     [](World& w) {
       for (const long flags : kFlags) {
         const IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         EXPECT_EQ(WBEM_S_NO_ERROR, rows->Skip(WBEM_INFINITE, 2));
         EXPECT_EQ(1u, Rest(rows));
         const IEnumWbemClassObjectPtr short_rows = w.Query(kThings, flags);
         EXPECT_EQ(WBEM_S_FALSE, short_rows->Skip(WBEM_INFINITE, 5));
         EXPECT_EQ(0u, Rest(short_rows));
       }
     }},
    {"5.2 Skip", "TimesOut",
     [](World& w) {
       Signal pushed;
       Signal go_on;
       w.PushOneAndHold(pushed, go_on);
       const IEnumWbemClassObjectPtr rows = w.Query(kProvided, kNow);
       ASSERT_TRUE(pushed.Wait());
       EXPECT_EQ(WBEM_S_TIMEDOUT, rows->Skip(5, 4));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, rows->Skip(-3, 1));
       go_on.Set();
     }},
    {"5.2 Reset", "BackToTheStart",
     [](World& w) {
       for (const long flags : kRewindable) {
         const IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         ULONG returned = 0;
         EXPECT_EQ(WBEM_S_NO_ERROR, Next(rows, WBEM_INFINITE, 2, returned));
         EXPECT_EQ(WBEM_S_NO_ERROR, rows->Reset());
         EXPECT_EQ(3u, Rest(rows));
         EXPECT_EQ(WBEM_S_NO_ERROR, rows->Reset());
         EXPECT_EQ(3u, Rest(rows)) << "after the end too";
       }
     }},
    {"5.2 Clone", "StandsAtTheSamePlaceAndGoesItsOwnWay",
     [](World& w) {
       for (const long flags : kRewindable) {
         IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         ULONG returned = 0;
         EXPECT_EQ(WBEM_S_NO_ERROR, Next(rows, WBEM_INFINITE, 1, returned));
         IEnumWbemClassObjectPtr clone;
         ASSERT_EQ(WBEM_S_NO_ERROR, rows->Clone(&clone));
         EXPECT_EQ(2u, Rest(clone));
         EXPECT_EQ(2u, Rest(rows));
         EXPECT_EQ(WBEM_S_NO_ERROR, clone->Reset());
         rows = nullptr;
         EXPECT_EQ(3u, Rest(clone)) << "the clone outlives the first";
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, clone->Clone(nullptr));
       }
     }},
    {"5.2 Clone", "ReleasingOneOfTwoCancelsNothing",
     [](World& w) {
       const auto endless = w.PushForEver();
       IEnumWbemClassObjectPtr rows = w.Query(kProvided, kNow);
       IEnumWbemClassObjectPtr clone;
       ASSERT_EQ(WBEM_S_NO_ERROR, rows->Clone(&clone));
       rows = nullptr;
       ULONG returned = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, Next(clone, WBEM_INFINITE, 20, returned));
       clone = nullptr;
       EXPECT_TRUE(endless->refused.Wait());
     }},
    {"6.2", "EnumeratorOfEvents",
     [](World& w) {
       IEnumWbemClassObjectPtr rows;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->ExecNotificationQuery(Literal(L"WQL"), Literal(L"SELECT * FROM C_Event"),
                                                                    kNow | kForward, nullptr, &rows));
       ULONG returned = 0;
       EXPECT_EQ(WBEM_S_TIMEDOUT, Next(rows, WBEM_NO_WAIT, 1, returned));
       EXPECT_EQ(0u, returned);
       const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
       HRESULT code = WBEM_S_TIMEDOUT;
       while (code == WBEM_S_TIMEDOUT && std::chrono::steady_clock::now() < deadline) {
         w.Fire(L"hello");
         code = Next(rows, 1, 1, returned);
       }
       EXPECT_EQ(WBEM_S_NO_ERROR, code);
       EXPECT_EQ(1u, returned);
       IEnumWbemClassObjectPtr clone;
       EXPECT_TRUE(FAILED(rows->Clone(&clone)));
     }},
};
WMI_ROWS(Enumerator, kEnumerator);

// ---- IWbemCallResult ------------------------------------------------------------------------------------------------

struct Accessors {
  HRESULT object;
  HRESULT string;
  HRESULT services;
};

Accessors Ask(IWbemCallResult* result, long timeout) {
  IWbemClassObjectPtr object;
  IWbemServicesPtr services;
  BSTR text = nullptr;
  const Accessors answers{result->GetResultObject(timeout, &object), result->GetResultString(timeout, &text),
                          result->GetResultServices(timeout, &services)};
  SysFreeString(text);
  return answers;
}

const Row kCallResult[] = {
    {"5.3 GetCallStatus", "OutcomeIsInTheOutValue",
     [](World& w) {
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->DeleteInstance(Literal(L"C_Thing='z'"), 0, nullptr, &result));
       long status = 77;
       EXPECT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_INFINITE, &status));
       EXPECT_EQ(WBEM_E_NOT_FOUND, static_cast<HRESULT>(status));
       status = 77;
       EXPECT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_NO_WAIT, &status)) << "as often as one likes";
       EXPECT_EQ(WBEM_E_NOT_FOUND, static_cast<HRESULT>(status));
     }},
    {"5.3", "StillRunning",
     [](World& w) {
       Signal entered;
       Signal go_on;
       w.provider->on_call = [entered, go_on](const ProviderRequest& request) {
         entered.Set();
         EXPECT_TRUE(go_on.Wait());
         return Complete(request.handler);
       };
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR,
                 w.services->ExecMethod(Literal(L"C_Worker.Id=\"1\""), Literal(L"Quiet"), WBEM_FLAG_RETURN_IMMEDIATELY,
                                        nullptr, nullptr, nullptr, &result));
       ASSERT_TRUE(entered.Wait());
       long status = 77;
       for (const long timeout : {0L, 5L}) {
         EXPECT_EQ(WBEM_S_TIMEDOUT, result->GetCallStatus(timeout, &status));
         EXPECT_EQ(WBEM_S_TIMEDOUT, Ask(result, timeout).object);
       }
       go_on.Set();
       EXPECT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_INFINITE, &status));
       EXPECT_EQ(WBEM_S_NO_ERROR, status);
     }},
    {"5.3", "EachMethodHasItsAccessor",
     [](World& w) {
       const auto check = [](IWbemCallResult* result, int fits, const char* what) {
         const Accessors answers = Ask(result, WBEM_INFINITE);
         EXPECT_EQ(fits == 1, SUCCEEDED(answers.object)) << what;
         EXPECT_EQ(fits == 2, SUCCEEDED(answers.string)) << what;
         EXPECT_EQ(fits == 3, SUCCEEDED(answers.services)) << what;
       };
       const struct {
         Call call;
         int fits;
       } calls[] = {
           {w.GetObject(L"C_Thing"), 1},          {w.ExecMethod(L"C_Worker", L"Work", w.WorkParameters(1)), 1},
           {w.PutInstance(w.NewThing(L"n")), 2},  {w.DeleteInstance(L"C_Thing='n'"), 0},
           {w.PutClass(w.NewClass(L"C_New")), 0}, {w.DeleteClass(L"C_New"), 0},
       };
       for (const auto& row : calls) {
         IWbemCallResultPtr result;
         ASSERT_EQ(WBEM_S_NO_ERROR, row.call.single(WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, &result));
         check(result, row.fits, row.call.operation.c_str());
       }
       const std::wstring name = w.name_space().substr(5);
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR, World::Connect(L"root")->OpenNamespace(
                                      Literal(name.c_str()), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, nullptr, &result));
       check(result, 3, "OpenNamespace");
     }},
    {"5.3", "BadArguments",
     [](World& w) {
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->GetObject(Literal(L"C_Thing"), 0, nullptr, nullptr, &result));
       long status = 0;
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, result->GetCallStatus(WBEM_INFINITE, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, result->GetCallStatus(-2, &status));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, result->GetResultObject(WBEM_INFINITE, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, result->GetResultString(WBEM_INFINITE, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, result->GetResultServices(WBEM_INFINITE, nullptr));
     }},
    {"5.3", "ReleasingItLeavesTheEffect",
     [](World& w) {
       Signal entered;
       Signal go_on;
       Signal done;
       w.provider->on_call = [entered, go_on, done](const ProviderRequest& request) {
         entered.Set();
         EXPECT_TRUE(go_on.Wait());
         const HRESULT told = Complete(request.handler);
         EXPECT_EQ(WBEM_S_NO_ERROR, told) << "the call was not cancelled";
         done.Set();
         return WBEM_S_NO_ERROR;
       };
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(ProvidedInstance(w.services, 1), WBEM_FLAG_RETURN_IMMEDIATELY,
                                                          nullptr, &result));
       ASSERT_TRUE(entered.Wait());
       result = nullptr;
       go_on.Set();
       EXPECT_TRUE(done.Wait());
     }},
    {"5.3", "OutlivesTheServices",
     [](World& w) {
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->GetObject(Literal(L"C_Thing='a'"), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr,
                                                        nullptr, &result));
       w.services = nullptr;
       IWbemClassObjectPtr object;
       EXPECT_EQ(WBEM_S_NO_ERROR, result->GetResultObject(WBEM_INFINITE, &object));
       EXPECT_EQ("a", Text(object, L"Name"));
     }},
};
WMI_ROWS(CallResult, kCallResult);

}  // namespace
}  // namespace wmi::conformance
