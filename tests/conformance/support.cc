#include "support.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace wmi::conformance {
namespace {

constexpr ULONG kBatch = 7;  // no divisor of the usual sizes, so that the last batch is short

// Reads to the end. `code` is what the enumeration ended with.
std::vector<IWbemClassObjectPtr> ReadAll(IEnumWbemClassObject* rows, HRESULT& code) {
  std::vector<IWbemClassObjectPtr> objects;
  const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
  do {
    IWbemClassObject* batch[kBatch] = {};
    ULONG returned = 12345;
    code = rows->Next(WBEM_INFINITE, kBatch, batch, &returned);
    EXPECT_LE(returned, kBatch) << "5.2: *puReturned is always written";
    if (returned > kBatch) break;
    if (FAILED(code)) {
      EXPECT_EQ(0u, returned) << "5.2: nothing comes with an error";
    }
    for (ULONG i = 0; i < returned; ++i) objects.emplace_back(batch[i], false);
  } while (code == WBEM_S_NO_ERROR && std::chrono::steady_clock::now() < deadline);
  if (code == WBEM_S_FALSE) code = WBEM_S_NO_ERROR;
  return objects;
}

Outcome RunRows(const Call& call, Form form, long flags) {
  long with = flags;
  if (form != Form::kSync) with |= WBEM_FLAG_RETURN_IMMEDIATELY;
  if (form == Form::kSemisyncForward) with |= WBEM_FLAG_FORWARD_ONLY;
  Outcome outcome;
  IEnumWbemClassObjectPtr rows;
  outcome.started = outcome.code = call.enumerate(with, &rows);
  if (FAILED(outcome.started)) {
    EXPECT_EQ(nullptr, rows.GetInterfacePtr()) << "an output is NULL after an error";
  } else {
    outcome.objects = ReadAll(rows, outcome.code);
  }
  if (FAILED(outcome.code)) outcome.error = TakeErrorObject();
  return outcome;
}

// What the accessor of the method gives (contract 5.3).
void ReadResult(const Call& call, IWbemCallResult* result, Outcome& outcome) {
  long status = 12345;
  EXPECT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_INFINITE, &status));
  outcome.code = static_cast<HRESULT>(status);
  HRESULT read = outcome.code;
  if (call.gives == Call::Gives::kObject) {
    IWbemClassObjectPtr object;
    read = result->GetResultObject(WBEM_INFINITE, &object);
    if (object) outcome.objects.push_back(object);
  } else if (call.gives == Call::Gives::kPath) {
    BSTR path = nullptr;
    read = result->GetResultString(WBEM_INFINITE, &path);
    outcome.has_text = path != nullptr;
    outcome.text = Narrow(path);
    SysFreeString(path);
  }
  if (FAILED(outcome.code)) {
    EXPECT_EQ(outcome.code, read) << "5.3: accessors fail with the error";
    outcome.error = TakeErrorObject();
  }
}

Outcome RunSingle(const Call& call, Form form, long flags) {
  Outcome outcome;
  IWbemClassObjectPtr object;
  IWbemCallResultPtr result;
  const bool gives_object = call.gives == Call::Gives::kObject;
  switch (form) {
    case Form::kSync:
      outcome.started = outcome.code = call.single(flags, gives_object ? &object : nullptr, nullptr);
      break;
    case Form::kSemisyncForward:
      outcome.started = outcome.code = call.single(flags | WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, &result);
      break;
    default:
      outcome.started = outcome.code = call.single(flags, nullptr, &result);
      break;
  }
  if (object) outcome.objects.push_back(object);
  if (SUCCEEDED(outcome.started) && form != Form::kSync) {
    EXPECT_TRUE(result) << "a call result that was asked for is there";
    if (result) ReadResult(call, result, outcome);
  } else if (FAILED(outcome.started)) {
    EXPECT_EQ(nullptr, object.GetInterfacePtr());
    EXPECT_EQ(nullptr, result.GetInterfacePtr());
    outcome.error = TakeErrorObject();
  }
  return outcome;
}

Outcome RunAsync(const Call& call, long flags) {
  Outcome outcome;
  const auto log = std::make_shared<SinkLog>();
  auto* sink = new RecordingSink(log, 0);
  outcome.started = outcome.code = call.async(flags, sink);
  if (FAILED(outcome.started)) {
    EXPECT_EQ(1, log->Alive()) << "1.1: a refused start leaves the sink alone";
    EXPECT_EQ(0, log->References());
    EXPECT_TRUE(log->Finals().empty());
    EXPECT_EQ(0u, log->Batches());
    sink->AddRef();
    sink->Release();
    outcome.error = TakeErrorObject();
    return outcome;
  }
  EXPECT_EQ(0, outcome.started) << "0: an accepted start is exactly 0";
  EXPECT_FALSE(TakeErrorObject()) << "0.5: a started call leaves no error object behind";
  EXPECT_TRUE(log->WaitReferences(0)) << "1.1: the sink is released after the final status";
  EXPECT_EQ(0, log->Alive());
  log->ExpectOrderly();
  const std::vector<SinkLog::Status> finals = log->Finals();
  EXPECT_EQ(1u, finals.size());
  EXPECT_TRUE(log->Others().empty()) << "1.1: without SEND_STATUS there is one SetStatus";
  if (finals.empty()) return outcome;
  outcome.code = finals.front().code;
  outcome.objects = log->Objects();
  outcome.has_text = finals.front().has_text;
  outcome.text = finals.front().text;
  outcome.error = finals.front().object;
  if (SUCCEEDED(outcome.code)) {
    EXPECT_FALSE(outcome.error) << "1.2: success carries no object";
  }
  return outcome;
}

// GoogleTest takes letters, digits and underscores: "5_2_Next_BadArguments".
std::string TestName(std::string name, const char* what) {
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name + "_" + what;
}

}  // namespace

// ---- text -----------------------------------------------------------------------------------------------------------

std::string Narrow(const wchar_t* text) {
  std::string narrow;
  for (; text != nullptr && *text != L'\0'; ++text) narrow += static_cast<char>(*text);
  return narrow;
}

const char* Name(Form form) {
  switch (form) {
    case Form::kSync:
      return "Sync";
    case Form::kSemisyncForward:
      return "SemisyncForward";
    case Form::kSemisyncRewindable:
      return "SemisyncRewindable";
    case Form::kAsync:
      return "Async";
  }
  return "";
}

std::string Text(IWbemClassObject* object, const wchar_t* property) {
  _variant_t value;
  if (object == nullptr || FAILED(object->Get(property, 0, &value, nullptr, nullptr))) return "(error)";
  switch (value.vt) {
    case VT_NULL:
      return "(null)";
    case VT_BSTR:
      return Narrow(value.bstrVal);
    case VT_I4:
      return std::to_string(static_cast<std::int32_t>(value.lVal));  // the upper half of a long is no part of VT_I4
    case VT_BOOL:
      return value.boolVal == VARIANT_FALSE ? "FALSE" : "TRUE";
    default:
      return "(type " + std::to_string(value.vt) + ")";
  }
}

void SetText(IWbemClassObject* object, const wchar_t* property, const wchar_t* value) {
  _variant_t variant(value);
  EXPECT_EQ(WBEM_S_NO_ERROR, object->Put(property, 0, &variant, 0));
}

void SetNumber(IWbemClassObject* object, const wchar_t* property, long value) {
  _variant_t variant(value, VT_I4);
  EXPECT_EQ(WBEM_S_NO_ERROR, object->Put(property, 0, &variant, 0));
}

IWbemClassObjectPtr TakeErrorObject() {
  IErrorInfo* info = nullptr;
  if (GetErrorInfo(0, &info) != S_OK) return nullptr;
  IWbemClassObjectPtr object(info);  // asks for IID_IWbemClassObject (contract 0.5)
  info->Release();
  return object;
}

std::vector<std::string> Outcome::Names() const {
  std::vector<std::string> names;
  for (const IWbemClassObjectPtr& object : objects) {
    const std::string path = Text(object, L"__RELPATH");
    names.push_back(path == "(null)" || path == "(error)" ? Text(object, L"__CLASS") : path);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// ---- running --------------------------------------------------------------------------------------------------------

Outcome RunCall(const Call& call, Form form, long flags) {
  // No trace here: a sink calls from a thread of the library, and what a trace leaves there ends with that thread,
  // which may be after the test's own end.
  SetErrorInfo(0, nullptr);
  if (form == Form::kAsync) return RunAsync(call, flags);
  return call.gives == Call::Gives::kRows ? RunRows(call, form, flags) : RunSingle(call, form, flags);
}

std::unique_ptr<World> ReadingCallRowTest::world_;

void CallRowTest::Check() {
  World world;
  CheckIn(world);
}

void CallRowTest::CheckIn(World& world) {
  const auto& [row, form] = GetParam();
  SCOPED_TRACE(std::string("contract ") + row.source);
  RecordProperty("source", row.source);
  ASSERT_TRUE(world.services);
  const Call call = row.call(world);
  SCOPED_TRACE(call.operation + " " + Name(form));
  const Outcome outcome = RunCall(call, form, row.flags);
  EXPECT_EQ(row.code, outcome.code) << std::hex << "0x" << outcome.code << ": " << Text(outcome.error, L"Description");
  const bool at_once = row.when == CallRow::When::kAtOnce;
  // Late everywhere but in the synchronous form, which has one moment only (contract 1.1).
  if (form != Form::kSync) {
    EXPECT_EQ(at_once ? row.code : WBEM_S_NO_ERROR, outcome.started);
  }
  if (FAILED(row.code)) {
    // Without an accessor of its own a semisynchronous call has no failing method after which to ask for the object.
    const bool semisync = form == Form::kSemisyncForward || form == Form::kSemisyncRewindable;
    if (semisync && !at_once && call.gives == Call::Gives::kNothing) return;
    ASSERT_TRUE(outcome.error) << "0.5: a failure comes with an object";
    EXPECT_EQ("__ExtendedStatus", Text(outcome.error, L"__CLASS"));
    EXPECT_EQ(call.operation, Text(outcome.error, L"Operation"));
    EXPECT_EQ(std::to_string(row.code), Text(outcome.error, L"StatusCode"));
    EXPECT_TRUE(outcome.objects.empty());
    EXPECT_FALSE(outcome.has_text);
    return;
  }
  if (call.gives == Call::Gives::kPath) {
    // The synchronous form has nowhere to say it.
    if (form != Form::kSync) {
      EXPECT_EQ(row.names, std::vector<std::string>{outcome.text});
    }
    EXPECT_TRUE(outcome.objects.empty()) << "1.2: a put indicates nothing";
    return;
  }
  EXPECT_EQ(row.names, outcome.Names());
  EXPECT_FALSE(outcome.has_text) << "1.2: strParam is NULL but for PutInstance";
}

std::string RowName(const testing::TestParamInfo<Row>& info) { return TestName(info.param.source, info.param.what); }

std::string CallRowName(const testing::TestParamInfo<std::tuple<CallRow, Form>>& info) {
  const CallRow& row = std::get<0>(info.param);
  return TestName(row.source, row.what) + "_" + Name(std::get<1>(info.param));
}

}  // namespace wmi::conformance
