// `wmi watch` against a namespace whose events the test makes: what is printed, and each of the ways in which it ends.
#include "wmi/watch_command.h"

#include <gtest/gtest.h>
#include <objbase.h>
#include <oleauto.h>
#include <signal.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <nlohmann/json.hpp>

#include "wmi/com_text.h"
#include "wmi/exit_code.h"

namespace wmi::cli {
namespace {

constexpr std::uint64_t kTime = 134'399'306'451'234'560U;  // 2026-11-23 18:04:05.123456 UTC

// Nothing works but subscribing and cancelling. Not counted: it lives on the stack of a test.
class FakeServices final : public IWbemServices {
 public:
  // Runs inside the call that subscribes; it may call the sink.
  std::function<HRESULT(IWbemObjectSink*)> on_subscribe;
  std::string query;
  int cancelled = 0;

  HRESULT ExecNotificationQueryAsync(const BSTR language, const BSTR text, long flags, IWbemContext* context,
                                     IWbemObjectSink* sink) override {
    EXPECT_STREQ(language, L"WQL");
    EXPECT_EQ(flags, 0);
    EXPECT_EQ(context, nullptr);
    query = Utf8FromWide(text);
    sink_ = com::ComPtr<IWbemObjectSink>(sink);
    const HRESULT result = on_subscribe ? on_subscribe(sink) : WBEM_S_NO_ERROR;
    if (FAILED(result)) sink_.Reset();
    return result;
  }
  HRESULT CancelAsyncCall(IWbemObjectSink* sink) override {
    EXPECT_EQ(sink, sink_.get());
    ++cancelled;
    EXPECT_TRUE(FAILED(sink->Indicate(0, nullptr))) << "from here on it wants no more";
    sink->SetStatus(WBEM_STATUS_COMPLETE, WBEM_E_CALL_CANCELLED, nullptr, nullptr);
    sink_.Reset();
    return WBEM_S_NO_ERROR;
  }
  void Complete(HRESULT code) {
    sink_->SetStatus(WBEM_STATUS_COMPLETE, code, nullptr, nullptr);
    sink_.Reset();
  }

  ULONG AddRef() override { return 2; }
  ULONG Release() override { return 1; }
  HRESULT QueryInterface(REFIID, void**) override { return E_NOINTERFACE; }
  HRESULT OpenNamespace(const BSTR, long, IWbemContext*, IWbemServices**, IWbemCallResult**) override { return No(); }
  HRESULT QueryObjectSink(long, IWbemObjectSink**) override { return No(); }
  HRESULT GetObject(const BSTR, long, IWbemContext*, IWbemClassObject**, IWbemCallResult**) override { return No(); }
  HRESULT GetObjectAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) override { return No(); }
  HRESULT PutClass(IWbemClassObject*, long, IWbemContext*, IWbemCallResult**) override { return No(); }
  HRESULT PutClassAsync(IWbemClassObject*, long, IWbemContext*, IWbemObjectSink*) override { return No(); }
  HRESULT DeleteClass(const BSTR, long, IWbemContext*, IWbemCallResult**) override { return No(); }
  HRESULT DeleteClassAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) override { return No(); }
  HRESULT CreateClassEnum(const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override { return No(); }
  HRESULT CreateClassEnumAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) override { return No(); }
  HRESULT PutInstance(IWbemClassObject*, long, IWbemContext*, IWbemCallResult**) override { return No(); }
  HRESULT PutInstanceAsync(IWbemClassObject*, long, IWbemContext*, IWbemObjectSink*) override { return No(); }
  HRESULT DeleteInstance(const BSTR, long, IWbemContext*, IWbemCallResult**) override { return No(); }
  HRESULT DeleteInstanceAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) override { return No(); }
  HRESULT CreateInstanceEnum(const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override { return No(); }
  HRESULT CreateInstanceEnumAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) override { return No(); }
  HRESULT ExecQuery(const BSTR, const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override { return No(); }
  HRESULT ExecQueryAsync(const BSTR, const BSTR, long, IWbemContext*, IWbemObjectSink*) override { return No(); }
  HRESULT ExecNotificationQuery(const BSTR, const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override {
    return No();
  }
  HRESULT ExecMethod(const BSTR, const BSTR, long, IWbemContext*, IWbemClassObject*, IWbemClassObject**,
                     IWbemCallResult**) override {
    return No();
  }
  HRESULT ExecMethodAsync(const BSTR, const BSTR, long, IWbemContext*, IWbemClassObject*, IWbemObjectSink*) override {
    return No();
  }

 private:
  static HRESULT No() { return WBEM_E_NOT_SUPPORTED; }

  com::ComPtr<IWbemObjectSink> sink_;
};

struct Ran {
  int exit_code;
  std::string output;
  std::string errors;
};

class WatchCommandTest : public ::testing::Test {
 protected:
  // One connection for all, for the classes of what happens.
  static void SetUpTestSuite() {
    ASSERT_TRUE(SUCCEEDED(::CoInitializeEx(nullptr, COINIT_MULTITHREADED)));
    com::ComPtr<IWbemLocator> locator;
    ASSERT_EQ(::CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                 reinterpret_cast<void**>(locator.Receive())),
              S_OK);
    WideText name("root\\cimv2");
    ASSERT_EQ(locator->ConnectServer(name.bstr(), nullptr, nullptr, nullptr, 0, nullptr, nullptr, classes_.Receive()),
              S_OK);
  }
  static void TearDownTestSuite() {
    classes_.Reset();
    ::CoUninitialize();
  }
  void SetUp() override {
    if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) GTEST_SKIP() << "there is no locale C.UTF-8";
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    options_.command = Command::kWatch;
  }
  void TearDown() override {
    ::unsetenv("TZ");
    ::tzset();
  }

  static ObjectPtr Spawn(const char* class_name) {
    ObjectPtr schema;
    ObjectPtr object;
    WideText path(class_name);
    EXPECT_EQ(classes_->GetObject(path.bstr(), 0, nullptr, schema.Receive(), nullptr), WBEM_S_NO_ERROR);
    EXPECT_EQ(schema->SpawnInstance(0, object.Receive()), WBEM_S_NO_ERROR);
    return object;
  }
  static void Put(const ObjectPtr& object, const wchar_t* name, const std::string& text) {
    Variant value;
    value.Receive()->bstrVal = ::SysAllocString(WideText(text).c_str());
    const_cast<VARIANT&>(*value).vt = VT_BSTR;
    EXPECT_EQ(object->Put(name, 0, const_cast<VARIANT*>(&*value), 0), WBEM_S_NO_ERROR) << Utf8FromWide(name);
  }
  static void Put(const ObjectPtr& object, const wchar_t* name, const ObjectPtr& embedded) {
    VARIANT value;
    ::VariantInit(&value);
    value.vt = VT_UNKNOWN;
    value.punkVal = embedded.get();
    EXPECT_EQ(object->Put(name, 0, &value, 0), WBEM_S_NO_ERROR);
  }
  static ObjectPtr Process(const std::string& handle, const std::string& name, const std::string& threads = "1") {
    const ObjectPtr process = Spawn("Win32_Process");
    Put(process, L"Handle", handle);
    Put(process, L"Name", name);
    Put(process, L"ThreadCount", threads);
    return process;
  }
  static ObjectPtr EventOf(const char* class_name, const ObjectPtr& target, const ObjectPtr& previous = nullptr) {
    const ObjectPtr event = Spawn(class_name);
    Put(event, L"TIME_CREATED", std::to_string(kTime));
    Put(event, L"TargetInstance", target);
    if (previous) Put(event, L"PreviousInstance", previous);
    return event;
  }
  static ObjectPtr Creation() { return EventOf("__InstanceCreationEvent", Process("7", "bash")); }
  static ObjectPtr Modification() {
    return EventOf("__InstanceModificationEvent", Process("7", "bash", "2"), Process("7", "bash", "1"));
  }

  // The subscription delivers these at once.
  void Deliver(std::vector<ObjectPtr> events) {
    services_.on_subscribe = [events = std::move(events)](IWbemObjectSink* sink) {
      for (const ObjectPtr& event : events) {
        IWbemClassObject* object = event.get();
        EXPECT_EQ(sink->Indicate(1, &object), WBEM_S_NO_ERROR);
      }
      return WBEM_S_NO_ERROR;
    };
  }

  // With `count` as --count; 0: none.
  Ran Run(std::uint64_t count, const std::string& query = "SELECT * FROM __InstanceOperationEvent WITHIN 1",
          const std::string& fallback = {}) {
    if (count > 0) options_.watch.count = count;
    std::FILE* const file = std::tmpfile();
    Ran ran{};
    {
      const Signals signals;
      Output output(::fileno(file), signals);
      ran = RunInto(output, signals, query, fallback);
    }
    std::rewind(file);
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) ran.output += static_cast<char>(c);
    std::fclose(file);
    return ran;
  }
  Ran RunInto(Output& output, const Signals& signals, const std::string& query, const std::string& fallback = {}) {
    CommandContext context(options_, signals, output);
    Progress silent(-1, Colour::kOff);
    Ran ran{};
    ::testing::internal::CaptureStderr();
    ran.exit_code = WatchEvents(context, {&services_, signals, output, silent, options_.time_limit}, query, fallback);
    ran.errors = ::testing::internal::GetCapturedStderr();
    return ran;
  }

  static com::ComPtr<IWbemServices> classes_;
  Options options_;
  FakeServices services_;
};

com::ComPtr<IWbemServices> WatchCommandTest::classes_;

TEST_F(WatchCommandTest, PrintsALineForEachEventAndEndsAfterCount) {
  Deliver({Creation(), Modification(), EventOf("__InstanceDeletionEvent", Process("7", "bash")), Creation()});
  const Ran ran = Run(3);
  EXPECT_EQ(ran.exit_code, kExitSuccess);
  EXPECT_EQ(ran.errors, "");
  EXPECT_EQ(ran.output,
            "18:04:05.123  created  Win32_Process.Handle=\"7\"  Name=bash\n"
            "18:04:05.123  changed  Win32_Process.Handle=\"7\"  ThreadCount: 1 → 2\n"
            "18:04:05.123  deleted  Win32_Process.Handle=\"7\"  Name=bash\n");
  EXPECT_EQ(services_.query, "SELECT * FROM __InstanceOperationEvent WITHIN 1");
  EXPECT_EQ(services_.cancelled, 1);
}

TEST_F(WatchCommandTest, JsonLinesHaveTheWholeEventAndItsClasses) {
  options_.format = Format::kJsonLines;
  Deliver({Modification()});
  const auto json = nlohmann::json::parse(Run(1).output);
  EXPECT_EQ(json["__CLASS"], "__InstanceModificationEvent");
  EXPECT_EQ(json["TIME_CREATED"], kTime);
  EXPECT_EQ(json["TargetInstance"]["__CLASS"], "Win32_Process");
  EXPECT_EQ(json["TargetInstance"]["__RELPATH"], "Win32_Process.Handle=\"7\"");
  EXPECT_EQ(json["TargetInstance"]["ThreadCount"], 2);
  EXPECT_EQ(json["PreviousInstance"]["ThreadCount"], 1);
}

TEST_F(WatchCommandTest, ASelectListNamesTheColumns) {
  const std::string query = "SELECT TargetInstance.Name, TargetInstance.ThreadCount FROM __InstanceOperationEvent";
  Deliver({Modification()});
  EXPECT_EQ(Run(1, query).output, "18:04:05.123  changed  Win32_Process.Handle=\"7\"  Name=bash, ThreadCount=2\n");
  options_.format = Format::kCsv;
  EXPECT_EQ(Run(1, query).output, "TargetInstance.Name,TargetInstance.ThreadCount\nbash,2\n");
  options_.format = Format::kJsonLines;
  EXPECT_EQ(Run(1, query).output, "{\"TargetInstance.Name\":\"bash\",\"TargetInstance.ThreadCount\":2}\n");
  options_.format = Format::kTable;
  EXPECT_EQ(Run(1, "SELECT TargetInstance, PreviousInstance FROM __InstanceOperationEvent").output,
            "18:04:05.123  changed  Win32_Process.Handle=\"7\"  ThreadCount: 1 → 2\n")
      << "objects are shown already";
}

TEST_F(WatchCommandTest, CsvAndListHaveTheirForms) {
  Deliver({Modification()});
  options_.format = Format::kCsv;
  EXPECT_EQ(Run(1).output,
            "Time,Event,Object,Detail\n"
            "20261123180405.123456+000,changed,\"Win32_Process.Handle=\"\"7\"\"\",ThreadCount: 1 → 2\n");
  options_.format = Format::kList;
  EXPECT_EQ(Run(1).output,
            "Time        : 2026-11-23 18:04:05 +00:00\n"
            "Event       : changed\n"
            "Object      : Win32_Process.Handle=\"7\"\n"
            "ThreadCount : 1 → 2\n");
}

TEST_F(WatchCommandTest, AnEventOfAnotherKindIsItsClassAndProperties) {
  const ObjectPtr event = Spawn("__TimerEvent");
  Put(event, L"TIME_CREATED", std::to_string(kTime));
  Put(event, L"TimerId", "tea");
  Put(event, L"NumFirings", "2");
  const ObjectPtr of_namespace = Spawn("__NamespaceCreationEvent");
  const ObjectPtr name_space = Spawn("__NAMESPACE");
  Put(name_space, L"Name", "lamps");
  Put(of_namespace, L"TargetNamespace", name_space);
  Put(of_namespace, L"TIME_CREATED", std::to_string(kTime));
  const ObjectPtr group = Spawn("__AggregateEvent");
  Put(group, L"NumberOfEvents", "5");
  Put(group, L"Representative", Modification());
  Deliver({event, of_namespace, group});
  EXPECT_EQ(Run(3).output,
            "18:04:05.123  __TimerEvent  NumFirings=2, TimerId=tea\n"
            "18:04:05.123  created       namespace lamps\n"
            "18:04:05.123  5 × changed   Win32_Process.Handle=\"7\"  ThreadCount: 1 → 2\n");
}

TEST_F(WatchCommandTest, AnEventWithoutATimeHasThatOfItsArrival) {
  const ObjectPtr event = Spawn("__TimerEvent");
  options_.format = Format::kList;
  Deliver({event});
  EXPECT_EQ(Run(1).output.find("Time  : 1970"), std::string::npos);
}

TEST_F(WatchCommandTest, TheTimeOfForIsNoFailure) {
  options_.time_limit = std::chrono::milliseconds(1);
  const Ran ran = Run(0);
  EXPECT_EQ(ran.exit_code, kExitSuccess);
  EXPECT_EQ(ran.output + ran.errors, "");
  EXPECT_EQ(services_.cancelled, 1);
}

TEST_F(WatchCommandTest, ASignalCancelsAndTellsHowManyCame) {
  const ObjectPtr event = Creation();
  services_.on_subscribe = [&](IWbemObjectSink* sink) {
    IWbemClassObject* object = event.get();
    EXPECT_EQ(sink->Indicate(1, &object), WBEM_S_NO_ERROR);
    EXPECT_EQ(::raise(SIGTERM), 0);
    return WBEM_S_NO_ERROR;
  };
  const Ran ran = Run(0);
  EXPECT_EQ(ran.exit_code, kExitSignalBase + SIGTERM);
  EXPECT_EQ(services_.cancelled, 1);
  EXPECT_TRUE(ran.errors.starts_with("wmi: cancelled after 0.")) << ran.errors;
  EXPECT_TRUE(ran.errors.ends_with(" event came\n") || ran.errors.ends_with(" events came\n")) << ran.errors;
}

TEST_F(WatchCommandTest, AReaderThatHasGoneEndsItQuietlyThoughNothingHappens) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  Ran ran{};
  {
    const Signals signals;
    Output output(ends[1], signals);
    ran = RunInto(output, signals, "SELECT * FROM __TimerEvent");
  }
  ::close(ends[1]);
  EXPECT_EQ(ran.exit_code, kExitSuccess);
  EXPECT_EQ(ran.errors, "");
  EXPECT_EQ(services_.cancelled, 1);
}

TEST_F(WatchCommandTest, WhereNobodyTellsItFallsBackOnAnotherQuery) {
  std::vector<std::string> queries;
  services_.on_subscribe = [&](IWbemObjectSink* sink) {
    queries.push_back(services_.query);
    if (queries.size() == 1) {
      services_.Complete(WBEMESS_E_REGISTRATION_TOO_PRECISE);
    } else {
      const ObjectPtr event = Creation();
      IWbemClassObject* object = event.get();
      EXPECT_EQ(sink->Indicate(1, &object), WBEM_S_NO_ERROR);
    }
    return WBEM_S_NO_ERROR;
  };
  const Ran ran = Run(1, "SELECT * FROM A", "SELECT * FROM A WITHIN 1");
  EXPECT_EQ(ran.exit_code, kExitSuccess);
  EXPECT_EQ(ran.errors, "");
  EXPECT_EQ(ran.output, "18:04:05.123  created  Win32_Process.Handle=\"7\"  Name=bash\n");
  EXPECT_EQ(queries, (std::vector<std::string>{"SELECT * FROM A", "SELECT * FROM A WITHIN 1"}));
}

TEST_F(WatchCommandTest, ARefusalIsToldWithAWayOut) {
  services_.on_subscribe = [&](IWbemObjectSink*) {
    services_.Complete(WBEMESS_E_REGISTRATION_TOO_PRECISE);
    return WBEM_S_NO_ERROR;
  };
  Ran ran = Run(0, "SELECT * FROM __InstanceCreationEvent");
  EXPECT_EQ(ran.exit_code, kExitFailure);
  EXPECT_TRUE(ran.errors.starts_with("wmi: WBEMESS_E_REGISTRATION_TOO_PRECISE (0x80042002): ")) << ran.errors;
  EXPECT_NE(ran.errors.find("WITHIN and a number of seconds"), std::string::npos) << ran.errors;
  EXPECT_EQ(services_.cancelled, 0) << "it has ended already";

  options_.subject = "SELECT * FROM Win32_Process";
  services_.on_subscribe = [](IWbemObjectSink*) -> HRESULT { return WBEM_E_NOT_EVENT_CLASS; };
  ran = Run(0, options_.subject);
  EXPECT_NE(ran.errors.find("SELECT * FROM __InstanceOperationEvent WITHIN 2"), std::string::npos) << ran.errors;
  EXPECT_EQ(ran.exit_code, kExitFailure);
  EXPECT_NE(ran.errors.find("'Win32_Process'"), std::string::npos) << ran.errors;
}

}  // namespace
}  // namespace wmi::cli
