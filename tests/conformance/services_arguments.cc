// IWbemServices: which flags and arguments each method takes (contract 1.1, 1.2). Everything else is refused at once
// with WBEM_E_INVALID_PARAMETER, and the sink is not touched.
#include <cstdint>

#include "support.h"

namespace wmi::conformance {
namespace {

enum Bits : std::uint32_t {
  kAmend = WBEM_FLAG_USE_AMENDED_QUALIFIERS,
  kStatus = WBEM_FLAG_SEND_STATUS,
  kNow = WBEM_FLAG_RETURN_IMMEDIATELY,
  kForward = WBEM_FLAG_FORWARD_ONLY,
  kDirect = WBEM_FLAG_DIRECT_READ,
  kUpdate = WBEM_FLAG_UPDATE_ONLY,
  kCreate = WBEM_FLAG_CREATE_ONLY,
  kSafe = WBEM_FLAG_UPDATE_SAFE_MODE,
  kForce = WBEM_FLAG_UPDATE_FORCE_MODE,
  kOwner = WBEM_FLAG_OWNER_UPDATE,
  kShallow = WBEM_FLAG_SHALLOW,
  kLocatable = WBEM_FLAG_ENSURE_LOCATABLE,
  kPrototype = WBEM_FLAG_PROTOTYPE,
};

// What the method returns when it is called with these flags and nothing else wrong.
struct FlagRow {
  const char* method;
  bool asynchronous;
  std::uint32_t allowed;
  std::uint32_t always;  // bits that every call of the method needs
  HRESULT (*call)(World& world, long flags, IWbemObjectSink* sink);
};
void PrintTo(const FlagRow& row, std::ostream* out) { *out << "1.2 " << row.method; }

HRESULT Subscribe(World& w, long flags) {
  IEnumWbemClassObjectPtr rows;
  return w.services->ExecNotificationQuery(Literal(L"WQL"), Literal(L"SELECT * FROM C_Event"), flags, nullptr, &rows);
}

// With both outputs, so that each flag has what it needs.
HRESULT Single(const Call& call, long flags) {
  IWbemClassObjectPtr object;
  IWbemCallResultPtr result;
  const HRESULT started = call.single(flags, call.gives == Call::Gives::kObject ? &object : nullptr, &result);
  long status = 0;
  if (result) result->GetCallStatus(WBEM_INFINITE, &status);
  return started;
}

HRESULT Rows(const Call& call, long flags) {
  IEnumWbemClassObjectPtr rows;
  return call.enumerate(flags, &rows);
}

const wchar_t kSelect[] = L"SELECT * FROM C_Pair";

const FlagRow kFlags[] = {
    {"GetObject", false, kAmend | kDirect | kNow, 0,
     [](World& w, long f, IWbemObjectSink*) { return Single(w.GetObject(L"C_Thing"), f); }},
    {"GetObjectAsync", true, kAmend | kDirect | kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) { return w.GetObject(L"C_Thing").async(f, s); }},
    {"PutClass", false, kUpdate | kCreate | kSafe | kForce | kOwner | kAmend | kNow, 0,
     [](World& w, long f, IWbemObjectSink*) { return Single(w.PutClass(w.Get(L"C_Numbered")), f); }},
    {"PutClassAsync", true, kUpdate | kCreate | kSafe | kForce | kOwner | kAmend | kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) { return w.PutClass(w.Get(L"C_Numbered")).async(f, s); }},
    {"DeleteClass", false, kOwner | kNow, 0,
     [](World& w, long f, IWbemObjectSink*) { return Single(w.DeleteClass(L"C_Numbered"), f); }},
    {"DeleteClassAsync", true, kOwner | kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) { return w.DeleteClass(L"C_Numbered").async(f, s); }},
    {"CreateClassEnum", false, kAmend | kShallow | kForward | kNow, 0,
     [](World& w, long f, IWbemObjectSink*) { return Rows(w.CreateClassEnum(L"C_Thing"), f); }},
    {"CreateClassEnumAsync", true, kAmend | kShallow | kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) { return w.CreateClassEnum(L"C_Thing").async(f, s); }},
    {"PutInstance", false, kUpdate | kCreate | kAmend | kNow, 0,
     [](World& w, long f, IWbemObjectSink*) { return Single(w.PutInstance(w.NewThing(L"x")), f); }},
    {"PutInstanceAsync", true, kUpdate | kCreate | kAmend | kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) { return w.PutInstance(w.NewThing(L"x")).async(f, s); }},
    {"DeleteInstance", false, kNow, 0,
     [](World& w, long f, IWbemObjectSink*) { return Single(w.DeleteInstance(L"C_Thing='x'"), f); }},
    {"DeleteInstanceAsync", true, kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) { return w.DeleteInstance(L"C_Thing='x'").async(f, s); }},
    {"CreateInstanceEnum", false, kAmend | kShallow | kDirect | kForward | kNow, 0,
     [](World& w, long f, IWbemObjectSink*) { return Rows(w.CreateInstanceEnum(L"C_Pair"), f); }},
    {"CreateInstanceEnumAsync", true, kAmend | kShallow | kDirect | kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) { return w.CreateInstanceEnum(L"C_Pair").async(f, s); }},
    {"ExecQuery", false, kAmend | kLocatable | kPrototype | kDirect | kForward | kNow, 0,
     [](World& w, long f, IWbemObjectSink*) { return Rows(w.ExecQuery(kSelect), f); }},
    {"ExecQueryAsync", true, kAmend | kLocatable | kPrototype | kDirect | kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) { return w.ExecQuery(kSelect).async(f, s); }},
    {"ExecNotificationQuery", false, kNow | kForward, kNow | kForward,
     [](World& w, long f, IWbemObjectSink*) { return Subscribe(w, f); }},
    {"ExecNotificationQueryAsync", true, kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) {
       const HRESULT started =
           w.services->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(L"SELECT * FROM C_Event"), f, nullptr, s);
       if (SUCCEEDED(started)) {
         EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(s));
       }
       return started;
     }},
    {"ExecMethod", false, kNow, 0,
     [](World& w, long f, IWbemObjectSink*) { return Single(w.ExecMethod(L"C_Worker.Id=\"1\"", L"Quiet"), f); }},
    {"ExecMethodAsync", true, kStatus, 0,
     [](World& w, long f, IWbemObjectSink* s) { return w.ExecMethod(L"C_Worker.Id=\"1\"", L"Quiet").async(f, s); }},
    {"OpenNamespace", false, kNow, 0,
     [](World& w, long f, IWbemObjectSink*) {
       IWbemServicesPtr opened;
       IWbemCallResultPtr result;
       const IWbemServicesPtr root = World::Connect(L"root");
       const std::wstring name = w.name_space().substr(5);
       return root->OpenNamespace(Literal(name.c_str()), f, nullptr, f == 0 ? &opened : nullptr, &result);
     }},
    {"QueryObjectSink", false, 0, 0,
     [](World& w, long f, IWbemObjectSink*) {
       IWbemObjectSinkPtr sink;
       return w.services->QueryObjectSink(f, &sink);
     }},
};

class FlagTest : public testing::TestWithParam<FlagRow> {
 protected:
  // What the call returned; a call that started has ended.
  HRESULT CallWith(World& world, std::uint32_t flags) {
    const auto log = std::make_shared<SinkLog>();
    if (!GetParam().asynchronous) return GetParam().call(world, static_cast<long>(flags), nullptr);
    const SinkPtr sink(new RecordingSink(log), false);
    const HRESULT started = GetParam().call(world, static_cast<long>(flags), sink);
    if (FAILED(started)) {
      EXPECT_EQ(1, log->References()) << "1.1: a refused start keeps no reference";
      EXPECT_TRUE(log->Finals().empty());
    } else {
      EXPECT_TRUE(log->WaitReferences(1));
    }
    return started;
  }
};

TEST_P(FlagTest, TakesItsFlagsAndNoOther) {
  const FlagRow& row = GetParam();
  World world;
  ASSERT_TRUE(world.services);
  // Whether the call itself then succeeds depends on the flag (CREATE_ONLY): what counts is that it was not refused.
  const auto accepted = [](HRESULT code) { return code != WBEM_E_INVALID_PARAMETER; };
  EXPECT_TRUE(accepted(CallWith(world, row.always)));
  for (int bit = 0; bit < 32; ++bit) {
    const std::uint32_t flag = std::uint32_t{1} << bit;
    SCOPED_TRACE(testing::Message() << "flag 0x" << std::hex << flag);
    const HRESULT code = CallWith(world, row.always | flag);
    EXPECT_EQ((row.allowed & flag) != 0, accepted(code)) << std::hex << "0x" << code;
    if (!accepted(code)) {
      const IWbemClassObjectPtr error = TakeErrorObject();
      EXPECT_NE(std::string::npos, Text(error, L"Description").find("lFlags")) << Text(error, L"Description");
    }
  }
}

// 13.19 and the need of the others.
TEST_P(FlagTest, NeedsWhatItAlwaysNeeds) {
  const FlagRow& row = GetParam();
  World world;
  ASSERT_TRUE(world.services);
  for (int bit = 0; bit < 32; ++bit) {
    const std::uint32_t flag = std::uint32_t{1} << bit;
    if ((row.always & flag) == 0) continue;
    EXPECT_EQ(WBEM_E_INVALID_PARAMETER, CallWith(world, row.always & ~flag)) << std::hex << flag;
  }
}

INSTANTIATE_TEST_SUITE_P(Contract, FlagTest, testing::ValuesIn(kFlags),
                         [](const testing::TestParamInfo<FlagRow>& row) { return std::string(row.param.method); });

// ---- sinks and places for results -----------------------------------------------------------------------------------

// Every method that takes a sink.
std::vector<Call> AllCalls(World& w) {
  return {w.GetObject(L"C_Thing"),
          w.PutClass(w.Get(L"C_Numbered")),
          w.DeleteClass(L"C_Numbered"),
          w.CreateClassEnum(L"C_Thing"),
          w.PutInstance(w.NewThing(L"x")),
          w.DeleteInstance(L"C_Thing='x'"),
          w.CreateInstanceEnum(L"C_Pair"),
          w.ExecQuery(kSelect),
          w.ExecMethod(L"C_Worker.Id=\"1\"", L"Quiet")};
}

const Row kArguments[] = {
    {"1.1", "NullSinkIsRefusedByEveryMethod",
     [](World& w) {
       for (const Call& call : AllCalls(w)) {
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, call.async(0, nullptr)) << call.operation;
         const IWbemClassObjectPtr error = TakeErrorObject();
         EXPECT_EQ(call.operation, Text(error, L"Operation"));
       }
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER,
                 w.services->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(L"SELECT * FROM C_Event"), 0, nullptr,
                                                        nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.services->CancelAsyncCall(nullptr));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"C_Numbered")) << "a refused call has no effect";
     }},
    {"1.1", "NullPlaceForTheRowsIsRefused",
     [](World& w) {
       for (const Call& call : AllCalls(w)) {
         if (!call.enumerate) continue;
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, call.enumerate(0, nullptr)) << call.operation;
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, call.enumerate(0x30, nullptr)) << call.operation;
       }
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.services->QueryObjectSink(0, nullptr));
     }},
    {"1.4", "CallResultPointerMustBeNullOnEntry",
     [](World& w) {
       IWbemCallResultPtr used;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->GetObject(Literal(L"C_Thing"), 0, nullptr, nullptr, &used));
       for (const Call& call : AllCalls(w)) {
         if (!call.single) continue;
         IWbemCallResult* result = used;
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, call.single(0, nullptr, &result)) << call.operation;
         EXPECT_EQ(used.GetInterfacePtr(), result) << call.operation;
       }
     }},
    {"1.3 GetObject", "ObjectIsNullAfterAnError",
     [](World& w) {
       const IWbemClassObjectPtr other = w.Get(L"C_Pair");
       IWbemClassObject* object = other;
       EXPECT_EQ(WBEM_E_NOT_FOUND, w.services->GetObject(Literal(L"C_Nothing"), 0, nullptr, &object, nullptr));
       EXPECT_EQ(nullptr, object);
     }},
    {"1.3 GetObject", "NowhereToPutTheObject",
     [](World& w) {
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.services->GetObject(Literal(L"C_Thing"), 0, nullptr, nullptr, nullptr));
     }},
    {"1.4", "CallWithACallResultReturnsBeforeItsEnd",
     [](World& w) {
       Signal entered;
       Signal go_on;
       w.provider->on_call = [entered, go_on](const ProviderRequest& request) {
         entered.Set();
         EXPECT_TRUE(go_on.Wait());
         return Complete(request.handler);
       };
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->ExecMethod(Literal(L"C_Worker.Id=\"1\""), Literal(L"Quiet"), 0, nullptr,
                                                         nullptr, nullptr, &result));
       ASSERT_TRUE(entered.Wait());
       long status = 0;
       EXPECT_EQ(WBEM_S_TIMEDOUT, result->GetCallStatus(WBEM_NO_WAIT, &status));
       go_on.Set();
       EXPECT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_INFINITE, &status));
       EXPECT_EQ(WBEM_S_NO_ERROR, status);
     }},
    {"0.5", "EachCallClearsTheErrorBefore",
     [](World& w) {
       EXPECT_EQ(WBEM_E_NOT_FOUND, w.Exists(L"C_Nothing"));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"C_Thing"));
       EXPECT_FALSE(TakeErrorObject());
     }},
    {"0.5", "MethodsOfObjectsSetNoErrorObject",
     [](World& w) {
       const IWbemClassObjectPtr thing = w.Get(L"C_Thing='a'");
       _variant_t value;
       SetErrorInfo(0, nullptr);
       EXPECT_EQ(WBEM_E_NOT_FOUND, thing->Get(L"Nothing", 0, &value, nullptr, nullptr));
       EXPECT_FALSE(TakeErrorObject());
     }},
    {"0.6", "ExtendedStatusHasItsProperties",
     [](World& w) {
       EXPECT_EQ(WBEM_E_INVALID_QUERY, RunCall(w.ExecQuery(L"SELECT FROM"), Form::kSync).code);
       const Outcome failed = RunCall(w.ExecQuery(L"SELECT * FROM C_Nothing"), Form::kSync);
       ASSERT_TRUE(failed.error);
       EXPECT_EQ(WBEM_S_NO_ERROR, failed.error->InheritsFrom(L"__NotifyStatus"));
       EXPECT_EQ("ExecQuery", Text(failed.error, L"Operation"));
       EXPECT_NE(std::string::npos, Text(failed.error, L"Description").find("C_Nothing"));
       EXPECT_NE("(null)", Text(failed.error, L"ParameterInfo"));
       EXPECT_EQ("(null)", Text(failed.error, L"ProviderName"));
     }},
    {"0.6", "ExtendedStatusNamesTheProvider",
     [](World& w) {
       const Outcome failed = RunCall(w.ExecMethod(L"C_Worker.Id=\"1\"", L"Break"), Form::kAsync);
       ASSERT_TRUE(failed.error);
       EXPECT_EQ("Conformance", Text(failed.error, L"ProviderName"));
     }},
};
WMI_ROWS(ArgumentRows, kArguments);

}  // namespace
}  // namespace wmi::conformance
