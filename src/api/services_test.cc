#include "api/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "api/context.h"
#include "api/foreign_object_test_support.h"
#include "api/test_support.h"
#include "base/limits.h"
#include "com/variant.h"

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

  static ComPtr<IWbemContext> TimeLimit(const wchar_t* text) {
    ComPtr<Context> context = com::MakeCom<Context>();
    BSTR copy = SysAllocString(text);
    VARIANT value;
    com::SetBstr(value, copy);
    EXPECT_EQ(WBEM_S_NO_ERROR, context->SetValue(L"OPENWMI_TIMEOUT_MS", 0, &value));
    SysFreeString(copy);
    return context;
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
  script_->before_row = [go_on](std::uint64_t, const provider::Request&) {
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
  // The end says so too, without a failure: the error object of the thread.
  ULONG returned = 0;
  std::vector<IWbemClassObject*> objects(1000);
  ASSERT_EQ(WBEM_S_FALSE, result->Next(WBEM_INFINITE, 1000, objects.data(), &returned));
  for (ULONG i = 0; i < returned; ++i) objects[i]->Release();
  ComPtr<IErrorInfo> info;
  EXPECT_EQ(S_FALSE, GetErrorInfo(0, info.Receive())) << "rows first";
  ASSERT_EQ(WBEM_S_FALSE, result->Next(WBEM_INFINITE, 1, objects.data(), &returned));
  ASSERT_EQ(S_OK, GetErrorInfo(0, info.Receive()));
  auto log = std::make_shared<SinkLog>();
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(L"SELECT * FROM T_Item", new TestSink(log, 0)));
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(WBEM_S_PARTIAL_RESULTS, log->Outcome());
  ASSERT_NE(nullptr, log->Error().get()) << "what is missing (decision 0019)";
  EXPECT_THAT(PropertyText(log->Error().get(), L"Description"), testing::HasSubstr("Label"));
  EXPECT_EQ(std::to_string(WBEM_S_PARTIAL_RESULTS), PropertyText(log->Error().get(), L"StatusCode"));
  EXPECT_TRUE(log->WaitReferences(0));
}

// Contract 1.1, 1.4: what is wrong with an argument is said by the call itself, in both forms; outputs are NULL then,
// and a sink is left alone.
TEST_F(ServicesTest, EveryMethodRefusesWrongArgumentsAtOnce) {
  const BSTR text = Literal(L"T_Item");
  const ComPtr<IWbemClassObject> schema = ClassOf("T_Item");
  const ComPtr<IWbemClassObject> instance = GetOne(L"T_Item.Id=\"1\"");
  const auto foreign = ComPtr<IWbemClassObject>::Adopt(new ForeignObject);
  IWbemClassObject* const a_class = schema.get();
  IWbemClassObject* const one = instance.get();
  IWbemClassObject* const other = foreign.get();
  IWbemServices& s = *services_;
  constexpr HRESULT kParameter = WBEM_E_INVALID_PARAMETER;
  constexpr HRESULT kObject = WBEM_E_INVALID_OBJECT;
  constexpr long kBoth = WBEM_FLAG_UPDATE_ONLY | WBEM_FLAG_CREATE_ONLY;

  using Result = IWbemCallResult**;
  const struct {
    const char* what;
    HRESULT expected;
    std::function<HRESULT(Result)> call;
  } single[] = {
      {"PutClass NULL", kParameter, [&](Result r) { return s.PutClass(nullptr, 0, nullptr, r); }},
      {"PutClass of an instance", kObject, [&](Result r) { return s.PutClass(one, 0, nullptr, r); }},
      {"PutClass, foreign", kObject, [&](Result r) { return s.PutClass(other, 0, nullptr, r); }},
      {"PutClass flags", kParameter, [&](Result r) { return s.PutClass(a_class, kBoth, nullptr, r); }},
      {"DeleteClass NULL", kParameter, [&](Result r) { return s.DeleteClass(nullptr, 0, nullptr, r); }},
      {"DeleteClass empty", kParameter, [&](Result r) { return s.DeleteClass(Literal(L""), 0, nullptr, r); }},
      {"PutInstance NULL", kParameter, [&](Result r) { return s.PutInstance(nullptr, 0, nullptr, r); }},
      {"PutInstance of a class", kObject, [&](Result r) { return s.PutInstance(a_class, 0, nullptr, r); }},
      {"PutInstance, foreign", kObject, [&](Result r) { return s.PutInstance(other, 0, nullptr, r); }},
      {"PutInstance flags", kParameter, [&](Result r) { return s.PutInstance(one, kBoth, nullptr, r); }},
      {"DeleteInstance NULL", kParameter, [&](Result r) { return s.DeleteInstance(nullptr, 0, nullptr, r); }},
      {"ExecMethod path", kParameter,
       [&](Result r) { return s.ExecMethod(nullptr, text, 0, nullptr, nullptr, nullptr, r); }},
      {"ExecMethod name", kParameter,
       [&](Result r) { return s.ExecMethod(text, Literal(L""), 0, nullptr, nullptr, nullptr, r); }},
      {"ExecMethod with a class", kObject,
       [&](Result r) { return s.ExecMethod(text, text, 0, nullptr, a_class, nullptr, r); }},
      {"ExecMethod, foreign", kObject,
       [&](Result r) { return s.ExecMethod(text, text, 0, nullptr, other, nullptr, r); }},
      {"OpenNamespace NULL", kParameter, [&](Result r) { return s.OpenNamespace(nullptr, 0, nullptr, nullptr, r); }},
      {"GetObject flags", kParameter, [&](Result r) { return s.GetObject(text, 1, nullptr, nullptr, r); }},
  };
  for (const auto& row : single) {
    SCOPED_TRACE(row.what);
    ComPtr<IWbemCallResult> result;
    EXPECT_EQ(row.expected, row.call(result.Receive()));
    EXPECT_EQ(nullptr, result.get());
    EXPECT_TRUE(TakeErrorObject());
    auto* taken = reinterpret_cast<IWbemCallResult*>(1);
    EXPECT_EQ(kParameter, row.call(&taken)) << "*ppCallResult is not NULL";
  }

  using Enum = IEnumWbemClassObject**;
  const BSTR wql = Literal(L"WQL");
  const struct {
    const char* what;
    HRESULT expected;
    std::function<HRESULT(Enum)> call;
  } several[] = {
      {"CreateClassEnum flags", kParameter, [&](Enum e) { return s.CreateClassEnum(text, 2, nullptr, e); }},
      {"CreateInstanceEnum NULL", kParameter, [&](Enum e) { return s.CreateInstanceEnum(nullptr, 0, nullptr, e); }},
      {"ExecNotificationQuery flags", kParameter,
       [&](Enum e) { return s.ExecNotificationQuery(wql, text, 0, nullptr, e); }},
      {"ExecNotificationQuery forward", kParameter,
       [&](Enum e) { return s.ExecNotificationQuery(wql, text, 0x20, nullptr, e); }},
      {"ExecNotificationQuery query", kParameter,
       [&](Enum e) { return s.ExecNotificationQuery(wql, nullptr, 0x30, nullptr, e); }},
      {"ExecNotificationQuery language", WBEM_E_INVALID_QUERY_TYPE,
       [&](Enum e) { return s.ExecNotificationQuery(text, text, 0x30, nullptr, e); }},
  };
  for (const auto& row : several) {
    SCOPED_TRACE(row.what);
    auto* enumerator = reinterpret_cast<IEnumWbemClassObject*>(1);
    EXPECT_EQ(row.expected, row.call(&enumerator));
    EXPECT_EQ(nullptr, enumerator);
  }
  EXPECT_EQ(kParameter, s.CreateClassEnum(text, 0, nullptr, nullptr));
  EXPECT_EQ(kParameter, s.ExecNotificationQuery(wql, text, 0x30, nullptr, nullptr));
  EXPECT_EQ(kParameter, s.QueryObjectSink(0, nullptr));
  auto* response = reinterpret_cast<IWbemObjectSink*>(1);
  EXPECT_EQ(kParameter, s.QueryObjectSink(1, &response));
  EXPECT_EQ(nullptr, response);
  EXPECT_EQ(kParameter, s.CancelAsyncCall(nullptr));

  using Sink = IWbemObjectSink*;
  const struct {
    const char* what;
    HRESULT expected;
    std::function<HRESULT(Sink)> call;
  } asynchronous[] = {
      {"PutClassAsync", kObject, [&](Sink k) { return s.PutClassAsync(one, 0, nullptr, k); }},
      {"DeleteClassAsync", kParameter, [&](Sink k) { return s.DeleteClassAsync(nullptr, 0, nullptr, k); }},
      {"PutInstanceAsync", kObject, [&](Sink k) { return s.PutInstanceAsync(a_class, 0, nullptr, k); }},
      {"PutInstanceAsync flags", kParameter, [&](Sink k) { return s.PutInstanceAsync(one, kBoth, nullptr, k); }},
      {"DeleteInstanceAsync", kParameter, [&](Sink k) { return s.DeleteInstanceAsync(nullptr, 0, nullptr, k); }},
      {"CreateClassEnumAsync flags", kParameter,
       [&](Sink k) { return s.CreateClassEnumAsync(text, 0x10, nullptr, k); }},
      {"ExecMethodAsync", kParameter, [&](Sink k) { return s.ExecMethodAsync(text, nullptr, 0, nullptr, nullptr, k); }},
      {"ExecMethodAsync object", kObject, [&](Sink k) { return s.ExecMethodAsync(text, text, 0, nullptr, other, k); }},
      {"ExecNotificationQueryAsync flags", kParameter,
       [&](Sink k) { return s.ExecNotificationQueryAsync(wql, text, 0x30, nullptr, k); }},
      {"ExecNotificationQueryAsync language", WBEM_E_INVALID_QUERY_TYPE,
       [&](Sink k) { return s.ExecNotificationQueryAsync(text, text, 0, nullptr, k); }},
  };
  for (const auto& row : asynchronous) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(row.expected, Start(row.call));
    EXPECT_TRUE(TakeErrorObject());
    EXPECT_EQ(kParameter, row.call(nullptr)) << "no sink";
  }
  EXPECT_EQ(kParameter, s.PutClassAsync(a_class, 0, nullptr, nullptr));
  EXPECT_EQ(kParameter, s.PutInstanceAsync(one, 0, nullptr, nullptr));
  EXPECT_EQ(kParameter, s.CreateClassEnumAsync(text, 0, nullptr, nullptr));
  EXPECT_EQ(kParameter, s.ExecNotificationQueryAsync(wql, text, 0, nullptr, nullptr));
}

// Contract 1.3: an empty path asks for an empty class.
TEST_F(ServicesTest, EmptyPathGivesAnEmptyClass) {
  for (const wchar_t* path : {static_cast<const wchar_t*>(nullptr), L""}) {
    const ComPtr<IWbemClassObject> empty = GetOne(path);
    ASSERT_TRUE(empty);
    EXPECT_EQ("(null)", PropertyText(empty.get(), L"__CLASS"));
    EXPECT_EQ("1", PropertyText(empty.get(), L"__GENUS"));
  }
}

// The call's own context counts before the connection's limit; the code is the same in every form.
TEST_F(ServicesTest, CallPastItsTimeEndsInEveryForm) {
  const auto go_on = std::make_shared<Signal>();  // a row may still be waited for when the test has ended
  script_->blocking = provider::Blocking::kPossible;
  script_->before_row = [go_on](std::uint64_t, const provider::Request&) {
    go_on->Wait();
    return Status();
  };
  const ComPtr<IWbemContext> soon = TimeLimit(L"20");
  const BSTR query = Literal(L"SELECT * FROM T_Item");
  ComPtr<IEnumWbemClassObject> rows;
  EXPECT_EQ(WBEM_E_TIMED_OUT, services_->ExecQuery(Literal(L"WQL"), query, 0, soon.get(), rows.Receive()));
  EXPECT_EQ(nullptr, rows.get());
  EXPECT_TRUE(TakeErrorObject());
  ComPtr<IWbemClassObject> object;
  EXPECT_EQ(WBEM_E_TIMED_OUT, services_->GetObject(Literal(L"T_Item='1'"), 0, soon.get(), object.Receive(), nullptr));

  ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecQuery(Literal(L"WQL"), query, 0x30, soon.get(), rows.Receive()));
  ULONG returned = 9;
  EXPECT_EQ(WBEM_E_TIMED_OUT, rows->Next(WBEM_INFINITE, 1, object.Receive(), &returned));
  EXPECT_EQ(0u, returned);

  ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecQuery(Literal(L"WQL"), query, 0x30, soon.get(), rows.Receive()));
  auto next_log = std::make_shared<SinkLog>();
  const HRESULT started = rows->NextAsync(1, ComPtr<TestSink>::Adopt(new TestSink(next_log)).get());
  ASSERT_EQ(WBEM_S_NO_ERROR, started);
  ASSERT_TRUE(next_log->WaitFinals());
  EXPECT_EQ(WBEM_E_TIMED_OUT, next_log->Outcome());
  ASSERT_TRUE(next_log->Error());
  EXPECT_THAT(PropertyText(next_log->Error().get(), L"Description"), testing::HasSubstr("its time of 20 ms was over"));

  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(L"T_Item='1'"), 0, soon.get(), nullptr, result.Receive()));
  long status = 0;
  EXPECT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_INFINITE, &status));
  EXPECT_EQ(WBEM_E_TIMED_OUT, static_cast<HRESULT>(status));

  auto log = std::make_shared<SinkLog>();
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecQueryAsync(Literal(L"WQL"), query, 0, soon.get(), new TestSink(log, 0)));
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(WBEM_E_TIMED_OUT, log->Outcome());
  EXPECT_TRUE(log->Error());

  // A connection with its own limit, and a call that lifts it.
  const auto hurried = com::MakeCom<Services>(engine_->Connect("ROOT\\test", std::chrono::milliseconds(20)).value());
  EXPECT_EQ(WBEM_E_TIMED_OUT, hurried->ExecQuery(Literal(L"WQL"), query, 0, nullptr, rows.Receive()));
  ASSERT_EQ(WBEM_S_NO_ERROR, hurried->ExecQuery(Literal(L"WQL"), query, 0x10, TimeLimit(L"0").get(), rows.Receive()));
  EXPECT_EQ(WBEM_S_TIMEDOUT, rows->Next(50, 1, object.Receive(), &returned));
  go_on->Set();
  EXPECT_EQ(WBEM_S_NO_ERROR, rows->Next(WBEM_INFINITE, 1, object.Receive(), &returned));
}

TEST_F(ServicesTest, MalformedTimeLimitIsRefusedAtOnce) {
  const ComPtr<IWbemContext> malformed = TimeLimit(L"soon");
  EXPECT_EQ(WBEM_E_INVALID_CONTEXT, Start([&](IWbemObjectSink* sink) {
              return services_->GetObjectAsync(Literal(L"T_Item"), 0, malformed.get(), sink);
            }));
  EXPECT_NE(std::string::npos, PropertyText(TakeErrorObject().get(), L"Description").find("milliseconds"));
  ComPtr<IEnumWbemClassObject> rows;
  EXPECT_EQ(WBEM_E_INVALID_CONTEXT,
            services_->CreateInstanceEnum(Literal(L"T_Item"), 0, malformed.get(), rows.Receive()));
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
