#include "api/response_handler.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/provider_test_support.h"
#include "base/limits.h"

namespace wmi::api {
namespace {

using engine::Batch;
using engine::Pulled;
using engine::PullState;
using engine::PushPort;

// A class object, an instance and everything else that is not ours.
class ForeignObject final : public com::ComObject<IUnknown> {
 public:
  bool throws = false;
  HRESULT QueryInterface(REFIID riid, void** object) override {
    if (throws) throw std::runtime_error("no interface for you");
    return ComObject::QueryInterface(riid, object);
  }
  // Nothing but IUnknown is called on what is not ours.
  IWbemClassObject* Disguised() { return reinterpret_cast<IWbemClassObject*>(Unknown()); }
};

// A handler over a port that no operation reads; Pull is the operation's side.
class ResponseHandlerTest : public ProviderTest {
 protected:
  com::ComPtr<ResponseHandler> NewHandler(ResponseHandler::Options options = {}) {
    PushPort::Options port_options;
    port_options.wait_max = wait_max_;
    port_options.rows_max = 4;
    port_options.provider = "Pushing";
    port_ = std::make_shared<PushPort>(port_options);
    options.provider = "Pushing";
    options.reply_wait_max = std::chrono::milliseconds(20);
    return com::MakeCom<ResponseHandler>(port_, std::move(options));
  }
  Pulled Pull(Batch& rows) {
    engine::PullRequest request;
    request.rows_max = 100;
    return port_->Pull(request, rows);
  }
  Pulled Pull() {
    Batch rows;
    return Pull(rows);
  }

  Duration wait_max_ = std::chrono::milliseconds(20);
  std::shared_ptr<PushPort> port_;
};

TEST_F(ResponseHandlerTest, HasTheInterfacesOfASink) {
  const auto handler = NewHandler();
  for (const IID& iid : {__uuidof(IUnknown), __uuidof(IWbemObjectSink), __uuidof(IWbemObjectSinkEx)}) {
    IUnknown* found = nullptr;
    ASSERT_EQ(S_OK, handler->QueryInterface(iid, reinterpret_cast<void**>(&found)));
    EXPECT_EQ(handler.get(), static_cast<IWbemObjectSinkEx*>(found));
    found->Release();
  }
  IUnknown* none = nullptr;
  EXPECT_EQ(E_NOINTERFACE, handler->QueryInterface(__uuidof(IWbemServices), reinterpret_cast<void**>(&none)));
}

TEST_F(ResponseHandlerTest, IndicatePassesInstancesOnInOrder) {
  const auto handler = NewHandler();
  const auto one = Pushed(1);
  const auto two = Pushed(2);
  IWbemClassObject* array[] = {one.get(), two.get()};
  EXPECT_EQ(WBEM_S_NO_ERROR, handler->Indicate(2, array));
  Batch rows;
  EXPECT_EQ(PullState::kMore, Pull(rows).state == PullState::kEnd ? PullState::kEnd : PullState::kMore);
  ASSERT_EQ(2u, rows.size());
  EXPECT_EQ("1", rows[0].slot(*rows[0].schema().FindSlot("Id")).text());
  EXPECT_EQ("2", rows[1].slot(*rows[1].schema().FindSlot("Id")).text());
}

TEST_F(ResponseHandlerTest, IndicateRefusesWhatIsNoInstanceAndTakesAllOrNothing) {
  const auto handler = NewHandler();
  const auto good = Pushed(1);
  const auto class_object = ClassOf("T_Pushed");
  const auto foreign = com::MakeCom<ForeignObject>();
  const auto throwing = com::MakeCom<ForeignObject>();
  throwing->throws = true;
  IWbemClassObject* one[] = {good.get()};
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->Indicate(0, one));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->Indicate(-1, one));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->Indicate(1, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->Indicate(static_cast<long>(limits::kIndicateObjectsMax) + 1, one));
  for (IWbemClassObject* bad :
       {static_cast<IWbemClassObject*>(nullptr), class_object.get(), foreign->Disguised(), throwing->Disguised()}) {
    IWbemClassObject* array[] = {good.get(), bad};
    EXPECT_EQ(WBEM_E_INVALID_OBJECT, handler->Indicate(2, array));
  }
  Batch rows;
  Pull(rows);
  EXPECT_TRUE(rows.empty());
  // A long has 64 bits and means its low 32.
  EXPECT_EQ(WBEM_S_NO_ERROR, handler->Indicate(0x7'0000'0001, one));
}

TEST_F(ResponseHandlerTest, IndicateTakesAsManyObjectsAsTheLimitSays) {
  const auto handler = NewHandler();
  const auto good = Pushed(1);
  std::vector<IWbemClassObject*> array(limits::kIndicateObjectsMax, good.get());
  EXPECT_EQ(WBEM_S_NO_ERROR, handler->Indicate(static_cast<long>(array.size()), array.data()));
}

TEST_F(ResponseHandlerTest, FullQueueMakesThePusherWaitAndThenAnswersTooBusy) {
  const auto handler = NewHandler();
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(WBEM_S_NO_ERROR, Push(handler.get(), i));
  EXPECT_EQ(WBEM_E_SERVER_TOO_BUSY, Push(handler.get(), 4));
  Pull();
  EXPECT_EQ(WBEM_S_NO_ERROR, Push(handler.get(), 4)) << "the object may be offered again";
}

TEST_F(ResponseHandlerTest, EndNeedsTheFinalStatusAndTheLastRelease) {
  auto handler = NewHandler();
  com::ComPtr<IWbemObjectSink> kept(handler.get());
  EXPECT_EQ(WBEM_S_NO_ERROR, Complete(handler.get(), WBEM_S_PARTIAL_RESULTS));
  handler.Reset();
  EXPECT_EQ(PullState::kBlocked, Pull().state) << "a reference is held";
  kept.Reset();
  const Pulled end = Pull();
  EXPECT_EQ(PullState::kEnd, end.state);
  EXPECT_EQ(WBEM_S_PARTIAL_RESULTS, end.ending.status.code());
  EXPECT_FALSE(end.ending.error);
}

TEST_F(ResponseHandlerTest, LastReleaseWithoutAFinalStatusIsAFailureOfTheProvider) {
  NewHandler().Reset();
  const Pulled end = Pull();
  EXPECT_EQ(PullState::kEnd, end.state);
  EXPECT_EQ(WBEM_E_PROVIDER_FAILURE, end.ending.status.code());
  EXPECT_EQ("Pushing", end.ending.status.detail()->provider);
}

TEST_F(ResponseHandlerTest, NothingFollowsTheFinalStatus) {
  auto handler = NewHandler({.wants_progress = true});
  EXPECT_EQ(WBEM_S_NO_ERROR, Complete(handler.get()));
  unsigned char answer = 0;
  EXPECT_EQ(WBEM_E_INVALID_OPERATION, Push(handler.get(), 1));
  EXPECT_EQ(WBEM_E_INVALID_OPERATION, Complete(handler.get(), WBEM_E_FAILED));
  EXPECT_EQ(WBEM_E_INVALID_OPERATION, handler->SetStatus(WBEM_STATUS_PROGRESS, MAKELONG(1, 2), nullptr, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_OPERATION,
            handler->SetStatus(WBEM_STATUS_REQUIREMENTS, WBEM_REQUIREMENTS_STOP_POSTFILTER, nullptr, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_OPERATION, handler->WriteMessage(0, Literal(L"late")));
  EXPECT_EQ(WBEM_E_INVALID_OPERATION, handler->PromptUser(Literal(L"late?"), 0, &answer));
  handler.Reset();
  Batch rows;
  EXPECT_EQ(WBEM_S_NO_ERROR, Pull(rows).ending.status.code()) << "the first status counts";
  EXPECT_TRUE(rows.empty());
}

TEST_F(ResponseHandlerTest, EverythingIsCancelledOnceTheOperationHasGone) {
  const auto handler = NewHandler({.wants_progress = true});
  port_->Close();
  unsigned char answer = 0;
  const auto error = Pushed(1);
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, Push(handler.get(), 1));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, handler->SetStatus(WBEM_STATUS_PROGRESS, MAKELONG(1, 2), nullptr, nullptr));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED,
            handler->SetStatus(WBEM_STATUS_REQUIREMENTS, WBEM_REQUIREMENTS_STOP_POSTFILTER, nullptr, nullptr));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED,
            handler->SetStatus(WBEM_STATUS_LOGGING_INFORMATION, WBEM_S_NO_ERROR, nullptr, nullptr));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, handler->WriteMessage(0, Literal(L"late")));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, handler->WriteProgress(nullptr, nullptr, nullptr, 1, 2));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, handler->PromptUser(Literal(L"late?"), 0, &answer));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, handler->WriteError(error.get(), &answer));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, Complete(handler.get()));
}

TEST_F(ResponseHandlerTest, ProgressIsTwoHalvesOfANumberAndDroppedWhenNobodyWantsIt) {
  const auto wanted = NewHandler({.wants_progress = true});
  EXPECT_EQ(WBEM_S_NO_ERROR, wanted->SetStatus(WBEM_STATUS_PROGRESS, MAKELONG(65535, 65534), nullptr, nullptr));
  Pulled pulled = Pull();
  ASSERT_EQ(1u, pulled.notices.size());
  EXPECT_EQ((engine::Progress{65535, 65534}), std::get<engine::Progress>(pulled.notices.front()));
  const auto unwanted = NewHandler();
  EXPECT_EQ(WBEM_S_NO_ERROR, unwanted->SetStatus(WBEM_STATUS_PROGRESS, MAKELONG(1, 2), nullptr, nullptr));
  EXPECT_TRUE(Pull().notices.empty());
}

TEST_F(ResponseHandlerTest, FlagsAreOneValueOfTheEnumeration) {
  const auto handler = NewHandler({.wants_progress = true});
  for (long reserved : {0x100, 0x200, 0x400, 0x800, 0x1000}) {
    EXPECT_EQ(WBEM_S_NO_ERROR, handler->SetStatus(reserved, WBEM_E_FAILED, nullptr, nullptr)) << reserved;
  }
  for (long unknown : {3, 4, 0x10, 0x101, 0x2000, -1}) {
    EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->SetStatus(unknown, WBEM_S_NO_ERROR, nullptr, nullptr)) << unknown;
  }
  for (HRESULT unknown : {static_cast<HRESULT>(WBEM_REQUIREMENTS_RECHECK_SUBSCRIPTIONS), HRESULT{3}, HRESULT{-1}}) {
    EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->SetStatus(WBEM_STATUS_REQUIREMENTS, unknown, nullptr, nullptr));
  }
  EXPECT_EQ(PullState::kBlocked, Pull().state) << "none of these is an end";
  EXPECT_EQ(WBEM_S_NO_ERROR, Push(handler.get(), 1));
}

TEST_F(ResponseHandlerTest, FinalStatusTellsWhichPathWasPutAndOnlyThen) {
  for (const bool is_put : {true, false}) {
    auto handler = NewHandler({.takes_path = is_put});
    EXPECT_EQ(WBEM_S_NO_ERROR,
              handler->SetStatus(WBEM_STATUS_COMPLETE, WBEM_S_NO_ERROR, Literal(L"T_Pushed.Id=\"1\""), nullptr));
    handler.Reset();
    EXPECT_EQ(is_put ? "T_Pushed.Id=\"1\"" : "", Pull().ending.text);
  }
}

TEST_F(ResponseHandlerTest, FailureCarriesTheErrorObjectAndWhatItSays) {
  auto handler = NewHandler();
  const auto extended =
      MakeClassObject(Instance("__ExtendedStatus", {{"Description", cim::Value::Text("the disk is gone")},
                                                    {"ParameterInfo", cim::Value::Text("sda")},
                                                    {"ProviderName", cim::Value::Text("Inner")}}));
  EXPECT_EQ(WBEM_S_NO_ERROR, Complete(handler.get(), WBEM_E_NOT_FOUND, extended.get()));
  handler.Reset();
  const Pulled end = Pull();
  EXPECT_EQ(WBEM_E_NOT_FOUND, end.ending.status.code());
  EXPECT_EQ("the disk is gone", end.ending.status.Message());
  EXPECT_EQ("sda", end.ending.status.detail()->parameter);
  EXPECT_EQ("Inner", end.ending.status.detail()->provider);
  ASSERT_TRUE(end.ending.error);
  EXPECT_EQ("__ExtendedStatus", end.ending.error.schema().name());
}

TEST_F(ResponseHandlerTest, OnlyInstancesOfANotifyStatusAreErrorObjectsAndOnlyOfFailures) {
  const auto derived = MakeClassObject(Instance("T_ProviderError", {{"Reason", cim::Value::Text("rust")}}));
  const auto other = Pushed(1);
  const auto class_object = ClassOf("T_ProviderError");
  const auto foreign = com::MakeCom<ForeignObject>();
  const auto end_with = [&](HRESULT code, IWbemClassObject* error) {
    auto handler = NewHandler();
    EXPECT_EQ(WBEM_S_NO_ERROR, Complete(handler.get(), code, error));
    handler.Reset();
    return Pull().ending;
  };
  EXPECT_TRUE(end_with(WBEM_E_FAILED, derived.get()).error);
  EXPECT_FALSE(end_with(WBEM_E_FAILED, other.get()).error);
  EXPECT_FALSE(end_with(WBEM_E_FAILED, class_object.get()).error);
  EXPECT_FALSE(end_with(WBEM_E_FAILED, foreign->Disguised()).error);
  EXPECT_FALSE(end_with(WBEM_S_NO_ERROR, derived.get()).error);
  const engine::Ending without = end_with(WBEM_E_NOT_FOUND, nullptr);
  EXPECT_NE(std::string::npos, without.status.Message().find("'Pushing'")) << without.status.Message();
  EXPECT_NE(std::string::npos, without.status.Message().find("WBEM_E_NOT_FOUND")) << without.status.Message();
}

TEST_F(ResponseHandlerTest, MessagesOfTheExtendedSinkArriveWhole) {
  const auto handler = NewHandler();
  EXPECT_EQ(WBEM_S_NO_ERROR, handler->WriteMessage(1, Literal(L"hello")));
  EXPECT_EQ(WBEM_S_NO_ERROR, handler->WriteProgress(Literal(L"a"), Literal(L"o"), Literal(L"d"), 40, 9));
  TestVariant number;
  VariantInit(&number.value);
  number.value.vt = VT_I4;
  number.value.lVal = 7;
  EXPECT_EQ(WBEM_S_NO_ERROR, handler->WriteStreamParameter(Literal(L"count"), &number.value, CIM_UINT32, 3));
  const Pulled pulled = Pull();
  ASSERT_EQ(3u, pulled.notices.size());
  EXPECT_EQ("hello", std::get<engine::Message>(pulled.notices[0]).text);
  EXPECT_EQ(1u, std::get<engine::Message>(pulled.notices[0]).channel);
  const auto& activity = std::get<engine::Activity>(pulled.notices[1]);
  EXPECT_EQ("a/o/d", activity.activity + "/" + activity.current_operation + "/" + activity.description);
  EXPECT_EQ(40u, activity.percent);
  EXPECT_EQ(9u, activity.seconds_remaining);
  const auto& parameter = std::get<engine::StreamParameter>(pulled.notices[2]);
  EXPECT_EQ("count", parameter.name);
  EXPECT_EQ(static_cast<std::uint32_t>(CIM_UINT32), parameter.cim_type);
  EXPECT_EQ(3u, parameter.flags);
  EXPECT_EQ(cim::Value::Unsigned(7), parameter.value);
}

TEST_F(ResponseHandlerTest, NullTextsAndPlacesForAnswersAreRefused) {
  const auto handler = NewHandler();
  const auto error = Pushed(1);
  const auto foreign = com::MakeCom<ForeignObject>();
  unsigned char answer = 0;
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->WriteMessage(0, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->PromptUser(nullptr, 0, &answer));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->PromptUser(Literal(L"?"), 0, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->WriteError(nullptr, &answer));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->WriteError(error.get(), nullptr));
  EXPECT_EQ(WBEM_E_INVALID_OBJECT, handler->WriteError(foreign->Disguised(), &answer));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, handler->WriteStreamParameter(nullptr, nullptr, CIM_UINT32, 0));
  EXPECT_TRUE(Pull().notices.empty());
}

TEST_F(ResponseHandlerTest, QuestionWaitsForItsAnswer) {
  // The answers come from another thread, so these may wait long.
  PushPort::Options port_options;
  port_ = std::make_shared<PushPort>(port_options);
  const auto handler = com::MakeCom<ResponseHandler>(port_, ResponseHandler::Options{.provider = "Pushing"});
  const auto error = MakeClassObject(Instance("T_ProviderError", {{"Reason", cim::Value::Text("rust")}}));
  Signal woken;
  engine::PullRequest request;
  request.rows_max = 1;
  request.wake = [&] { woken.Set(); };
  Batch rows;
  ASSERT_EQ(PullState::kBlocked, port_->Pull(request, rows).state);
  Spawn([&] {
    ASSERT_TRUE(woken.Wait());
    Pulled pulled = Pull();
    ASSERT_EQ(1u, pulled.notices.size());
    const auto& question = std::get<engine::Question>(pulled.notices.front());
    EXPECT_EQ("sure?", question.text);
    EXPECT_EQ(2, question.type);
    question.answer->reply()->Give(code::kOk, 6);
  });
  unsigned char answer = 0;
  EXPECT_EQ(WBEM_S_NO_ERROR, handler->PromptUser(Literal(L"sure?"), 2, &answer));
  EXPECT_EQ(6, answer);
  JoinThreads();

  Signal closing;
  request.wake = [&] { closing.Set(); };
  ASSERT_EQ(PullState::kBlocked, port_->Pull(request, rows).state);
  Spawn([&] {
    ASSERT_TRUE(closing.Wait());
    port_->Close();  // with the question in it
  });
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, handler->WriteError(error.get(), &answer));
  EXPECT_EQ(0, answer);
}

TEST_F(ResponseHandlerTest, QuestionWithoutAnAnswerTimesOut) {
  const auto handler = NewHandler();
  unsigned char answer = 9;
  EXPECT_EQ(WBEM_E_TIMED_OUT, handler->PromptUser(Literal(L"anybody?"), 0, &answer));
  EXPECT_EQ(0, answer);
}

TEST_F(ResponseHandlerTest, RefusalBeforeTheFirstRowIsAskedAgainAndOnlyOnce) {
  for (HRESULT refusal : {WBEM_E_PROVIDER_NOT_CAPABLE, WBEM_E_NOT_SUPPORTED}) {
    int refused = 0;
    auto handler = NewHandler({.on_refused = [&] { ++refused; }});
    EXPECT_EQ(WBEM_S_NO_ERROR, Complete(handler.get(), refusal));
    EXPECT_EQ(WBEM_E_INVALID_OPERATION, Complete(handler.get(), refusal));
    EXPECT_EQ(WBEM_E_INVALID_OPERATION, Push(handler.get(), 1));
    handler->MethodFailed(Status(refusal));
    handler.Reset();
    EXPECT_EQ(1, refused);
    EXPECT_EQ(PullState::kBlocked, Pull().state) << "the second call will end it";
  }
  int refused = 0;
  auto returned = NewHandler({.on_refused = [&] { ++refused; }});
  returned->MethodFailed(Status(code::kProviderNotCapable));
  returned.Reset();
  EXPECT_EQ(1, refused);
  EXPECT_EQ(PullState::kBlocked, Pull().state);
}

TEST_F(ResponseHandlerTest, RefusalIsAnAnswerAfterARowAndForOtherCodesAndCalls) {
  int refused = 0;
  auto late = NewHandler({.on_refused = [&] { ++refused; }});
  EXPECT_EQ(WBEM_S_NO_ERROR, Push(late.get(), 1));
  EXPECT_EQ(WBEM_S_NO_ERROR, Complete(late.get(), WBEM_E_PROVIDER_NOT_CAPABLE));
  late.Reset();
  EXPECT_EQ(PullState::kEnd, Pull().state);
  auto other = NewHandler({.on_refused = [&] { ++refused; }});
  EXPECT_EQ(WBEM_S_NO_ERROR, Complete(other.get(), WBEM_E_FAILED));
  other.Reset();
  EXPECT_EQ(WBEM_E_FAILED, Pull().ending.status.code());
  EXPECT_EQ(0, refused);
  auto no_query = NewHandler();
  EXPECT_EQ(WBEM_S_NO_ERROR, Complete(no_query.get(), WBEM_E_PROVIDER_NOT_CAPABLE));
  no_query.Reset();
  EXPECT_EQ(WBEM_E_PROVIDER_NOT_CAPABLE, Pull().ending.status.code());
}

TEST_F(ResponseHandlerTest, FailedMethodEndsTheCallWithoutWaitingForReferences) {
  const auto handler = NewHandler();
  handler->MethodFailed(Status(code::kAccessDenied));
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, Pull().ending.status.code());
  EXPECT_EQ(WBEM_E_INVALID_OPERATION, Push(handler.get(), 1));
  // A status that came first counts, and the call ends all the same.
  const auto told = NewHandler();
  EXPECT_EQ(WBEM_S_NO_ERROR, Complete(told.get(), WBEM_E_NOT_FOUND));
  told->MethodFailed(Status(code::kAccessDenied));
  const Pulled end = Pull();
  EXPECT_EQ(PullState::kEnd, end.state);
  EXPECT_EQ(WBEM_E_NOT_FOUND, end.ending.status.code());
}

}  // namespace
}  // namespace wmi::api
