// The checklist of contract section 13, by number: what a naive implementation gets wrong. Item 24 is in events.cc,
// with more of 15, 19 and 30; items 25, 26 and 28 belong to queries and refreshers.
#include <cstdint>

#include "support.h"

namespace wmi::conformance {
namespace {

constexpr wchar_t kThings[] = L"SELECT * FROM C_Thing";
constexpr wchar_t kProvided[] = L"SELECT * FROM C_Provided";
constexpr wchar_t kEvents[] = L"SELECT * FROM C_Event";
constexpr long kForwardNow = WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY;

HRESULT Subscribe(World& w, IWbemObjectSink* sink, long flags = 0) {
  return w.services->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(kEvents), flags, nullptr, sink);
}

IWbemUnsecuredApartmentPtr Apartment() {
  IWbemUnsecuredApartmentPtr apartment;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_UnsecuredApartment, nullptr, CLSCTX_LOCAL_SERVER, IID_IWbemUnsecuredApartment,
                                   reinterpret_cast<void**>(&apartment)));
  return apartment;
}

IWbemObjectSinkPtr Stub(IWbemObjectSink* sink, DWORD flags = WBEM_FLAG_UNSECAPP_DEFAULT_CHECK_ACCESS) {
  IWbemObjectSinkPtr stub;
  EXPECT_EQ(S_OK, Apartment()->CreateSinkStub(sink, flags, nullptr, &stub));
  return stub;
}

const Row kChecklist[] = {
    {"13.1", "StartErrorLeavesTheSinkAlone",
     [](World& w) {
       for (const long initial : {0L, 1L}) {
         const auto log = w.NewLog();
         auto* sink = new RecordingSink(log, initial);
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.QueryAsync(nullptr, sink));
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.QueryAsync(kThings, sink, 0x40000000));
         EXPECT_EQ(initial, log->References());
         EXPECT_EQ(1, log->Alive());
         EXPECT_EQ(0u, log->Batches());
         EXPECT_TRUE(log->Finals().empty());
         EXPECT_TRUE(TakeErrorObject());
         if (initial == 0) sink->AddRef();
         sink->Release();
         EXPECT_EQ(1, log->Destroyed()) << "the client may delete it";
       }
     }},
    {"13.2", "ClientReleasesItsOnlyReferenceAtOnce",
     [](World& w) {
       const auto log = w.NewLog();
       const Signal released;
       {
         const SinkPtr sink = w.NewSink(log);
         // The call ends after the client's release, or that could be the last one.
         sink->on_status = [released](long, HRESULT) {
           EXPECT_TRUE(released.Wait());
           return WBEM_S_NO_ERROR;
         };
         const HRESULT started = w.QueryAsync(kThings, sink);
         EXPECT_EQ(0, started) << "exactly 0: programs write if (hr)";
       }
       released.Set();
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(3u, log->Objects().size());
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
       EXPECT_EQ(1, log->Destroyed());
       EXPECT_NE(std::this_thread::get_id(), log->Finals().front().thread) << "2.4: callbacks come on WMI's threads";
       EXPECT_NE(std::this_thread::get_id(), log->DestroyedOn());
     }},
    {"13.3", "SinkThatStartsAtZeroLivesToTheFinalStatus",
     [](World& w) {
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.QueryAsync(kThings, new RecordingSink(log, 0)));
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(1u, log->Finals().size());
       EXPECT_EQ(1, log->Destroyed());
       EXPECT_EQ(0, log->Alive());
     }},
    {"13.4", "EmptyResultIsOneStatus",
     [](World& w) {
       for (const wchar_t* query : {L"SELECT * FROM C_Numbered", L"SELECT * FROM C_Thing WHERE Size = 77"}) {
         const auto log = w.NewLog();
         ASSERT_EQ(0, w.QueryAsync(query, new RecordingSink(log, 0), WBEM_FLAG_SEND_STATUS));
         ASSERT_TRUE(log->WaitReferences(0));
         EXPECT_EQ(0u, log->Batches());
         const auto finals = log->Finals();
         ASSERT_EQ(1u, finals.size());
         EXPECT_EQ(WBEM_STATUS_COMPLETE, finals[0].flags);
         EXPECT_EQ(WBEM_S_NO_ERROR, finals[0].code);
         EXPECT_FALSE(finals[0].has_text);
         EXPECT_FALSE(finals[0].object);
       }
     }},
    {"13.5", "UnknownClassComesWithTheFinalStatus",
     [](World& w) {
       const auto log = w.NewLog();
       SetErrorInfo(0, nullptr);
       ASSERT_EQ(0, w.QueryAsync(L"SELECT * FROM C_Nothing", new RecordingSink(log, 0)));
       EXPECT_FALSE(TakeErrorObject()) << "0.5: GetErrorInfo is not used";
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_FALSE(TakeErrorObject());
       EXPECT_TRUE(FAILED(log->Outcome()));
       EXPECT_EQ("__ExtendedStatus", Text(log->Finals().front().object, L"__CLASS"));
       EXPECT_EQ("ExecQuery", Text(log->Finals().front().object, L"Operation"));
     }},
    {"13.6", "FailingIndicateCancels",
     [](World& w) {
       for (const HRESULT answer : {HRESULT{WBEM_E_FAILED}, HRESULT{E_OUTOFMEMORY}}) {
         const auto endless = w.PushForEver();
         const auto log = w.NewLog();
         const SinkPtr sink = w.NewSink(log);
         sink->on_indicate = [answer](long, IWbemClassObject**) { return answer; };
         ASSERT_EQ(0, w.ProvidedAsync(sink));
         ASSERT_TRUE(log->WaitReferences(1));
         EXPECT_EQ(1u, log->Batches()) << "no further Indicate";
         EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
         EXPECT_TRUE(endless->refused.Wait()) << "the source is told";
       }
     }},
    {"13.7", "OtherSuccessesOfIndicateGoOn",
     [](World& w) {
       w.provider->rows = 100;
       for (const HRESULT answer : {HRESULT{WBEM_S_FALSE}, HRESULT{WBEM_S_NEW_STYLE}, HRESULT{WBEM_S_TIMEDOUT}}) {
         const auto log = w.NewLog();
         const SinkPtr sink = w.NewSink(log);
         sink->on_indicate = [answer](long, IWbemClassObject**) { return answer; };
         ASSERT_EQ(0, w.ProvidedAsync(sink));
         ASSERT_TRUE(log->WaitReferences(1));
         EXPECT_EQ(100u, log->Objects().size());
         EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
       }
     }},
    {"13.8", "KeptObjectsOutliveTheConnection",
     [](World& w) {
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.QueryAsync(L"SELECT * FROM C_Thing WHERE Name = 'a'", new RecordingSink(log, 0)));
       ASSERT_TRUE(log->WaitReferences(0));
       w.services = nullptr;  // the locator is gone already
       const auto objects = log->Objects();
       ASSERT_EQ(1u, objects.size());
       EXPECT_EQ("a", Text(objects[0], L"Name"));
       EXPECT_EQ("1", Text(objects[0], L"Size"));
       EXPECT_EQ("C_Thing", Text(objects[0], L"__CLASS"));
     }},
    {"13.9", "CancelWaitsForTheIndicateThatRuns",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       Signal inside;
       std::atomic<bool> returned = false;
       // Comes back when the source has felt the cancellation, so not before CancelAsyncCall is under way.
       sink->on_indicate = [&](long, IWbemClassObject**) {
         inside.Set();
         EXPECT_TRUE(endless->refused.Wait());
         returned = true;
         return WBEM_S_NO_ERROR;
       };
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       ASSERT_TRUE(inside.Wait());
       endless->WaitForItToStall();
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
       EXPECT_TRUE(returned);
       EXPECT_EQ(1, log->References()) << "all references of WMI are gone when it returns";
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
       EXPECT_EQ(1u, log->Batches());
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, endless->refusal);
     }},
    {"13.10", "CancelAfterTheEndIsHarmless",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(0, w.QueryAsync(kThings, sink));
       ASSERT_TRUE(log->WaitReferences(1));
       w.services->CancelAsyncCall(sink);
       w.services->CancelAsyncCall(sink);
       EXPECT_EQ(1u, log->Finals().size());
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.services->CancelAsyncCall(nullptr));
     }},
    {"13.10", "CancelOfTheSinkBehindAStubIsAnError",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       const IWbemObjectSinkPtr stub = Stub(sink);
       ASSERT_EQ(0, Subscribe(w, stub));
       ASSERT_TRUE(w.FireUntilSeen(*log));
       EXPECT_TRUE(FAILED(w.services->CancelAsyncCall(sink)));
       EXPECT_TRUE(w.FireUntilSeen(*log)) << "the subscription lives on";
       EXPECT_TRUE(log->Finals().empty());
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(stub));
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
     }},
    {"13.11", "OneCancelEndsAllCallsOfASink",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       log->ShareAmongCalls();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       ASSERT_EQ(0, w.QueryAsync(kProvided, sink));
       ASSERT_TRUE(log->WaitObjects(1));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
       const auto finals = log->Finals();
       ASSERT_EQ(2u, finals.size());
       for (const SinkLog::Status& status : finals) EXPECT_EQ(WBEM_E_CALL_CANCELLED, status.code);
       EXPECT_EQ(1, log->References());
     }},
    {"13.12", "CancelInsideIndicateDoesNotWait",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       RecordingSink* self = sink;
       sink->on_indicate = [&w, self](long, IWbemClassObject**) {
         w.services->CancelAsyncCall(self);
         return WBEM_S_NO_ERROR;
       };
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_EQ(1u, log->Batches());
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
     }},
    {"13.12", "CancelInsideSetStatusDoesNotWait",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       RecordingSink* self = sink;
       sink->on_status = [&w, self](long, HRESULT) {
         w.services->CancelAsyncCall(self);
         return WBEM_S_NO_ERROR;
       };
       ASSERT_EQ(0, w.QueryAsync(kThings, sink));
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_EQ(1u, log->Finals().size());
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
     }},
    {"13.13", "QueryFromInsideIndicate",
     [](World& w) {
       const auto log = w.NewLog();
       const auto inner_log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       bool asked = false;
       sink->on_indicate = [&](long, IWbemClassObject**) {
         if (asked) return WBEM_S_NO_ERROR;
         asked = true;
         EXPECT_EQ(0, w.QueryAsync(kThings, new RecordingSink(inner_log, 0)));
         EXPECT_TRUE(inner_log->WaitReferences(0));
         EXPECT_EQ(3u, RunCall(w.ExecQuery(kThings), Form::kSync).objects.size());
         EXPECT_EQ(3u, RunCall(w.ExecQuery(kThings), Form::kSemisyncForward).objects.size());
         return WBEM_S_NO_ERROR;
       };
       ASSERT_EQ(0, w.QueryAsync(kThings, sink));
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_TRUE(asked);
       EXPECT_EQ(3u, inner_log->Objects().size());
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
     }},
    {"13.14", "ProgressComesWhenAskedForOnly",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest& request) {
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 0));
         const auto progress = static_cast<HRESULT>(MAKELONG(3, 20));
         EXPECT_EQ(WBEM_S_NO_ERROR, request.handler->SetStatus(WBEM_STATUS_PROGRESS, progress, nullptr, nullptr));
         return Complete(request.handler);
       };
       for (const long flags : {0L, static_cast<long>(WBEM_FLAG_SEND_STATUS)}) {
         const auto log = w.NewLog();
         ASSERT_EQ(0, w.ProvidedAsync(new RecordingSink(log, 0), flags));
         ASSERT_TRUE(log->WaitReferences(0));
         EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome()) << "lFlags == WBEM_STATUS_COMPLETE stays the right test";
         const auto others = log->Others();
         ASSERT_EQ(flags == 0 ? 0u : 1u, others.size());
         for (const SinkLog::Status& status : others) {
           EXPECT_EQ(WBEM_STATUS_PROGRESS, status.flags);
           EXPECT_EQ(3, LOWORD(status.code));
           EXPECT_EQ(20, HIWORD(status.code));
           EXPECT_FALSE(status.has_text);
           EXPECT_FALSE(status.object);
         }
       }
     }},
    {"13.15", "SubscriptionHasNoStatusUntilItIsCancelled",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(0, Subscribe(w, sink, WBEM_FLAG_SEND_STATUS));
       ASSERT_TRUE(w.FireUntilSeen(*log));
       ASSERT_TRUE(w.FireUntilSeen(*log));
       EXPECT_TRUE(log->Others().empty());
       EXPECT_TRUE(log->Finals().empty());
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
       EXPECT_EQ(1, log->References());
     }},
    {"13.16", "PutInstanceAsyncTellsThePath",
     [](World& w) {
       const Outcome put = RunCall(w.PutInstance(w.NewThing(L"n")), Form::kAsync);
       EXPECT_EQ(WBEM_S_NO_ERROR, put.code);
       EXPECT_EQ("C_Thing.Name=\"n\"", put.text);
       EXPECT_TRUE(put.objects.empty());
     }},
    {"13.16", "MethodGivesOneObjectAndTheCallSucceedsWhateverTheMethodReturns",
     [](World& w) {
       for (const Form form : kAllForms) {
         const Outcome done = RunCall(w.ExecMethod(L"C_Worker", L"Work", w.WorkParameters(3)), form);
         EXPECT_EQ(WBEM_S_NO_ERROR, done.code) << Name(form);
         ASSERT_EQ(1u, done.objects.size()) << Name(form);
         EXPECT_EQ("__PARAMETERS", Text(done.objects[0], L"__CLASS"));
         EXPECT_EQ("level 3", Text(done.objects[0], L"Report"));
         EXPECT_EQ("5", Text(done.objects[0], L"ReturnValue"));
       }
     }},
    {"13.17", "DeleteInstanceAsyncTakesNoAmendedQualifiers",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       EXPECT_EQ(
           WBEM_E_INVALID_PARAMETER,
           w.services->DeleteInstanceAsync(Literal(L"C_Thing='a'"), WBEM_FLAG_USE_AMENDED_QUALIFIERS, nullptr, sink));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"C_Thing='a'"));
     }},
    {"13.18", "EndComesTogetherWithObjects",
     [](World& w) {
       for (const long flags : {0L, static_cast<long>(WBEM_FLAG_RETURN_IMMEDIATELY), kForwardNow}) {
         const IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         IWbemClassObject* objects[5] = {};
         ULONG returned = 77;
         EXPECT_EQ(WBEM_S_FALSE, rows->Next(WBEM_INFINITE, 5, objects, &returned));
         ASSERT_EQ(3u, returned);
         for (ULONG i = 0; i < returned; ++i) objects[i]->Release();
         returned = 77;
         EXPECT_EQ(WBEM_S_FALSE, rows->Next(WBEM_INFINITE, 5, objects, &returned));
         EXPECT_EQ(0u, returned);
       }
     }},
    {"13.18", "TimeoutComesTogetherWithObjects",
     [](World& w) {
       Signal pushed;
       Signal go_on;
       w.PushOneAndHold(pushed, go_on);
       const IEnumWbemClassObjectPtr rows = w.Query(kProvided, kForwardNow);
       ASSERT_TRUE(pushed.Wait());
       IWbemClassObject* objects[5] = {};
       ULONG returned = 0;
       // The object is on its way; each of these calls may be the one that gets it.
       const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
       while (returned == 0 && std::chrono::steady_clock::now() < deadline) {
         returned = 77;
         ASSERT_EQ(WBEM_S_TIMEDOUT, rows->Next(10, 5, objects, &returned));
       }
       ASSERT_EQ(1u, returned);
       objects[0]->Release();
       returned = 77;
       EXPECT_EQ(WBEM_S_TIMEDOUT, rows->Next(WBEM_NO_WAIT, 5, objects, &returned));
       EXPECT_EQ(0u, returned);
       go_on.Set();
       returned = 77;
       EXPECT_EQ(WBEM_S_FALSE, rows->Next(WBEM_INFINITE, 5, objects, &returned));
       EXPECT_EQ(0u, returned);
     }},
    {"13.18", "ReturnedIsWrittenWithAnErrorToo",
     [](World& w) {
       const IEnumWbemClassObjectPtr rows = w.Query(L"SELECT * FROM C_Nothing", kForwardNow);
       IWbemClassObject* objects[2] = {};
       ULONG returned = 77;
       EXPECT_EQ(WBEM_E_INVALID_CLASS, rows->Next(WBEM_INFINITE, 2, objects, &returned));
       EXPECT_EQ(0u, returned);
       returned = 77;
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, rows->Next(-5, 2, objects, &returned));
       EXPECT_EQ(0u, returned);
     }},
    {"13.19", "EventQueryNeedsBothFlags",
     [](World& w) {
       for (const long flags :
            {0L, static_cast<long>(WBEM_FLAG_RETURN_IMMEDIATELY), static_cast<long>(WBEM_FLAG_FORWARD_ONLY)}) {
         IEnumWbemClassObjectPtr rows;
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER,
                   w.services->ExecNotificationQuery(Literal(L"WQL"), Literal(kEvents), flags, nullptr, &rows));
         EXPECT_FALSE(rows);
       }
     }},
    {"13.19", "ForwardOnlyHasNoResetAndNoClone",
     [](World& w) {
       for (const long flags : {static_cast<long>(WBEM_FLAG_FORWARD_ONLY), kForwardNow}) {
         const IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         EXPECT_EQ(WBEM_E_INVALID_OPERATION, rows->Reset());
         IEnumWbemClassObjectPtr clone;
         EXPECT_EQ(WBEM_E_INVALID_OPERATION, rows->Clone(&clone));
         EXPECT_FALSE(clone);
       }
     }},
    {"13.20", "CallResultAloneIsEnough",
     [](World& w) {
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->GetObject(Literal(L"C_Thing"), 0, nullptr, nullptr, &result));
       IWbemClassObjectPtr object;
       ASSERT_EQ(WBEM_S_NO_ERROR, result->GetResultObject(WBEM_INFINITE, &object));
       EXPECT_EQ("C_Thing", Text(object, L"__CLASS"));
       IWbemCallResultPtr failed;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->GetObject(Literal(L"C_Nothing"), 0, nullptr, nullptr, &failed));
       long status = 77;
       EXPECT_EQ(WBEM_S_NO_ERROR, failed->GetCallStatus(WBEM_INFINITE, &status));
       EXPECT_EQ(WBEM_E_NOT_FOUND, static_cast<HRESULT>(status));
     }},
    {"13.21", "NextAsyncThatEndsShortSaysSo",
     [](World& w) {
       for (const long flags : {0L, static_cast<long>(WBEM_FLAG_RETURN_IMMEDIATELY), kForwardNow}) {
         const IEnumWbemClassObjectPtr rows = w.Query(kThings, flags);
         const auto whole = w.NewLog();
         ASSERT_EQ(0, rows->NextAsync(2, new RecordingSink(whole, 0)));
         ASSERT_TRUE(whole->WaitReferences(0));
         EXPECT_EQ(WBEM_S_NO_ERROR, whole->Outcome()) << "exactly what was asked for";
         EXPECT_EQ(2u, whole->Objects().size());
         const auto part = w.NewLog();
         ASSERT_EQ(0, rows->NextAsync(5, new RecordingSink(part, 0)));
         ASSERT_TRUE(part->WaitReferences(0));
         EXPECT_EQ(WBEM_S_FALSE, part->Outcome());
         EXPECT_EQ(1u, part->Objects().size());
       }
     }},
    {"13.22", "TypesOfValuesAreThoseOfAutomation",
     [](World& w) {
       const IWbemClassObjectPtr values = w.NewInstance(L"C_Values");
       SetText(values, L"Name", L"v");
       SetText(values, L"U64", L"18446744073709551615");
       SetNumber(values, L"U32", -1);
       SetNumber(values, L"U16", 65535);
       _variant_t small(static_cast<short>(-5));
       EXPECT_EQ(WBEM_S_NO_ERROR, values->Put(L"S8", 0, &small, 0));
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(values, 0, nullptr, nullptr));
       const struct {
         const wchar_t* name;
         VARTYPE type;
         CIMTYPE cim;
       } properties[] = {{L"U64", VT_BSTR, CIM_UINT64},
                         {L"U32", VT_I4, CIM_UINT32},
                         {L"U16", VT_I4, CIM_UINT16},
                         {L"S8", VT_I2, CIM_SINT8},
                         {L"Nothing", VT_NULL, CIM_STRING}};
       for (const Form form : kAllForms) {
         const Outcome got = RunCall(w.GetObject(L"C_Values='v'"), form);
         ASSERT_EQ(1u, got.objects.size());
         for (const auto& property : properties) {
           _variant_t value;
           CIMTYPE cim = 0;
           EXPECT_EQ(WBEM_S_NO_ERROR, got.objects[0]->Get(property.name, 0, &value, &cim, nullptr));
           EXPECT_EQ(property.type, value.vt) << Narrow(property.name);
           EXPECT_EQ(property.cim, cim) << Narrow(property.name);
         }
         EXPECT_EQ("18446744073709551615", Text(got.objects[0], L"U64"));
         EXPECT_EQ("-1", Text(got.objects[0], L"U32"));
         EXPECT_EQ("65535", Text(got.objects[0], L"U16"));
       }
     }},
    {"13.23", "PlainLiteralsAreInputs",
     [](World& w) {
       // What stands in front of the text must not be read as its length.
       struct {
         std::uint32_t length = 0xFFFFFFFF;
         wchar_t text[8] = L"C_Thing";
       } literal;
       IWbemClassObjectPtr object;
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->GetObject(literal.text, 0, nullptr, &object, nullptr));
       const std::wstring short_name = std::wstring(L"C_Thing") + L'\0' + L"Sub";
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->GetObject(Literal(short_name.c_str()), 0, nullptr, &object, nullptr));
       const _bstr_t counted(L"C_Thing");
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->GetObject(counted, 0, nullptr, &object, nullptr));
     }},
    {"13.27", "ApartmentMayGoFirst",
     [](World& w) {
       const auto log = w.NewLog();
       IWbemObjectSinkPtr stub;
       {
         const SinkPtr sink = w.NewSink(log);
         stub = Stub(sink);  // its apartment is gone when it returns
       }
       EXPECT_EQ(1, log->Alive()) << "4.4: the stub holds the sink";
       ASSERT_EQ(0, w.QueryAsync(kThings, stub));
       ASSERT_TRUE(log->WaitFinals());
       EXPECT_EQ(3u, log->Objects().size());
       stub = nullptr;
       EXPECT_TRUE(log->WaitReferences(0));
     }},
    {"13.27", "StubMayGoBeforeTheCallEnds",
     [](World& w) {
       Signal pushed;
       Signal go_on;
       w.PushOneAndHold(pushed, go_on);
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       {
         const IWbemObjectSinkPtr stub = Stub(sink);
         ASSERT_EQ(0, w.ProvidedAsync(stub));
       }
       ASSERT_TRUE(pushed.Wait());
       go_on.Set();
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_EQ(1u, log->Objects().size());
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
     }},
    {"13.27", "UnknownFlagsOfAStubAreRejected",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       const IWbemUnsecuredApartmentPtr apartment = Apartment();
       for (int bit = 0; bit < 32; ++bit) {
         const DWORD flags = DWORD{1} << bit;
         IWbemObjectSinkPtr stub;
         const HRESULT made = apartment->CreateSinkStub(sink, flags, nullptr, &stub);
         EXPECT_EQ(bit < 2 ? S_OK : WBEM_E_INVALID_PARAMETER, made) << std::hex << flags;
         EXPECT_EQ(bit < 2, static_cast<bool>(stub));
       }
       IWbemObjectSinkPtr stub;
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, apartment->CreateSinkStub(sink, 3, nullptr, &stub));
       EXPECT_EQ(1, log->References());
     }},
    {"13.29", "ProviderThatKeepsTheHandlerKeepsTheCallOpen",
     [](World& w) {
       IWbemObjectSinkPtr kept;
       w.provider->on_call = [&kept](const ProviderRequest& request) {
         kept = request.handler;
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 0));
         return Complete(request.handler);
       };
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.ProvidedAsync(new RecordingSink(log, 0)));
       ASSERT_TRUE(log->WaitObjects(1));
       // A call that began later ends before it.
       ASSERT_EQ(3u, RunCall(w.ExecQuery(kThings), Form::kAsync).objects.size());
       EXPECT_TRUE(log->Finals().empty()) << "unfinished until the last reference has gone, even after SetStatus";
       kept = nullptr;
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
     }},
    {"13.29", "ErrorThatAProviderReturnsEndsTheCall",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest&) { return WBEM_E_ACCESS_DENIED; };
       for (const Form form : kAllForms) {
         const Outcome outcome = RunCall(w.CreateInstanceEnum(L"C_Provided"), form);
         EXPECT_EQ(WBEM_E_ACCESS_DENIED, outcome.code) << Name(form);
         EXPECT_EQ("Conformance", Text(outcome.error, L"ProviderName"));
       }
     }},
    {"13.30", "ReleasingTheEnumeratorStopsTheProducer",
     [](World& w) {
       for (const long flags : {static_cast<long>(WBEM_FLAG_RETURN_IMMEDIATELY), kForwardNow}) {
         const auto endless = w.PushForEver();
         IEnumWbemClassObjectPtr rows = w.Query(kProvided, flags);
         IWbemClassObjectPtr object;
         ULONG returned = 0;
         EXPECT_EQ(WBEM_S_NO_ERROR, rows->Next(WBEM_INFINITE, 1, &object, &returned));
         EXPECT_FALSE(FAILED(endless->refusal));
         rows = nullptr;
         EXPECT_TRUE(endless->refused.Wait());
         EXPECT_EQ(WBEM_E_CALL_CANCELLED, endless->refusal);
         EXPECT_EQ("0", Text(object, L"Id")) << "what was read stays";
       }
     }},
};
WMI_ROWS(Checklist, kChecklist);

}  // namespace
}  // namespace wmi::conformance
