// What reaches a sink besides objects: progress, the messages of IWbemObjectSinkEx, and the final status (contract 1.2,
// 2.3, 2.7).
#include "api/sink_consumer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "api/test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;

// A sink with all messages; keeps what it is told as text.
class TalkativeSink final : public com::ComObject<com::Derives<IWbemObjectSinkEx, IWbemObjectSink>> {
 public:
  std::vector<std::string> told;
  HRESULT answer = S_OK;
  bool throws = false;
  int asked_for_extension = 0;

  HRESULT QueryInterface(REFIID riid, void** object) override {
    if (riid == __uuidof(IWbemObjectSinkEx)) ++asked_for_extension;
    return ComObject::QueryInterface(riid, object);
  }
  HRESULT Indicate(long, IWbemClassObject**) override { return Hear("Indicate"); }
  HRESULT SetStatus(long flags, HRESULT hr, BSTR text, IWbemClassObject* object) override {
    std::string line = "SetStatus " + std::to_string(flags) + " ";
    line += flags == WBEM_STATUS_COMPLETE ? std::string(CodeName(hr)) : std::to_string(hr);
    line += " " + Utf8(text) + (object == nullptr ? " (null)" : " " + PropertyText(object, L"__CLASS"));
    return Hear(line);
  }
  HRESULT WriteMessage(ULONG channel, const BSTR text) override {
    return Hear("Message " + std::to_string(channel) + " " + Utf8(text));
  }
  HRESULT WriteError(IWbemClassObject* error, unsigned char* returned) override {
    *returned = 4;
    return Hear("Error " + PropertyText(error, L"__CLASS"));
  }
  HRESULT PromptUser(const BSTR text, unsigned char type, unsigned char* returned) override {
    *returned = 9;
    return Hear("Question " + Utf8(text) + " " + std::to_string(type));
  }
  HRESULT WriteProgress(const BSTR activity, const BSTR current, const BSTR description, ULONG percent,
                        ULONG seconds) override {
    return Hear("Activity " + Utf8(activity) + "/" + Utf8(current) + "/" + Utf8(description) + " " +
                std::to_string(percent) + " " + std::to_string(seconds));
  }
  HRESULT WriteStreamParameter(const BSTR name, VARIANT* value, ULONG type, ULONG flags) override {
    return Hear("Parameter " + Utf8(name) + " " + Utf8(value->bstrVal) + " " + std::to_string(type) + " " +
                std::to_string(flags));
  }

 protected:
  ~TalkativeSink() override = default;

 private:
  HRESULT Hear(const std::string& line) {
    told.push_back(line);
    if (throws) throw 1;
    return answer;
  }
};

class SinkConsumerTest : public ApiTest {
 protected:
  std::unique_ptr<SinkConsumer> Accept(IWbemObjectSink* sink,
                                       engine::WantsProgress wants = engine::WantsProgress::kYes) {
    auto consumer = std::make_unique<SinkConsumer>(sink, session_, "ExecQuery", wants);
    consumer->Accepted();
    return consumer;
  }
  cim::Object ErrorInstance() {
    cim::RowBlockBuilder row;
    const cim::ClassPtr schema = session_->name_space()->FindClass("__ExtendedStatus");
    row.BeginRow(schema);
    row.SetText(*schema->FindSlot("Description"), "from the provider");
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    return built.front();
  }
  std::vector<engine::Notice> AllNotices() {
    std::vector<engine::Notice> notices;
    notices.emplace_back(engine::Progress{3, 7});
    notices.emplace_back(engine::Activity{"copy", "file", "slow", 40, 12});
    notices.emplace_back(engine::Message{1, "text ä"});
    notices.emplace_back(engine::Question{"sure?", 2, question_});
    notices.emplace_back(engine::PassingError{ErrorInstance(), error_});
    engine::StreamParameter parameter;
    parameter.name = "Out";
    parameter.type.type = cim::CimType::kString;
    parameter.value = cim::Value::Text("value");
    parameter.cim_type = 8;
    parameter.flags = 1;
    notices.emplace_back(std::move(parameter));
    return notices;
  }
  static Code AnswerOf(const engine::ReplyHolder& holder, std::uint8_t& value) {
    return holder.reply()->Wait(SteadyClock().Now(), value);
  }

  const std::shared_ptr<engine::ReplyHolder> question_ = std::make_shared<engine::ReplyHolder>();
  const std::shared_ptr<engine::ReplyHolder> error_ = std::make_shared<engine::ReplyHolder>();
};

TEST_F(SinkConsumerTest, MessagesReachASinkThatHasTheExtension) {
  auto sink = com::MakeCom<TalkativeSink>();
  auto consumer = Accept(sink.get());
  EXPECT_EQ(0, sink->asked_for_extension) << "not at the start (R1)";
  for (const engine::Notice& notice : AllNotices()) EXPECT_EQ(code::kOk, consumer->OnNotice(notice));
  const std::vector<std::string> expected = {"SetStatus 2 " + std::to_string(MAKELONG(3, 7)) + " (null) (null)",
                                             "Activity copy/file/slow 40 12",
                                             "Message 1 text ä",
                                             "Question sure? 2",
                                             "Error __ExtendedStatus",
                                             "Parameter Out value 8 1"};
  EXPECT_EQ(expected, sink->told);
  EXPECT_EQ(1, sink->asked_for_extension);
  std::uint8_t value = 0;
  EXPECT_EQ(S_OK, AnswerOf(*question_, value));
  EXPECT_EQ(9, value);
  EXPECT_EQ(S_OK, AnswerOf(*error_, value));
  EXPECT_EQ(4, value);
  consumer.reset();
  EXPECT_EQ(1u, (sink->AddRef(), sink->Release())) << "both references are given back";
}

TEST_F(SinkConsumerTest, ActivityNeedsSendStatus) {
  auto sink = com::MakeCom<TalkativeSink>();
  auto consumer = Accept(sink.get(), engine::WantsProgress::kNo);
  EXPECT_EQ(code::kOk, consumer->OnNotice(engine::Activity{"a", "b", "c", 1, 2}));
  EXPECT_TRUE(sink->told.empty());
  EXPECT_EQ(code::kOk, consumer->OnNotice(engine::Message{0, "m"}));
  EXPECT_EQ(1u, sink->told.size());
}

TEST_F(SinkConsumerTest, PlainSinkIsToldProgressOnlyAndQuestionsAreAnsweredForIt) {
  auto log = std::make_shared<SinkLog>();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  auto consumer = Accept(sink.get());
  for (const engine::Notice& notice : AllNotices()) EXPECT_EQ(code::kOk, consumer->OnNotice(notice));
  std::uint8_t value = 0;
  EXPECT_EQ(WBEM_E_NOT_SUPPORTED, AnswerOf(*question_, value));
  EXPECT_EQ(WBEM_E_NOT_SUPPORTED, AnswerOf(*error_, value));
  MutexLock lock(log->mutex);
  EXPECT_EQ(1u, log->progress.size());
}

// Contract 2.3: a failing progress call cancels. Messages inform and decide nothing.
TEST_F(SinkConsumerTest, OnlyProgressCanCancel) {
  for (const bool throws : {false, true}) {
    auto sink = com::MakeCom<TalkativeSink>();
    sink->answer = E_NOTIMPL;
    sink->throws = throws;
    auto consumer = Accept(sink.get());
    bool first = true;
    for (const engine::Notice& notice : AllNotices()) {
      EXPECT_EQ(first, Failed(consumer->OnNotice(notice)));
      first = false;
    }
    EXPECT_EQ(6u, sink->told.size());
  }
}

// Contract 1.2, the last columns; contract 3, rule 3.
TEST_F(SinkConsumerTest, FinalStatusCarriesTextAndErrorObject) {
  engine::Ending put;
  put.text = "S_Thing.Name=\"a\"";
  engine::Ending own_error(Status(code::kProviderFailure, "bad"));
  own_error.error = ErrorInstance();
  engine::Ending cancelled(Status(code::kCallCancelled, "by the client"));
  cancelled.text = "text";
  cancelled.error = ErrorInstance();
  const struct {
    const char* what;
    engine::Ending ending;
    const char* told;
  } rows[] = {
      {"success", {}, "SetStatus 0 WBEM_S_NO_ERROR (null) (null)"},
      {"put", put, "SetStatus 0 WBEM_S_NO_ERROR S_Thing.Name=\"a\" (null)"},
      {"failure", Status(code::kNotFound, "gone"), "SetStatus 0 WBEM_E_NOT_FOUND (null) __ExtendedStatus"},
      {"provider's object", own_error, "SetStatus 0 WBEM_E_PROVIDER_FAILURE (null) __ExtendedStatus"},
      {"cancelled", cancelled, "SetStatus 0 WBEM_E_CALL_CANCELLED (null) (null)"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    auto sink = com::MakeCom<TalkativeSink>();
    Accept(sink.get())->Finish(row.ending);
    ASSERT_EQ(1u, sink->told.size());
    EXPECT_EQ(row.told, sink->told.front());
  }
  auto log = std::make_shared<SinkLog>();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  Accept(sink.get())->Finish(own_error);
  EXPECT_EQ("from the provider", PropertyText(log->Error().get(), L"Description"));
}

}  // namespace
}  // namespace wmi::api
