// What a sink may rely on, and what is asked of it (contract 2); IWbemObjectSinkEx; sinks that break the rules.
#include <stdexcept>

#include "support.h"

namespace wmi::conformance {
namespace {

constexpr wchar_t kThings[] = L"SELECT * FROM C_Thing";

// Also an IWbemObjectSinkEx, which it gives away by QueryInterface.
class ExtendedSink final : public IWbemObjectSinkEx {
 public:
  struct Seen {
    Signal ended;
    std::atomic<HRESULT> outcome = WBEM_S_PENDING;
    std::atomic<int> messages = 0;
    std::atomic<int> activities = 0;
    std::atomic<int> parameters = 0;
    std::atomic<int> errors = 0;
    std::atomic<int> questions = 0;
    std::atomic<bool> well_formed = true;
    std::atomic<ULONG> count = 0;
  };
  explicit ExtendedSink(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
    const bool known = riid == IID_IUnknown || riid == IID_IWbemObjectSink || riid == IID_IWbemObjectSinkEx;
    *object = known ? static_cast<IWbemObjectSinkEx*>(this) : nullptr;
    if (known) AddRef();
    return known ? S_OK : E_NOINTERFACE;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return ++seen_->count; }
  ULONG STDMETHODCALLTYPE Release() override {
    const std::shared_ptr<Seen> seen = seen_;
    const ULONG left = --seen->count;
    if (left == 0) {
      delete this;
      seen->ended.Set();
    }
    return left;
  }
  HRESULT STDMETHODCALLTYPE Indicate(long, IWbemClassObject**) override { return WBEM_S_NO_ERROR; }
  HRESULT STDMETHODCALLTYPE SetStatus(long flags, HRESULT code, BSTR, IWbemClassObject*) override {
    if (flags == WBEM_STATUS_COMPLETE) seen_->outcome = code;
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE WriteMessage(ULONG channel, const BSTR message) override {
    if (channel != 1 || Narrow(message) != "message") seen_->well_formed = false;
    ++seen_->messages;
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE WriteError(IWbemClassObject* error, unsigned char* answer) override {
    if (Text(error, L"Id") != "3") seen_->well_formed = false;
    *answer = 1;
    ++seen_->errors;
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE PromptUser(const BSTR message, unsigned char type, unsigned char* answer) override {
    if (type != 0 || Narrow(message) != "really?") seen_->well_formed = false;
    *answer = 1;
    ++seen_->questions;
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE WriteProgress(const BSTR activity, const BSTR, const BSTR, ULONG percent,
                                          ULONG seconds) override {
    if (Narrow(activity) != "work" || percent != 50 || seconds != 9) seen_->well_formed = false;
    ++seen_->activities;
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE WriteStreamParameter(const BSTR name, VARIANT* value, ULONG, ULONG) override {
    if (Narrow(name) != "parameter" || value->vt != VT_I4) seen_->well_formed = false;
    ++seen_->parameters;
    return WBEM_S_NO_ERROR;
  }

 private:
  ~ExtendedSink() = default;
  const std::shared_ptr<Seen> seen_;
};

// A provider that says everything an extended sink can hear. What it was answered is in `answers`.
struct Answers {
  std::atomic<HRESULT> error = WBEM_S_PENDING;
  std::atomic<HRESULT> question = WBEM_S_PENDING;
  std::atomic<unsigned> error_answer = 0;
  std::atomic<unsigned> question_answer = 0;
};

void SayEverything(World& w, const std::shared_ptr<Answers>& answers) {
  w.provider->on_call = [answers, script = w.provider.get()](const ProviderRequest& request) {
    IWbemObjectSinkExPtr handler(request.handler);
    EXPECT_TRUE(handler) << "2.7: providers written for it may use it";
    if (!handler) return HRESULT{WBEM_E_FAILED};
    const IWbemClassObjectPtr object = ProvidedInstance(request.name_space, 3);
    script->Spawn([handler, object, answers] {
      const _bstr_t text(L"message");
      EXPECT_EQ(WBEM_S_NO_ERROR, handler->WriteMessage(1, text));
      const _bstr_t activity(L"work");
      EXPECT_EQ(WBEM_S_NO_ERROR, handler->WriteProgress(activity, text, text, 50, 9));
      _variant_t seven(7L, VT_I4);
      const _bstr_t name(L"parameter");
      EXPECT_EQ(WBEM_S_NO_ERROR, handler->WriteStreamParameter(name, &seven, CIM_SINT32, 0));
      unsigned char answer = 0;
      answers->error = handler->WriteError(object, &answer);
      answers->error_answer = answer;
      const _bstr_t question(L"really?");
      answer = 0;
      answers->question = handler->PromptUser(question, 0, &answer);
      answers->question_answer = answer;
      Complete(handler);
    });
    return HRESULT{WBEM_S_NO_ERROR};
  };
}

const Row kSink[] = {
    {"2.1", "TwoInterfacesAreACompleteSink",
     [](World& w) {
       const auto answers = std::make_shared<Answers>();
       SayEverything(w, answers);
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.ProvidedAsync(new RecordingSink(log, 0), WBEM_FLAG_SEND_STATUS));
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
     }},
    {"2.2 Count", "BatchesAreOfOneObjectOrMoreAndLoseNothing",
     [](World& w) {
       w.provider->rows = 300;
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.ProvidedAsync(new RecordingSink(log, 0)));
       ASSERT_TRUE(log->WaitReferences(0));
       long all = 0;
       for (const long count : log->BatchSizes()) {
         EXPECT_GE(count, 1);
         all += count;
       }
       EXPECT_EQ(300, all);
     }},
    {"2.2 Memory", "WhatTheSinkDoesNotKeepGoes",
     [](World& w) {
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.QueryAsync(L"SELECT * FROM C_Thing WHERE Name = 'a'", new RecordingSink(log, 0)));
       ASSERT_TRUE(log->WaitReferences(0));
       const auto kept = log->Objects();
       log->DropObjects();
       ASSERT_EQ(1u, kept.size());
       IWbemClassObject* object = kept[0];
       object->AddRef();
       EXPECT_EQ(1u, object->Release()) << "the sink's reference is the only one left";
     }},
    {"2.2 Return an error", "ExceptionIsAFailureToo",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       sink->on_indicate = [](long, IWbemClassObject**) -> HRESULT { throw std::runtime_error("from the sink"); };
       ASSERT_EQ(0, w.ProvidedAsync(sink));
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
     }},
    {"2.3", "ResultsStayValidWhenTheEndIsAnError",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest& request) {
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 5));
         return Complete(request.handler, WBEM_E_ACCESS_DENIED);
       };
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.ProvidedAsync(new RecordingSink(log, 0)));
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(WBEM_E_ACCESS_DENIED, log->Outcome());
       ASSERT_EQ(1u, log->Objects().size());
       EXPECT_EQ("5", Text(log->Objects()[0], L"Id"));
     }},
    {"2.3", "OtherSuccessesReachTheFinalStatus",
     [](World& w) {
       for (const HRESULT code : {HRESULT{WBEM_S_FALSE}, HRESULT{WBEM_S_PARTIAL_RESULTS}, HRESULT{WBEM_S_ACCESS_DENIED},
                                  HRESULT{WBEM_S_OPERATION_CANCELLED}}) {
         w.provider->on_call = [code](const ProviderRequest& request) { return Complete(request.handler, code); };
         const auto log = w.NewLog();
         ASSERT_EQ(0, w.ProvidedAsync(new RecordingSink(log, 0)));
         ASSERT_TRUE(log->WaitReferences(0));
         EXPECT_EQ(code, log->Outcome());
         EXPECT_FALSE(log->Finals().front().object);
       }
     }},
    {"2.3", "ReturnValueOfTheFinalStatusIsIgnored",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       sink->on_status = [](long, HRESULT) { return WBEM_E_FAILED; };
       ASSERT_EQ(0, w.QueryAsync(kThings, sink));
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_EQ(1u, log->Finals().size());
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
     }},
    {"2.3", "FailingProgressCancels",
     [](World& w) {
       auto refusal = std::make_shared<Signal>();
       w.provider->on_call = [refusal, script = w.provider.get()](const ProviderRequest& request) {
         IWbemObjectSinkPtr handler(request.handler);
         script->Spawn([handler, refusal] {
           while (SUCCEEDED(handler->SetStatus(WBEM_STATUS_PROGRESS, MAKELONG(1, 2), nullptr, nullptr))) {
           }
           Complete(handler);
           refusal->Set();
         });
         return WBEM_S_NO_ERROR;
       };
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       sink->on_status = [](long flags, HRESULT) {
         return flags == WBEM_STATUS_PROGRESS ? HRESULT{WBEM_E_FAILED} : HRESULT{WBEM_S_NO_ERROR};
       };
       ASSERT_EQ(0, w.ProvidedAsync(sink, WBEM_FLAG_SEND_STATUS));
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
       EXPECT_EQ(1u, log->Others().size());
       EXPECT_TRUE(refusal->Wait());
     }},
    {"2.3", "RequirementsAreConsumed",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest& request) {
         for (const HRESULT what :
              {HRESULT{WBEM_REQUIREMENTS_STOP_POSTFILTER}, HRESULT{WBEM_REQUIREMENTS_START_POSTFILTER}}) {
           EXPECT_EQ(WBEM_S_NO_ERROR, request.handler->SetStatus(WBEM_STATUS_REQUIREMENTS, what, nullptr, nullptr));
         }
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 1));
         return Complete(request.handler);
       };
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.ProvidedAsync(new RecordingSink(log, 0), WBEM_FLAG_SEND_STATUS));
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_TRUE(log->Others().empty()) << "never passed to a client";
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
     }},
    {"2.3", "RequirementsTurnTheFilterOffAndOnInMidStream",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest& request) {
         if (request.kind == ProviderRequest::Kind::kQuery) return HRESULT{WBEM_E_PROVIDER_NOT_CAPABLE};
         const auto require = [&](HRESULT what) {
           EXPECT_EQ(WBEM_S_NO_ERROR, request.handler->SetStatus(WBEM_STATUS_REQUIREMENTS, what, nullptr, nullptr));
         };
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 1));
         require(WBEM_REQUIREMENTS_STOP_POSTFILTER);
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 2));
         require(WBEM_REQUIREMENTS_START_POSTFILTER);
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 3));
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 100));
         return Complete(request.handler);
       };
       const Outcome outcome = RunCall(w.ExecQuery(L"SELECT * FROM C_Provided WHERE Number >= 100"), Form::kAsync);
       EXPECT_EQ((std::vector<std::string>{"C_Provided.Id=\"100\"", "C_Provided.Id=\"2\""}), outcome.Names());
     }},
    {"2.4", "TwoCallsOfOneSinkEndOnceEach",
     [](World& w) {
       const auto log = w.NewLog();
       log->ShareAmongCalls();
       const SinkPtr sink = w.NewSink(log);
       for (int i = 0; i < 5; ++i) ASSERT_EQ(0, w.QueryAsync(kThings, sink));
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_EQ(5u, log->Finals().size());
       EXPECT_EQ(15u, log->Objects().size());
     }},
    {"2.5", "CallsGoOnWhenTheServicesAreReleased",
     [](World& w) {
       Signal pushed;
       Signal go_on;
       w.PushOneAndHold(pushed, go_on);
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.ProvidedAsync(new RecordingSink(log, 0)));
       w.services = nullptr;
       ASSERT_TRUE(pushed.Wait());
       go_on.Set();
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
       EXPECT_EQ(1u, log->Objects().size());
     }},
    {"2.5", "ReleasingTheServicesEndsTheirSubscriptions",
     [](World& w) {
       IWbemServicesPtr other = World::Connect(w.name_space());
       const auto log = w.NewLog();
       const auto kept_log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       const SinkPtr kept = w.NewSink(kept_log);
       const BSTR query = Literal(L"SELECT * FROM C_Event");
       ASSERT_EQ(0, other->ExecNotificationQueryAsync(Literal(L"WQL"), query, 0, nullptr, sink));
       ASSERT_EQ(0, w.services->ExecNotificationQueryAsync(Literal(L"WQL"), query, 0, nullptr, kept));
       ASSERT_TRUE(w.FireUntilSeen(*log));
       other = nullptr;
       ASSERT_TRUE(log->WaitReferences(1));
       const std::size_t seen = log->Objects().size();
       ASSERT_TRUE(w.FireUntilSeen(*kept_log));
       EXPECT_EQ(seen, log->Objects().size());
       EXPECT_TRUE(kept_log->Finals().empty());
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(kept));
     }},
    {"2.6", "SinkMayCallBackInEveryForm",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       sink->on_status = [&w](long, HRESULT) {
         for (const Form form : kAllForms) {
           EXPECT_EQ(1u, RunCall(w.GetObject(L"C_Thing='a'"), form).objects.size()) << Name(form);
           EXPECT_EQ(WBEM_S_NO_ERROR, RunCall(w.PutInstance(w.NewThing(L"inside")), form).code) << Name(form);
         }
         return WBEM_S_NO_ERROR;
       };
       ASSERT_EQ(0, w.QueryAsync(kThings, sink));
       ASSERT_TRUE(log->WaitReferences(1));
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
     }},
    {"2.6", "CancelOfAnotherSinkFromInside",
     [](World& w) {
       const auto endless = w.PushForEver();
       const auto other_log = w.NewLog();
       const SinkPtr other = w.NewSink(other_log);
       RecordingSink* target = other;
       ASSERT_EQ(0, w.ProvidedAsync(other));
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       sink->on_status = [&, target](long, HRESULT) {
         EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(target));
         return WBEM_S_NO_ERROR;
       };
       ASSERT_EQ(0, w.QueryAsync(kThings, sink));
       ASSERT_TRUE(log->WaitReferences(1));
       ASSERT_TRUE(other_log->WaitReferences(1));
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, other_log->Outcome());
     }},
    {"2.7", "ExtendedSinkHearsTheProvider",
     [](World& w) {
       for (const long flags : {0L, static_cast<long>(WBEM_FLAG_SEND_STATUS)}) {
         const auto answers = std::make_shared<Answers>();
         SayEverything(w, answers);
         const auto seen = std::make_shared<ExtendedSink::Seen>();
         ASSERT_EQ(0, w.ProvidedAsync(new ExtendedSink(seen), flags));
         ASSERT_TRUE(seen->ended.Wait());
         EXPECT_EQ(WBEM_S_NO_ERROR, seen->outcome);
         EXPECT_EQ(1, seen->messages);
         EXPECT_EQ(flags == 0 ? 0 : 1, seen->activities) << "progress comes when asked for";
         EXPECT_EQ(1, seen->parameters);
         EXPECT_EQ(1, seen->errors);
         EXPECT_EQ(1, seen->questions);
         EXPECT_TRUE(seen->well_formed);
         EXPECT_EQ(WBEM_S_NO_ERROR, answers->error);
         EXPECT_EQ(1u, answers->error_answer);
         EXPECT_EQ(WBEM_S_NO_ERROR, answers->question);
         EXPECT_EQ(1u, answers->question_answer);
       }
     }},
    {"2.7", "QuestionToAPlainSinkIsAnsweredWithAnError",
     [](World& w) {
       const auto answers = std::make_shared<Answers>();
       SayEverything(w, answers);
       const auto log = w.NewLog();
       ASSERT_EQ(0, w.ProvidedAsync(new RecordingSink(log, 0)));
       ASSERT_TRUE(log->WaitReferences(0));
       EXPECT_TRUE(FAILED(answers->error));
       EXPECT_TRUE(FAILED(answers->question));
       EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
     }},
};
WMI_ROWS(SinkRules, kSink);

// ---- providers and their handlers
// ------------------------------------------------------------------------------------------------------

IWbemContextPtr TimeLimit(long milliseconds) {
  IWbemContextPtr context;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemContext, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemContext,
                                   reinterpret_cast<void**>(&context)));
  _variant_t value(milliseconds, VT_I4);
  EXPECT_EQ(WBEM_S_NO_ERROR, context->SetValue(L"OPENWMI_TIMEOUT_MS", 0, &value));
  return context;
}

constexpr int kThreads = 4;
constexpr int kEach = 50;

const Row kProvider[] = {
    {"1.1", "ProviderThatNeverAnswersEndsAtTheDeadline",
     [](World& w) {
       IWbemObjectSinkPtr leaked;
       w.provider->on_call = [&leaked](const ProviderRequest& request) {
         leaked = request.handler;
         return WBEM_S_NO_ERROR;
       };
       for (const Form form : kAllForms) {
         const Outcome outcome = RunCall(w.CreateInstanceEnum(L"C_Provided", TimeLimit(30)), form);
         EXPECT_EQ(WBEM_E_TIMED_OUT, outcome.code) << Name(form);
         EXPECT_TRUE(outcome.error);
       }
       EXPECT_EQ(WBEM_E_CALL_CANCELLED, Complete(leaked)) << "and the provider is told when it comes back";
     }},
    {"1.1", "StatusCountsWhenThereIsAReturnCodeToo",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest& request) {
         Complete(request.handler, WBEM_E_NOT_FOUND);
         return WBEM_E_ACCESS_DENIED;
       };
       for (const Form form : kAllForms) {
         EXPECT_EQ(WBEM_E_NOT_FOUND, RunCall(w.CreateInstanceEnum(L"C_Provided"), form).code) << Name(form);
       }
     }},
    {"1.2", "ErrorObjectOfTheProviderReachesTheClient",
     [](World& w) {
       ASSERT_EQ(WBEM_S_NO_ERROR,
                 w.services->PutClass(w.NewClass(L"C_Error", L"__ExtendedStatus"), 0, nullptr, nullptr));
       w.provider->on_call = [](const ProviderRequest& request) {
         IWbemClassObjectPtr schema;
         IWbemClassObjectPtr error;
         EXPECT_EQ(WBEM_S_NO_ERROR,
                   request.name_space->GetObject(Literal(L"C_Error"), 0, request.context, &schema, nullptr));
         EXPECT_EQ(WBEM_S_NO_ERROR, schema->SpawnInstance(0, &error));
         SetText(error, L"Description", L"because");
         return Complete(request.handler, WBEM_E_FAILED, error);
       };
       for (const Form form : kAllForms) {
         const Outcome outcome = RunCall(w.CreateInstanceEnum(L"C_Provided"), form);
         EXPECT_EQ(WBEM_E_FAILED, outcome.code);
         EXPECT_EQ("C_Error", Text(outcome.error, L"__CLASS")) << Name(form);
         EXPECT_EQ("because", Text(outcome.error, L"Description"));
       }
     }},
    {"9.3 IWbemServices", "HandlerTakesNothingAfterTheFinalStatus",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest& request) {
         EXPECT_EQ(WBEM_S_NO_ERROR, Complete(request.handler));
         EXPECT_TRUE(FAILED(Push(request, 1)));
         EXPECT_TRUE(FAILED(Complete(request.handler, WBEM_E_FAILED)));
         EXPECT_TRUE(FAILED(request.handler->SetStatus(WBEM_STATUS_PROGRESS, MAKELONG(1, 2), nullptr, nullptr)));
         return WBEM_S_NO_ERROR;
       };
       for (const Form form : kAllForms) {
         const Outcome outcome = RunCall(w.CreateInstanceEnum(L"C_Provided"), form);
         EXPECT_EQ(WBEM_S_NO_ERROR, outcome.code) << Name(form);
         EXPECT_TRUE(outcome.objects.empty());
       }
     }},
    {"9.3 IWbemServices", "HandlerRefusesWhatIsNoInstance",
     [](World& w) {
       const IWbemClassObjectPtr schema = w.Get(L"C_Provided");
       const IWbemClassObjectPtr stranger = w.NewThing(L"x");
       w.provider->on_call = [&](const ProviderRequest& request) {
         for (IWbemClassObject* object :
              {static_cast<IWbemClassObject*>(schema), static_cast<IWbemClassObject*>(stranger),
               static_cast<IWbemClassObject*>(nullptr)}) {
           EXPECT_TRUE(FAILED(request.handler->Indicate(1, &object)));
         }
         EXPECT_TRUE(FAILED(request.handler->Indicate(0, nullptr)));
         EXPECT_TRUE(FAILED(request.handler->Indicate(-1, nullptr)));
         EXPECT_TRUE(FAILED(request.handler->Indicate(1, nullptr)));
         EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 1));
         return Complete(request.handler);
       };
       EXPECT_EQ((std::vector<std::string>{"C_Provided.Id=\"1\""}),
                 RunCall(w.CreateInstanceEnum(L"C_Provided"), Form::kAsync).Names());
     }},
    {"9.3 IWbemServices", "ManyThreadsMayPushAtOnce",
     [](World& w) {
       w.provider->on_call = [script = w.provider.get()](const ProviderRequest& request) {
         IWbemObjectSinkPtr handler(request.handler);
         IWbemServicesPtr name_space(request.name_space);
         const auto left = std::make_shared<std::atomic<int>>(kThreads);
         for (int thread = 0; thread < kThreads; ++thread) {
           script->Spawn([handler, name_space, left, thread] {
             for (int i = 0; i < kEach; ++i) {
               const IWbemClassObjectPtr instance = ProvidedInstance(name_space, thread * kEach + i);
               IWbemClassObject* object = instance;
               EXPECT_EQ(WBEM_S_NO_ERROR, handler->Indicate(1, &object));
             }
             if (--*left == 0) Complete(handler);
           });
         }
         return WBEM_S_NO_ERROR;
       };
       for (const Form form : kAllForms) {
         EXPECT_EQ(std::size_t{kThreads * kEach}, RunCall(w.CreateInstanceEnum(L"C_Provided"), form).objects.size());
         w.provider->JoinThreads();
       }
     }},
    {"9.3 IWbemProviderInit", "FailureToInitialiseEndsTheCallAndTheNextTriesAgain",
     [](World& w) {
       w.provider->on_init = [](IWbemProviderInitSink* sink) { return sink->SetStatus(WBEM_E_FAILED, 0); };
       EXPECT_TRUE(FAILED(RunCall(w.CreateInstanceEnum(L"C_Provided"), Form::kAsync).code));
       EXPECT_EQ(0, w.provider->calls);
       w.provider->on_init = nullptr;
       EXPECT_EQ(WBEM_S_NO_ERROR, RunCall(w.CreateInstanceEnum(L"C_Provided"), Form::kAsync).code);
       EXPECT_EQ(2, w.provider->initialized);
     }},
    {"9.3", "ProviderMayCallBackWithTheContextItGot",
     [](World& w) {
       std::atomic<int> found = 0;
       w.provider->on_call = [&found](const ProviderRequest& request) {
         EXPECT_NE(nullptr, request.context);
         IEnumWbemClassObjectPtr rows;
         EXPECT_EQ(WBEM_S_NO_ERROR,
                   request.name_space->ExecQuery(Literal(L"WQL"), Literal(kThings), 0, request.context, &rows));
         IWbemClassObjectPtr object;
         ULONG returned = 0;
         while (rows && rows->Next(WBEM_INFINITE, 1, &object, &returned) == WBEM_S_NO_ERROR) ++found;
         return Complete(request.handler);
       };
       EXPECT_EQ(WBEM_S_NO_ERROR, RunCall(w.CreateInstanceEnum(L"C_Provided"), Form::kAsync).code);
       EXPECT_EQ(3, found);
     }},
    {"1.1", "ProviderThatAsksItselfEnds",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest& request) {
         IEnumWbemClassObjectPtr rows;
         const HRESULT code = request.name_space->CreateInstanceEnum(Literal(L"C_Provided"), 0, request.context, &rows);
         return Complete(request.handler, code);
       };
       EXPECT_TRUE(FAILED(RunCall(w.CreateInstanceEnum(L"C_Provided"), Form::kAsync).code));
       EXPECT_GT(w.provider->calls, 1);
     }},
};
WMI_ROWS(ProviderRules, kProvider);

}  // namespace
}  // namespace wmi::conformance
