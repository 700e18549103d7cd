// IUnsecuredApartment and IWbemUnsecuredApartment (contract 4.4); proxy blankets (contract 0.2, 4.2).
#include "support.h"

namespace wmi::conformance {
namespace {

constexpr wchar_t kThings[] = L"SELECT * FROM C_Thing";

IWbemUnsecuredApartmentPtr Apartment() {
  IWbemUnsecuredApartmentPtr apartment;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemUnsecuredApartment, nullptr, CLSCTX_LOCAL_SERVER,
                                   IID_IWbemUnsecuredApartment, reinterpret_cast<void**>(&apartment)));
  return apartment;
}

IWbemObjectSinkPtr Stub(IWbemObjectSink* sink, DWORD flags = 0) {
  IWbemObjectSinkPtr stub;
  EXPECT_EQ(S_OK, Apartment()->CreateSinkStub(sink, flags, nullptr, &stub));
  return stub;
}

const Row kApartment[] = {
    {"4.4 class", "BothInterfacesUnderBothNames",
     [](World&) {
       for (const CLSID& name : {CLSID_UnsecuredApartment, CLSID_WbemUnsecuredApartment}) {
         for (const IID& iid : {IID_IUnsecuredApartment, IID_IWbemUnsecuredApartment}) {
           IUnknown* apartment = nullptr;
           ASSERT_EQ(S_OK,
                     CoCreateInstance(name, nullptr, CLSCTX_LOCAL_SERVER, iid, reinterpret_cast<void**>(&apartment)));
           apartment->Release();
         }
       }
     }},
    {"4.4 CreateObjectStub", "GivesAnUnknownThatIsASink",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       IUnknown* unknown = nullptr;
       ASSERT_EQ(S_OK, Apartment()->CreateObjectStub(static_cast<IWbemObjectSink*>(sink), &unknown));
       IWbemObjectSinkPtr stub(unknown);
       unknown->Release();
       ASSERT_TRUE(stub);
       ASSERT_EQ(0, w.QueryAsync(kThings, stub));
       ASSERT_TRUE(log->WaitFinals());
       EXPECT_EQ(3u, log->Objects().size());
       stub = nullptr;
       EXPECT_TRUE(log->WaitReferences(1));
     }},
    {"4.4 CreateObjectStub", "WhatIsNoSinkAndNull",
     [](World& w) {
       const IWbemUnsecuredApartmentPtr apartment = Apartment();
       IUnknown* stub = w.services;
       EXPECT_EQ(E_NOINTERFACE, apartment->CreateObjectStub(static_cast<IWbemServices*>(w.services), &stub));
       EXPECT_EQ(nullptr, stub);
       EXPECT_TRUE(FAILED(apartment->CreateObjectStub(nullptr, &stub)));
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       EXPECT_TRUE(FAILED(apartment->CreateObjectStub(static_cast<IWbemObjectSink*>(sink), nullptr)));
       EXPECT_EQ(1, log->References());
     }},
    {"4.4 CreateSinkStub", "BadArgumentsLeaveTheSinkAlone",
     [](World& w) {
       const IWbemUnsecuredApartmentPtr apartment = Apartment();
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       IWbemObjectSinkPtr stub;
       EXPECT_TRUE(FAILED(apartment->CreateSinkStub(nullptr, 0, nullptr, &stub)));
       EXPECT_TRUE(FAILED(apartment->CreateSinkStub(sink, 0, L"reserved", &stub)));
       EXPECT_TRUE(FAILED(apartment->CreateSinkStub(sink, 0, nullptr, nullptr)));
       EXPECT_FALSE(stub);
       EXPECT_EQ(1, log->References());
     }},
    {"4.4 dwFlags", "EveryCheckLetsThisProcessIn",
     [](World& w) {
       for (const DWORD flags : {0u, 1u, 2u}) {
         const auto log = w.NewLog();
         const SinkPtr sink = w.NewSink(log);
         const IWbemObjectSinkPtr stub = Stub(sink, flags);
         ASSERT_EQ(0, w.QueryAsync(kThings, stub));
         ASSERT_TRUE(log->WaitFinals());
         EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
         EXPECT_EQ(3u, log->Objects().size());
       }
     }},
    {"4.4 ownership", "ClientMayReleaseItsReferenceAtOnce",
     [](World& w) {
       const auto log = w.NewLog();
       IWbemObjectSinkPtr stub;
       {
         const SinkPtr sink = w.NewSink(log);
         stub = Stub(sink);
       }
       EXPECT_EQ(1, log->Alive());
       stub = nullptr;
       EXPECT_EQ(0, log->Alive());
     }},
    {"4.4 ownership", "SinkThatCountsFromZeroBelongsToItsStub",
     [](World& w) {
       const auto log = w.NewLog();
       IWbemObjectSinkPtr stub = Stub(new RecordingSink(log, 0));
       ASSERT_EQ(0, w.QueryAsync(kThings, stub));
       ASSERT_TRUE(log->WaitFinals());
       stub = nullptr;
       EXPECT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(1, log->Destroyed());
     }},
    {"4.4 lifetime", "ReleaseInsideTheFinalStatus",
     [](World& w) {
       const auto log = w.NewLog();
       auto* sink = new RecordingSink(log);
       IWbemObjectSinkPtr stub = Stub(sink);
       sink->on_status = [&stub](long, HRESULT) {
         stub = nullptr;
         return WBEM_S_NO_ERROR;
       };
       Signal started;
       IWbemObjectSink* const raw = stub;
       sink->on_indicate = [&started](long, IWbemClassObject**) {
         EXPECT_TRUE(started.Wait());
         return WBEM_S_NO_ERROR;
       };
       ASSERT_EQ(0, w.QueryAsync(kThings, raw));
       started.Set();
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_EQ(1u, log->Finals().size());
       sink->Release();
     }},
    {"4.4 identity", "StubIsThePointerForCancel",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       IWbemObjectSinkPtr stub = Stub(sink);
       ASSERT_EQ(0, w.ProvidedAsync(stub));
       EXPECT_TRUE(FAILED(w.services->CancelAsyncCall(sink)));
       EXPECT_TRUE(log->Finals().empty());
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(stub));
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
       stub = nullptr;
       EXPECT_TRUE(log->WaitReferences(1));
     }},
    {"4.4 identity", "StubWhereTheSinkWasGivenIsUnknown",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       const IWbemObjectSinkPtr stub = Stub(sink);
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       EXPECT_TRUE(FAILED(w.services->CancelAsyncCall(stub)));
       EXPECT_TRUE(log->Finals().empty());
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
     }},
    {"4.4 marker", "StubSupportsIUnsecured",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       const IWbemObjectSinkPtr stub = Stub(sink);
       IUnknown* marker = nullptr;
       EXPECT_EQ(S_OK, stub->QueryInterface(IID_IUnsecured, reinterpret_cast<void**>(&marker)));
       if (marker != nullptr) marker->Release();
       EXPECT_EQ(E_NOINTERFACE, sink->QueryInterface(IID_IUnsecured, reinterpret_cast<void**>(&marker)));
     }},
    {"4.4 Obs", "ReleaseOrderOfTheEventSample",
     [](World& w) {
       IWbemServicesPtr services = World::Connect(w.name_space());
       IWbemUnsecuredApartmentPtr apartment = Apartment();
       const auto log = w.NewLog();
       SinkPtr sink = w.NewSink(log);
       IUnknown* unknown = nullptr;
       ASSERT_EQ(S_OK, apartment->CreateObjectStub(static_cast<IWbemObjectSink*>(sink), &unknown));
       IWbemObjectSinkPtr stub(unknown);
       ASSERT_EQ(0, services->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(L"SELECT * FROM C_Event"),
                                                         WBEM_FLAG_SEND_STATUS, nullptr, stub));
       ASSERT_TRUE(w.FireUntilSeen(*log));
       EXPECT_EQ(WBEM_S_NO_ERROR, services->CancelAsyncCall(stub));
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
       services = nullptr;
       apartment = nullptr;
       unknown->Release();
       sink = nullptr;
       stub = nullptr;
       EXPECT_TRUE(log->WaitReferences(0));
     }},
    {"4.4", "FailingSinkBehindAStubCancels",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       sink->on_indicate = [](long, IWbemClassObject**) -> HRESULT { throw 5; };
       const IWbemObjectSinkPtr stub = Stub(sink);
       ASSERT_EQ(0, w.ProvidedAsync(stub));
       ASSERT_TRUE(log->WaitFinals());
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
     }},
};
WMI_ROWS(Apartments, kApartment);

// ---- blankets -------------------------------------------------------------------------------------------------------

HRESULT SetBlanket(IUnknown* proxy, DWORD level = RPC_C_AUTHN_LEVEL_CALL) {
  return CoSetProxyBlanket(proxy, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, level, RPC_C_IMP_LEVEL_IMPERSONATE,
                           nullptr, EOAC_NONE);
}

const Row kBlankets[] = {
    {"0.2", "EveryProxyTakesABlanket",
     [](World& w) {
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->GetObject(Literal(L"C_Thing"), 0, nullptr, nullptr, &result));
       const IEnumWbemClassObjectPtr rows = w.Query(kThings, WBEM_FLAG_RETURN_IMMEDIATELY);
       IUnknown* const proxies[] = {static_cast<IWbemServices*>(w.services), static_cast<IWbemCallResult*>(result),
                                    static_cast<IEnumWbemClassObject*>(rows)};
       for (IUnknown* proxy : proxies) {
         EXPECT_EQ(S_OK, SetBlanket(proxy));
         IUnknown* unknown = nullptr;
         ASSERT_EQ(S_OK, proxy->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(&unknown)));
         EXPECT_EQ(S_OK, SetBlanket(unknown)) << "and its IUnknown";
         unknown->Release();
       }
       EXPECT_EQ(3u, RunCall(w.ExecQuery(kThings), Form::kAsync).objects.size()) << "it still works";
     }},
    {"4.2", "BlanketReadsBack",
     [](World& w) {
       ASSERT_EQ(S_OK, SetBlanket(w.services, RPC_C_AUTHN_LEVEL_PKT_PRIVACY));
       DWORD service = 77;
       DWORD authorisation = 77;
       DWORD level = 77;
       DWORD impersonation = 77;
       ASSERT_EQ(S_OK, CoQueryProxyBlanket(w.services, &service, &authorisation, nullptr, &level, &impersonation,
                                           nullptr, nullptr));
       EXPECT_EQ(DWORD{RPC_C_AUTHN_WINNT}, service);
       EXPECT_EQ(DWORD{RPC_C_AUTHZ_NONE}, authorisation);
       EXPECT_EQ(DWORD{RPC_C_AUTHN_LEVEL_PKT_PRIVACY}, level);
       EXPECT_EQ(DWORD{RPC_C_IMP_LEVEL_IMPERSONATE}, impersonation);
     }},
    {"4.2", "EachProxyHasItsOwn",
     [](World& w) {
       const IEnumWbemClassObjectPtr rows = w.Query(kThings, WBEM_FLAG_RETURN_IMMEDIATELY);
       ASSERT_EQ(S_OK, SetBlanket(w.services, RPC_C_AUTHN_LEVEL_PKT));
       ASSERT_EQ(S_OK, SetBlanket(rows, RPC_C_AUTHN_LEVEL_PKT_PRIVACY));
       DWORD level = 77;
       ASSERT_EQ(S_OK, CoQueryProxyBlanket(w.services, nullptr, nullptr, nullptr, &level, nullptr, nullptr, nullptr));
       EXPECT_EQ(DWORD{RPC_C_AUTHN_LEVEL_PKT}, level);
     }},
    {"4.2", "ObjectThatIsNoProxyHasNone",
     [](World& w) {
       EXPECT_TRUE(FAILED(SetBlanket(w.Get(L"C_Thing"))));
       EXPECT_TRUE(FAILED(SetBlanket(nullptr)));
     }},
    {"4.1", "SecondTimeIsTooLate",
     [](World&) {
       EXPECT_EQ(RPC_E_TOO_LATE, CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_NONE,
                                                      RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE, nullptr));
     }},
};
WMI_ROWS(Blankets, kBlankets);

}  // namespace
}  // namespace wmi::conformance
