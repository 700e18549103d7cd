// IWbemServices::CancelAsyncCall (contract 3), rule by rule.
#include "support.h"

namespace wmi::conformance {
namespace {

constexpr wchar_t kThings[] = L"SELECT * FROM C_Thing";

const Row kCancel[] = {
    {"3 rule 1", "PointerIsTheOneThatWasGiven",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const auto other_log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       const SinkPtr other = w.NewSink(other_log);
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       EXPECT_TRUE(FAILED(w.services->CancelAsyncCall(other)));
       EXPECT_TRUE(log->Finals().empty());
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
       EXPECT_EQ(1u, log->Finals().size());
       EXPECT_TRUE(other_log->Finals().empty());
       EXPECT_EQ(1, other_log->References());
     }},
    {"3 rule 2", "OtherSinksGoOn",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const auto other_log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       const SinkPtr other = w.NewSink(other_log);
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       ASSERT_EQ(0, w.ProvidedAsync(other));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
       const std::size_t before = other_log->Objects().size();
       EXPECT_TRUE(other_log->WaitObjects(before + 10));
       EXPECT_TRUE(other_log->Finals().empty());
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(other));
     }},
    {"3 rule 2", "CallsOfEveryMethodAreCancelled",
     [](World& w) {
       Signal go_on;
       w.provider->on_call = [go_on, script = w.provider.get()](const ProviderRequest& request) {
         IWbemObjectSinkPtr handler(request.handler);
         script->Spawn([handler, go_on] {
           EXPECT_TRUE(go_on.Wait());
           Complete(handler);
         });
         return WBEM_S_NO_ERROR;
       };
       const auto log = w.NewLog();
       log->ShareAmongCalls();
       const SinkPtr sink = w.NewSink(log);
       const Call calls[] = {w.CreateInstanceEnum(L"C_Provided"), w.ExecQuery(L"SELECT * FROM C_Provided"),
                             w.GetObject(L"C_Provided='1'"),      w.PutInstance(ProvidedInstance(w.services, 1)),
                             w.DeleteInstance(L"C_Provided='1'"), w.ExecMethod(L"C_Worker.Id=\"1\"", L"Quiet")};
       for (const Call& call : calls) ASSERT_EQ(0, call.async(0, sink)) << call.operation;
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
       const auto finals = log->Finals();
       EXPECT_EQ(std::size(calls), finals.size());
       for (const SinkLog::Status& status : finals) EXPECT_EQ(WBEM_E_CALL_CANCELLED, status.code);
       EXPECT_EQ(1, log->References());
       go_on.Set();
     }},
    {"3 rule 3", "FinalStatusCarriesNothingButItsCode",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       ASSERT_TRUE(log->WaitObjects(1));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
       const auto finals = log->Finals();
       ASSERT_EQ(1u, finals.size());
       EXPECT_EQ(WBEM_STATUS_COMPLETE, finals[0].flags);
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, finals[0].code);
       EXPECT_FALSE(finals[0].has_text);
       EXPECT_FALSE(finals[0].object);
     }},
    {"3 rule 4", "ReferencesAreGoneWhenItReturns",
     [](World& w) {
       for (int i = 0; i < 20; ++i) {
         const auto endless = w.PushForEver();
         const auto log = w.NewLog();
         auto* sink = new RecordingSink(log, 0);
         ASSERT_EQ(0, w.ProvidedAsync(sink));
         if (i % 2 == 0) {
           ASSERT_TRUE(log->WaitObjects(1));
         }
         EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
         EXPECT_EQ(1, log->Destroyed()) << "a sink that counts from zero is gone";
         EXPECT_EQ(1u, log->Finals().size());
       }
     }},
    {"3 rule 4", "SinkDestroyedByTheClientAfterItReturned",
     [](World& w) {
       // A sink that does not count: its memory goes when the client says so. Nothing may touch it later.
       class Plain final : public IWbemObjectSink {
        public:
         explicit Plain(std::atomic<int>& finals) : finals_(finals) {}
         HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
           *object = riid == IID_IUnknown || riid == IID_IWbemObjectSink ? this : nullptr;
           return *object == nullptr ? E_NOINTERFACE : S_OK;
         }
         ULONG STDMETHODCALLTYPE AddRef() override { return ++count_; }
         ULONG STDMETHODCALLTYPE Release() override { return --count_; }
         HRESULT STDMETHODCALLTYPE Indicate(long, IWbemClassObject**) override {
           seen_.Set();
           return WBEM_S_NO_ERROR;
         }
         HRESULT STDMETHODCALLTYPE SetStatus(long, HRESULT, BSTR, IWbemClassObject*) override {
           ++finals_;
           return WBEM_S_NO_ERROR;
         }
         bool WaitSeen() { return seen_.Wait(); }

        private:
         Signal seen_;
         std::atomic<int>& finals_;
         std::atomic<ULONG> count_ = 0;
       };
       const auto endless = w.PushForEver();
       std::atomic<int> finals = 0;
       for (int i = 0; i < 10; ++i) {
         auto sink = std::make_unique<Plain>(finals);
         ASSERT_EQ(0, w.ProvidedAsync(sink.get()));
         ASSERT_TRUE(sink->WaitSeen());
         EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink.get()));
         sink.reset();
       }
       EXPECT_EQ(10, finals);
     }},
    {"3 rule 5", "TwoSinksMayCancelEachOther",
     [](World& w) {
       const auto endless = w.PushForEver();
       for (int i = 0; i < 10; ++i) {
         const auto first_log = w.NewLog();
         const auto second_log = w.NewLog();
         const SinkPtr first = w.NewSink(first_log);
         const SinkPtr second = w.NewSink(second_log);
         RecordingSink* other_of_first = second;
         RecordingSink* other_of_second = first;
         Signal first_inside;
         Signal second_inside;
         first->on_indicate = [&, other_of_first](long, IWbemClassObject**) {
           first_inside.Set();
           EXPECT_TRUE(second_inside.Wait());
           w.services->CancelAsyncCall(other_of_first);
           return WBEM_S_NO_ERROR;
         };
         second->on_indicate = [&, other_of_second](long, IWbemClassObject**) {
           second_inside.Set();
           EXPECT_TRUE(first_inside.Wait());
           w.services->CancelAsyncCall(other_of_second);
           return WBEM_S_NO_ERROR;
         };
         ASSERT_EQ(0, w.ProvidedAsync(first));
         ASSERT_EQ(0, w.ProvidedAsync(second));
         ASSERT_TRUE(first_log->WaitReferences(1));
         ASSERT_TRUE(second_log->WaitReferences(1));
         EXPECT_EQ(WBEM_E_CALL_CANCELLED, first_log->Outcome());
         EXPECT_EQ(WBEM_E_CALL_CANCELLED, second_log->Outcome());
       }
     }},
    {"3 rule 6", "MethodGoesOnAtTheProvider",
     [](World& w) {
       Signal entered;
       Signal go_on;
       Signal done;
       w.provider->on_call = [entered, go_on, done](const ProviderRequest& request) {
         entered.Set();
         EXPECT_TRUE(go_on.Wait());
         EXPECT_EQ(WBEM_E_CALL_CANCELLED, Complete(request.handler));
         done.Set();
         return WBEM_S_NO_ERROR;
       };
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(0, w.ExecMethod(L"C_Worker.Id=\"1\"", L"Quiet").async(0, sink));
       ASSERT_TRUE(entered.Wait());
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink)) << "also while the provider blocks";
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
       EXPECT_EQ(1, log->References());
       go_on.Set();
       EXPECT_TRUE(done.Wait()) << "it runs to its end";
     }},
    {"3 rule 7", "CallThatHasEndedHadItsOwnStatus",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(0, w.PutInstance(w.NewThing(L"p")).async(0, sink));
       ASSERT_TRUE(log->WaitReferences(1));
       w.services->CancelAsyncCall(sink);
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome()) << "its own status, and no second one";
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"C_Thing='p'"));
     }},
    {"3 rule 7", "FastCallsEndOnceHoweverLateTheCancelComes",
     [](World& w) {
       for (int i = 0; i < 50; ++i) {
         const auto log = w.NewLog();
         const SinkPtr sink = w.NewSink(log);
         ASSERT_EQ(0, w.QueryAsync(kThings, sink));
         if (i % 3 == 0) std::this_thread::yield();
         const HRESULT cancelled = w.services->CancelAsyncCall(sink);
         if (SUCCEEDED(cancelled)) {
           EXPECT_EQ(1, log->References());
         }
         ASSERT_TRUE(log->WaitReferences(1));
         EXPECT_EQ(1u, log->Finals().size());
       }
     }},
    {"3 rule 8", "NullIsInvalid",
     [](World& w) {
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.services->CancelAsyncCall(nullptr));
       EXPECT_EQ("CancelAsyncCall", Text(TakeErrorObject(), L"Operation"));
     }},
    {"3 rule 8", "UnknownSinkIsAnErrorAndUntouched",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       EXPECT_TRUE(FAILED(w.services->CancelAsyncCall(sink)));
       EXPECT_EQ(1, log->References());
       EXPECT_TRUE(log->Finals().empty());
     }},
    {"3 rule 8", "SinkOfAnotherConnectionIsUnknown",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       EXPECT_TRUE(FAILED(World::Connect(w.name_space())->CancelAsyncCall(sink)));
       EXPECT_TRUE(log->Finals().empty());
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
     }},
    {"3 rule 10", "EndsASubscription",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(0, w.services->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(L"SELECT * FROM C_Event"), 0,
                                                           nullptr, sink));
       ASSERT_TRUE(w.FireUntilSeen(*log));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
       const std::size_t seen = log->Objects().size();
       for (int i = 0; i < 10; ++i) w.Fire(L"after");
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
       EXPECT_EQ(seen, log->Objects().size());
     }},
    {"3 rule 11", "SemisynchronousWorkIsNotItsBusiness",
     [](World& w) {
       const auto endless = w.PushForEver();
       const IEnumWbemClassObjectPtr rows = w.Query(L"SELECT * FROM C_Provided", 0x30);
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       EXPECT_TRUE(FAILED(w.services->CancelAsyncCall(sink)));
       IWbemClassObjectPtr object;
       ULONG returned = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, rows->Next(WBEM_INFINITE, 1, &object, &returned));
     }},
    {"3 rule 12", "ClientMayReleaseTheSinkBefore",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       auto* sink = new RecordingSink(log);
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       sink->Release();
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
       EXPECT_EQ(1, log->Destroyed());
       EXPECT_TRUE(FAILED(w.services->CancelAsyncCall(sink))) << "a dangling pointer is compared, not used";
     }},
};
WMI_ROWS(Cancel, kCancel);

}  // namespace
}  // namespace wmi::conformance
