#include "api/services.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "api/test_support.h"
#include "base/limits.h"

namespace wmi::api {
namespace {

using com::ComPtr;

class ServicesTest : public ApiTest {
 public:
  HRESULT ExecQuery(long flags) {
    ComPtr<IEnumWbemClassObject> result;
    return services_->ExecQuery(Literal(L"WQL"), Literal(L"SELECT * FROM T_Item"), flags, nullptr, result.Receive());
  }
  HRESULT ExecQueryAsync(long flags) {
    return Start([&](IWbemObjectSink* sink) { return QueryAsync(L"SELECT * FROM T_Item", sink, flags); });
  }
  HRESULT CreateInstanceEnum(long flags) {
    ComPtr<IEnumWbemClassObject> result;
    return services_->CreateInstanceEnum(Literal(L"T_Item"), flags, nullptr, result.Receive());
  }
  HRESULT CreateInstanceEnumAsync(long flags) {
    return Start([&](IWbemObjectSink* sink) {
      return services_->CreateInstanceEnumAsync(Literal(L"T_Item"), flags, nullptr, sink);
    });
  }
  HRESULT GetObject(long flags) {
    ComPtr<IWbemClassObject> object;
    ComPtr<IWbemCallResult> result;
    return services_->GetObject(Literal(L"T_Item"), flags, nullptr, object.Receive(), result.Receive());
  }
  HRESULT GetObjectAsync(long flags) {
    return Start(
        [&](IWbemObjectSink* sink) { return services_->GetObjectAsync(Literal(L"T_Item"), flags, nullptr, sink); });
  }

  // Starts a call with a sink that the test holds, and waits for its end if it started. A refused start leaves the
  // count alone.
  HRESULT Start(const std::function<HRESULT(IWbemObjectSink*)>& call) {
    auto log = std::make_shared<SinkLog>();
    auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
    const HRESULT hr = call(sink.get());
    if (FAILED(hr)) {
      EXPECT_EQ(1u, log->references);
      EXPECT_EQ(0u, log->Finals());
    } else {
      EXPECT_EQ(WBEM_S_NO_ERROR, hr);
      EXPECT_TRUE(log->WaitFinals());
      EXPECT_TRUE(log->WaitReferences(1));
    }
    return hr;
  }
};

// Contract 1.2, the flag lists; a flag outside the list is an invalid parameter (1.1).
TEST_F(ServicesTest, EachMethodTakesItsFlagsAndNoOther) {
  constexpr long kAmended = 0x20000, kDirect = 0x200, kStatus = 0x80, kLocatable = 0x100, kPrototype = 2, kShallow = 1;
  constexpr long kForward = 0x20, kImmediately = 0x10;
  const struct {
    const char* name;
    HRESULT (ServicesTest::*call)(long);
    long allowed;
  } methods[] = {
      {"ExecQuery", &ServicesTest::ExecQuery, kAmended | kLocatable | kPrototype | kDirect | kForward | kImmediately},
      {"ExecQueryAsync", &ServicesTest::ExecQueryAsync, kAmended | kStatus | kLocatable | kPrototype | kDirect},
      {"CreateInstanceEnum", &ServicesTest::CreateInstanceEnum,
       kAmended | kShallow | kDirect | kForward | kImmediately},
      {"CreateInstanceEnumAsync", &ServicesTest::CreateInstanceEnumAsync, kAmended | kShallow | kStatus | kDirect},
      {"GetObject", &ServicesTest::GetObject, kAmended | kDirect | kImmediately},
      {"GetObjectAsync", &ServicesTest::GetObjectAsync, kAmended | kDirect | kStatus},
  };
  for (const auto& method : methods) {
    SCOPED_TRACE(method.name);
    EXPECT_EQ(WBEM_S_NO_ERROR, (this->*method.call)(method.allowed));
    for (int bit = 0; bit < 32; ++bit) {
      const long flag = 1L << bit;
      SCOPED_TRACE(flag);
      const HRESULT expected = (method.allowed & flag) != 0 ? WBEM_S_NO_ERROR : WBEM_E_INVALID_PARAMETER;
      EXPECT_EQ(expected, (this->*method.call)(flag));
    }
    EXPECT_EQ(WBEM_S_NO_ERROR, (this->*method.call)(1L << 32)) << "flags have 32 bits (decision 4)";
  }
}

// Contract 1.3: argument errors come from the call itself, in every form.
TEST_F(ServicesTest, WrongArgumentsAreRefusedAtOnce) {
  ComPtr<IEnumWbemClassObject> e;
  ComPtr<IWbemClassObject> object;
  ComPtr<IWbemCallResult> result;
  const BSTR wql = Literal(L"WQL");
  const BSTR query = Literal(L"SELECT * FROM T_Item");
  EXPECT_EQ(code::kInvalidParameter, services_->ExecQuery(nullptr, query, 0, nullptr, e.Receive()));
  EXPECT_EQ(code::kInvalidParameter, services_->ExecQuery(wql, nullptr, 0, nullptr, e.Receive()));
  EXPECT_EQ(code::kInvalidParameter, services_->ExecQuery(wql, query, 0, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidQueryType, services_->ExecQuery(Literal(L"SQL"), query, 0, nullptr, e.Receive()));
  EXPECT_EQ(code::kInvalidQueryType, services_->ExecQuery(Literal(L""), query, 0, nullptr, e.Receive()));
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->ExecQuery(Literal(L"wql"), query, 0, nullptr, e.Receive()));
  EXPECT_EQ(code::kInvalidParameter, services_->CreateInstanceEnum(nullptr, 0, nullptr, e.Receive()));
  EXPECT_EQ(code::kInvalidParameter, services_->CreateInstanceEnum(Literal(L""), 0, nullptr, e.Receive()));
  EXPECT_EQ(code::kInvalidParameter, services_->CreateInstanceEnum(Literal(L"T_Item"), 0, nullptr, nullptr));
  EXPECT_EQ(nullptr, e.get());
  EXPECT_EQ(code::kInvalidParameter, services_->GetObject(Literal(L"T_Item"), 0, nullptr, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter,
            services_->GetObject(Literal(L"T_Item"), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, object.Receive(), nullptr));
  auto* taken = reinterpret_cast<IWbemCallResult*>(1);
  EXPECT_EQ(code::kInvalidParameter, services_->GetObject(Literal(L"T_Item"), 0, nullptr, object.Receive(), &taken));
  EXPECT_EQ(code::kNotSupported, services_->GetObject(nullptr, 0, nullptr, object.Receive(), nullptr));
  EXPECT_EQ(code::kNotSupported, services_->GetObject(Literal(L""), 0, nullptr, object.Receive(), nullptr));
  EXPECT_EQ(nullptr, object.get());
  EXPECT_EQ(code::kInvalidParameter, services_->ExecQueryAsync(wql, query, 0, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter, services_->CreateInstanceEnumAsync(Literal(L"T_Item"), 0, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter, services_->GetObjectAsync(Literal(L"T_Item"), 0, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter,
            Start([&](IWbemObjectSink* sink) { return services_->ExecQueryAsync(nullptr, query, 0, nullptr, sink); }));
  EXPECT_EQ(code::kInvalidQueryType, Start([&](IWbemObjectSink* sink) {
              return services_->ExecQueryAsync(Literal(L"CQL"), query, 0, nullptr, sink);
            }));
  EXPECT_EQ(code::kInvalidParameter, Start([&](IWbemObjectSink* sink) {
              return services_->CreateInstanceEnumAsync(nullptr, 0, nullptr, sink);
            }));
}

// Contract 1.3: the errors of the operation come from the synchronous call itself, and late in the other forms.
TEST_F(ServicesTest, ErrorsOfTheOperationAreTheSameInEveryForm) {
  const std::wstring too_long =
      L"SELECT * FROM T_Item WHERE Label = '" + std::wstring(limits::kQueryLengthMax, L'x') + L"'";
  const struct {
    const wchar_t* query;
    std::vector<HRESULT> codes;
  } rows[] = {
      {L"SELECT * FROM Nothing", {WBEM_E_INVALID_CLASS, WBEM_E_NOT_FOUND}},
      {L"SELECT FROM", {WBEM_E_INVALID_QUERY}},
      {L"", {WBEM_E_INVALID_QUERY}},
      {L"SELECT * FROM T_Orphan", {WBEM_E_PROVIDER_NOT_FOUND}},
      {too_long.c_str(), {WBEM_E_QUOTA_VIOLATION, WBEM_E_INVALID_QUERY}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.query).substr(0, 60));
    ComPtr<IEnumWbemClassObject> result;
    const HRESULT synchronous = services_->ExecQuery(Literal(L"WQL"), Literal(row.query), 0, nullptr, result.Receive());
    EXPECT_NE(row.codes.end(), std::find(row.codes.begin(), row.codes.end(), synchronous)) << CodeName(synchronous);
    EXPECT_EQ(nullptr, result.get());
    EXPECT_NE(nullptr, TakeErrorObject().get());

    result = Query(row.query, WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY);
    ComPtr<IWbemClassObject> object;
    ULONG returned = 5;
    EXPECT_EQ(synchronous, result->Next(WBEM_INFINITE, 1, object.Receive(), &returned));
    EXPECT_EQ(0u, returned);
    EXPECT_NE(nullptr, TakeErrorObject().get());

    auto log = std::make_shared<SinkLog>();
    ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(row.query, new TestSink(log, 0)));
    ASSERT_TRUE(log->WaitFinals());
    EXPECT_EQ(synchronous, log->Outcome());
    EXPECT_TRUE(log->WaitReferences(0));
  }
}

// Contract 0, rules 5 and 6.
TEST_F(ServicesTest, ErrorObjectSaysWhatIsWrongAndWhere) {
  ComPtr<IEnumWbemClassObject> result;
  ASSERT_EQ(WBEM_E_INVALID_QUERY, services_->ExecQuery(Literal(L"WQL"), Literal(L"SELECT * FROM T_Item WHERE"), 0,
                                                       nullptr, result.Receive()));
  ComPtr<IErrorInfo> info;
  ASSERT_EQ(S_OK, GetErrorInfo(0, info.Receive()));
  BSTR text = nullptr;
  ASSERT_EQ(S_OK, info->GetDescription(&text));
  const std::string description = TakeBstr(text);
  EXPECT_EQ("line 1, column 27: ", description.substr(0, 19)) << description;
  ComPtr<IWbemClassObject> object = info.As<IWbemClassObject>();
  ASSERT_NE(nullptr, object.get());
  EXPECT_EQ("__ExtendedStatus", PropertyText(object.get(), L"__CLASS"));
  EXPECT_EQ(S_OK, object->InheritsFrom(L"__NotifyStatus"));
  EXPECT_EQ(std::to_string(static_cast<std::uint32_t>(WBEM_E_INVALID_QUERY)),
            PropertyText(object.get(), L"StatusCode"));
  EXPECT_EQ(description, PropertyText(object.get(), L"Description"));
  EXPECT_EQ("ExecQuery", PropertyText(object.get(), L"Operation"));
  EXPECT_NE("(null)", PropertyText(object.get(), L"ParameterInfo"));
  EXPECT_EQ("(null)", PropertyText(object.get(), L"ProviderName"));
  // One object: either interface leads to the other, and to one identity.
  EXPECT_EQ(info.get(), object.As<IErrorInfo>().get());
  EXPECT_EQ(info.As<IUnknown>().get(), object.As<IUnknown>().get());
  ASSERT_EQ(S_OK, info->GetSource(&text));
  EXPECT_EQ("OpenWMI", TakeBstr(text));
  ASSERT_EQ(S_OK, info->GetHelpFile(&text));
  EXPECT_EQ(nullptr, text);
  DWORD help = 1;
  GUID guid;
  EXPECT_EQ(S_OK, info->GetHelpContext(&help));
  EXPECT_EQ(0u, help);
  EXPECT_EQ(S_OK, info->GetGUID(&guid));
}

TEST_F(ServicesTest, EachCallClearsTheErrorBefore) {
  ComPtr<IEnumWbemClassObject> result;
  EXPECT_EQ(WBEM_E_INVALID_QUERY,
            services_->ExecQuery(Literal(L"WQL"), Literal(L"nonsense"), 0, nullptr, result.Receive()));
  result = Query(L"SELECT * FROM T_Item");
  EXPECT_EQ(nullptr, TakeErrorObject().get());
}

TEST_F(ServicesTest, ProviderFailureNamesTheProvider) {
  script_->before_row = [](std::uint64_t, const provider::Request&) {
    return Status(code::kProviderFailure, "the script says so");
  };
  ComPtr<IEnumWbemClassObject> result;
  ASSERT_EQ(WBEM_E_PROVIDER_FAILURE,
            services_->ExecQuery(Literal(L"WQL"), Literal(L"SELECT * FROM T_Item"), 0, nullptr, result.Receive()));
  EXPECT_EQ("Scripted", PropertyText(TakeErrorObject().get(), L"ProviderName"));
}

// Contract 1.3, GetObject.
TEST_F(ServicesTest, GetObjectFindsClassesAndInstances) {
  const struct {
    const wchar_t* path;
    HRESULT result;
    const char* relative_path;
  } rows[] = {
      {L"T_Item", WBEM_S_NO_ERROR, "T_Item"},
      {L"t_item.ID='2'", WBEM_S_NO_ERROR, "T_Item.Id=\"2\""},
      {L"T_Item=\"1\"", WBEM_S_NO_ERROR, "T_Item.Id=\"1\""},
      {L"T_Base.Id=\"1\"", WBEM_S_NO_ERROR, "T_Item.Id=\"1\""},
      {L"T_Pair.B=\"x\",A=1", WBEM_S_NO_ERROR, "T_Pair.A=1,B=\"x\""},
      {L"T_One=@", WBEM_S_NO_ERROR, "T_One=@"},
      {L"\\\\.\\root\\test:T_Item.Id=\"0\"", WBEM_S_NO_ERROR, "T_Item.Id=\"0\""},
      {L"T_Item.Id=\"77\"", WBEM_E_NOT_FOUND, nullptr},
      {L"Nothing", WBEM_E_NOT_FOUND, nullptr},
      {L"Nothing.Id=\"1\"", WBEM_E_INVALID_CLASS, nullptr},
      {L"T_Item.", WBEM_E_INVALID_OBJECT_PATH, nullptr},
      {L"T_Item.Wrong=\"1\"", WBEM_E_INVALID_OBJECT_PATH, nullptr},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.path));
    ComPtr<IWbemClassObject> object = ClassOf("T_Item");  // to be set to NULL on error
    IWbemClassObject* target = object.get();
    ASSERT_EQ(row.result, services_->GetObject(Literal(row.path), 0, nullptr, &target, nullptr));
    if (row.relative_path == nullptr) {
      EXPECT_EQ(nullptr, target);
      EXPECT_NE(nullptr, TakeErrorObject().get());
    } else {
      const auto found = ComPtr<IWbemClassObject>::Adopt(target);
      EXPECT_EQ(row.relative_path, PropertyText(found.get(), L"__RELPATH"));
    }
  }
}

// Checklist 20.
TEST_F(ServicesTest, CallResultAloneMakesGetObjectSemisynchronous) {
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(L"T_Item.Id=\"1\""), 0, nullptr, nullptr, result.Receive()));
  long status = -1;
  ASSERT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_INFINITE, &status));
  EXPECT_EQ(WBEM_S_NO_ERROR, status);
  for (int i = 0; i < 2; ++i) {
    ComPtr<IWbemClassObject> object;
    ASSERT_EQ(WBEM_S_NO_ERROR, result->GetResultObject(WBEM_NO_WAIT, object.Receive()));
    EXPECT_EQ("item 1", PropertyText(object.get(), L"Label"));
  }
  BSTR text = Literal(L"x");
  IWbemServices* services = services_.get();
  EXPECT_EQ(code::kInvalidOperation, result->GetResultString(0, &text));
  EXPECT_EQ(nullptr, text);
  EXPECT_EQ(code::kInvalidOperation, result->GetResultServices(0, &services));
  EXPECT_EQ(nullptr, services);
  EXPECT_EQ(code::kInvalidParameter, result->GetResultObject(0, nullptr));
  EXPECT_EQ(code::kInvalidParameter, result->GetResultString(0, nullptr));
  EXPECT_EQ(code::kInvalidParameter, result->GetResultServices(0, nullptr));
  EXPECT_EQ(code::kInvalidParameter, result->GetCallStatus(0, nullptr));
  EXPECT_EQ(code::kInvalidParameter, result->GetCallStatus(-2, &status));
}

TEST_F(ServicesTest, CallResultCarriesTheErrorOfTheOperation) {
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(L"Nothing"), 0, nullptr, nullptr, result.Receive()));
  long status = 0;
  ASSERT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_INFINITE, &status));
  EXPECT_EQ(WBEM_E_NOT_FOUND, status);
  ComPtr<IWbemClassObject> object;
  EXPECT_EQ(WBEM_E_NOT_FOUND, result->GetResultObject(WBEM_INFINITE, object.Receive()));
  EXPECT_EQ("GetObject", PropertyText(TakeErrorObject().get(), L"Operation"));
}

TEST_F(ServicesTest, CallResultTimesOutWhileTheCallRuns) {
  Signal go_on;
  script_->blocking = provider::Blocking::kPossible;
  script_->before_row = [&](std::uint64_t, const provider::Request&) {
    go_on.Wait();
    return Status();
  };
  ComPtr<IWbemClassObject> object;
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(L"T_Item.Id=\"1\""), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr,
                                                  object.Receive(), result.Receive()));
  EXPECT_EQ(nullptr, object.get());
  long status = 77;
  EXPECT_EQ(WBEM_S_TIMEDOUT, result->GetCallStatus(WBEM_NO_WAIT, &status));
  EXPECT_EQ(WBEM_S_TIMEDOUT, result->GetCallStatus(1, &status));
  EXPECT_EQ(77, status);
  EXPECT_EQ(WBEM_S_TIMEDOUT, result->GetResultObject(WBEM_NO_WAIT, object.Receive()));
  go_on.Set();
  EXPECT_EQ(WBEM_S_NO_ERROR, result->GetResultObject(static_cast<long>(0xFFFFFFFF), object.Receive()));
  EXPECT_EQ("item 1", PropertyText(object.get(), L"Label"));
}

TEST_F(ServicesTest, GetObjectWithBothOutputsFillsBoth) {
  ComPtr<IWbemClassObject> object;
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(L"T_One=@"), 0, nullptr, object.Receive(), result.Receive()));
  EXPECT_EQ("the one", PropertyText(object.get(), L"Name"));
  long status = -1;
  EXPECT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_NO_WAIT, &status));
  EXPECT_EQ(0, status);
}

TEST_F(ServicesTest, PrototypeReturnsTheShapeWithoutRunning) {
  ComPtr<IEnumWbemClassObject> result = Query(L"SELECT Label FROM T_Item", WBEM_FLAG_PROTOTYPE);
  ComPtr<IWbemClassObject> object;
  ULONG returned = 0;
  ASSERT_EQ(WBEM_S_NO_ERROR, result->Next(WBEM_INFINITE, 1, object.Receive(), &returned));
  EXPECT_EQ("(null)", PropertyText(object.get(), L"Label"));
  EXPECT_EQ(0u, script_->rows_read);
}

// Contract 1.3, ENSURE_LOCATABLE.
TEST_F(ServicesTest, LocatableObjectsHaveTheirPathWhateverIsSelected) {
  for (long flags : {0, static_cast<int>(WBEM_FLAG_ENSURE_LOCATABLE)}) {
    ComPtr<IEnumWbemClassObject> result = Query(L"SELECT Label FROM T_Item", flags);
    ComPtr<IWbemClassObject> object;
    ULONG returned = 0;
    ASSERT_EQ(WBEM_S_NO_ERROR, result->Next(WBEM_INFINITE, 1, object.Receive(), &returned));
    EXPECT_EQ(flags == 0 ? "(null)" : "\\\\TESTHOST\\ROOT\\test:T_Item.Id=\"0\"",
              PropertyText(object.get(), L"__PATH"));
    EXPECT_EQ("item 0", PropertyText(object.get(), L"Label"));
  }
}

// A program compares with WBEM_S_NO_ERROR: what is missing is told by the final status of the asynchronous form.
TEST_F(ServicesTest, PartialResultsAreASuccess) {
  script_->denies_label = true;
  ComPtr<IEnumWbemClassObject> result = Query(L"SELECT * FROM T_Item");
  auto log = std::make_shared<SinkLog>();
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(L"SELECT * FROM T_Item", new TestSink(log, 0)));
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(WBEM_S_PARTIAL_RESULTS, log->Outcome());
  EXPECT_EQ(nullptr, log->Error().get()) << "no error object on success (R5)";
  EXPECT_TRUE(log->WaitReferences(0));
}

TEST_F(ServicesTest, MethodsOfLaterVersionsSaySoAndClearTheirOutputs) {
  auto log = std::make_shared<SinkLog>();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  const BSTR text = Literal(L"text");
  IWbemServices* const garbage = services_.get();
  auto* services = garbage;
  auto* result = reinterpret_cast<IWbemCallResult*>(garbage);
  auto* enumerator = reinterpret_cast<IEnumWbemClassObject*>(garbage);
  auto* object = reinterpret_cast<IWbemClassObject*>(garbage);
  auto* response = static_cast<IWbemObjectSink*>(sink.get());
  EXPECT_EQ(code::kNotSupported, services_->OpenNamespace(text, 0, nullptr, &services, &result));
  EXPECT_EQ(nullptr, services);
  EXPECT_EQ(nullptr, result);
  EXPECT_EQ("OpenNamespace", PropertyText(TakeErrorObject().get(), L"Operation"));
  EXPECT_EQ(code::kNotSupported, services_->CreateClassEnum(text, 0, nullptr, &enumerator));
  EXPECT_EQ(nullptr, enumerator);
  EXPECT_EQ(code::kNotSupported, services_->ExecMethod(text, text, 0, nullptr, nullptr, &object, nullptr));
  EXPECT_EQ(nullptr, object);
  EXPECT_EQ(code::kNotSupported, services_->QueryObjectSink(0, &response));
  EXPECT_EQ(nullptr, response);
  EXPECT_EQ(code::kNotSupported, services_->PutClass(nullptr, 0, nullptr, nullptr));
  EXPECT_EQ(code::kNotSupported, services_->DeleteClass(text, 0, nullptr, nullptr));
  EXPECT_EQ(code::kNotSupported, services_->PutInstance(nullptr, 0, nullptr, nullptr));
  EXPECT_EQ(code::kNotSupported, services_->DeleteInstance(text, 0, nullptr, nullptr));
  EXPECT_EQ(code::kNotSupported, services_->ExecNotificationQuery(text, text, 0x30, nullptr, &enumerator));
  EXPECT_EQ(code::kNotSupported, services_->PutClassAsync(nullptr, 0, nullptr, sink.get()));
  EXPECT_EQ(code::kNotSupported, services_->DeleteClassAsync(text, 0, nullptr, sink.get()));
  EXPECT_EQ(code::kNotSupported, services_->PutInstanceAsync(nullptr, 0, nullptr, sink.get()));
  EXPECT_EQ(code::kNotSupported, services_->DeleteInstanceAsync(text, 0, nullptr, sink.get()));
  EXPECT_EQ(code::kNotSupported, services_->CreateClassEnumAsync(text, 0, nullptr, sink.get()));
  EXPECT_EQ(code::kNotSupported, services_->ExecNotificationQueryAsync(text, text, 0, nullptr, sink.get()));
  EXPECT_EQ(code::kNotSupported, services_->ExecMethodAsync(text, text, 0, nullptr, nullptr, sink.get()));
  EXPECT_EQ(1u, log->references) << "a refused start does not touch the sink";
  sink.Reset();
  EXPECT_EQ(0, log->alive);
}

// Contract 0, rule 2.
TEST_F(ServicesTest, ProxyBlanketIsKeptPerProxy) {
  ComPtr<IEnumWbemClassObject> enumerator = Query(L"SELECT * FROM T_Item");
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(L"T_Item"), 0, nullptr, nullptr, result.Receive()));
  for (IUnknown* proxy :
       {services_->Unknown(), static_cast<IUnknown*>(enumerator.get()), static_cast<IUnknown*>(result.get())}) {
    EXPECT_EQ(S_OK, CoSetProxyBlanket(proxy, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, RPC_C_AUTHN_LEVEL_CALL,
                                      RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE));
    DWORD level = 0;
    EXPECT_EQ(S_OK, CoQueryProxyBlanket(proxy, nullptr, nullptr, nullptr, &level, nullptr, nullptr, nullptr));
    EXPECT_EQ(static_cast<DWORD>(RPC_C_AUTHN_LEVEL_CALL), level);
    ComPtr<IUnknown> copy;
    ASSERT_EQ(S_OK, CoCopyProxy(proxy, copy.Receive()));
    EXPECT_NE(proxy, copy.get());
    EXPECT_EQ(S_OK, CoQueryProxyBlanket(copy.get(), nullptr, nullptr, nullptr, &level, nullptr, nullptr, nullptr));
    EXPECT_EQ(static_cast<DWORD>(RPC_C_AUTHN_LEVEL_CALL), level);
  }
  EXPECT_EQ(E_INVALIDARG, CoSetProxyBlanket(services_->Unknown(), RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, 99,
                                            RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE));
  EXPECT_EQ(E_NOINTERFACE, CoSetProxyBlanket(ClassOf("T_Item").get(), RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, 0,
                                             0, nullptr, EOAC_NONE));
}

}  // namespace
}  // namespace wmi::api
