#include "asked_library.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace wmi::wql::testing {
namespace {

using conformance::RecordingSink;
using conformance::SinkLog;

constexpr const wchar_t* kNamespace = L"root\\wql";
constexpr const wchar_t* kEvents = L"root\\wql_events";  // of its own, as the files list the classes of the other

// What the event queries ask about, beside the classes that every namespace has.
constexpr const char* kEventClasses = R"mof(
  class T_Alarm : __ExtrinsicEvent { uint32 Level; string Source; boolean Loud; T_Part Place; };
  class T_Fire : T_Alarm {};
  class T_LoudConsumer : __EventConsumer {};
)mof";

BSTR Literal(const wchar_t* text) { return const_cast<BSTR>(text); }

std::string Narrow(BSTR text) { return text == nullptr ? std::string() : Utf8FromWide({text, SysStringLen(text)}); }

std::filesystem::path MakeFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "openwmi-wql-XXXXXX").string();
  EXPECT_NE(mkdtemp(name.data()), nullptr) << name;
  return name;
}

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The object that the last failing call of this thread left; null if it left none.
IWbemClassObjectPtr TakeErrorObject() {
  IErrorInfo* info = nullptr;
  if (GetErrorInfo(0, &info) != S_OK) return nullptr;
  IWbemClassObjectPtr object(info);
  info->Release();
  return object;
}

void Ok(HRESULT code, const char* what) {
  if (code == WBEM_S_NO_ERROR) return;
  ADD_FAILURE() << what << std::hex << ": 0x" << code << " " << ValueText(TakeErrorObject(), L"Description");
}

IWbemServicesPtr Connect(const wchar_t* name_space) {
  IWbemLocatorPtr locator;
  IWbemServicesPtr services;
  Ok(CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                      reinterpret_cast<void**>(&locator)),
     "CoCreateInstance");
  if (!locator) return nullptr;
  Ok(locator->ConnectServer(Literal(name_space), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services),
     "ConnectServer");
  return services;
}

// Reads to the end, or to a failure.
void ReadAll(IEnumWbemClassObject* rows, ULONG batch_rows, CallAnswer& answer) {
  std::vector<IWbemClassObject*> batch(batch_rows);
  for (;;) {
    ULONG returned = 0;
    answer.code = rows->Next(WBEM_INFINITE, batch_rows, batch.data(), &returned);
    for (ULONG i = 0; i < returned && i < batch_rows; ++i) answer.objects.emplace_back(batch[i], false);
    if (answer.code == WBEM_S_NO_ERROR) continue;
    if (answer.code == WBEM_S_FALSE) answer.code = WBEM_S_NO_ERROR;
    return;
  }
}

CallAnswer Enumerate(ULONG batch_rows, const std::function<HRESULT(IEnumWbemClassObject** rows)>& start) {
  CallAnswer answer;
  IEnumWbemClassObjectPtr rows;
  SetErrorInfo(0, nullptr);
  answer.code = start(&rows);
  if (SUCCEEDED(answer.code)) ReadAll(rows, batch_rows, answer);
  if (FAILED(answer.code)) answer.error = TakeErrorObject();
  return answer;
}

// Checks what is true of every sink (contract 1.1): one final status and then its last Release.
CallAnswer Deliver(const std::function<HRESULT(IWbemObjectSink* sink)>& start) {
  CallAnswer answer;
  const auto log = std::make_shared<SinkLog>();
  auto* sink = new RecordingSink(log, 1);
  answer.code = start(sink);
  sink->Release();
  if (FAILED(answer.code)) {
    answer.error = TakeErrorObject();
    return answer;
  }
  EXPECT_TRUE(log->WaitReferences(0));
  log->ExpectOrderly();
  answer.objects = log->Objects();
  const std::vector<SinkLog::Status> finals = log->Finals();
  EXPECT_EQ(finals.size(), 1U);
  if (finals.empty()) return answer;
  answer.code = finals.front().code;
  answer.error = finals.front().object;
  return answer;
}

}  // namespace

const char* Name(CallForm form) {
  switch (form) {
    case CallForm::kSync:
      return "Sync";
    case CallForm::kSemisync:
      return "Semisync";
    case CallForm::kAsync:
      return "Async";
  }
  return "?";
}

AskedLibrary::AskedLibrary() : folder_(MakeFolder()) {
  setenv("OPENWMI_REPOSITORY", folder_.c_str(), 1);
  Ok(CoInitializeEx(nullptr, COINIT_MULTITHREADED), "CoInitializeEx");
  Ok(CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE,
                          nullptr, EOAC_NONE, nullptr),
     "CoInitializeSecurity");
  const std::string world = ReadText(std::string(WMI_SOURCE_DIR) + "/tests/wql/world.mof");
  CreateNamespace(L"wql");
  CreateNamespace(L"wql_events");
  Compile(world, kNamespace);
  Compile(world, kEvents);
  Compile(kEventClasses, kEvents);
  services_ = Connect(kNamespace);
  events_ = Connect(kEvents);
  IWbemClassObjectPtr schema;
  Ok(services_->GetObject(Literal(L"T_Thing"), 0, nullptr, &schema, nullptr), "T_Thing");
  server_ = ValueText(schema, L"__SERVER");
}

AskedLibrary::~AskedLibrary() {
  services_ = nullptr;
  events_ = nullptr;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void AskedLibrary::CreateNamespace(const wchar_t* named) {
  const IWbemServicesPtr root = Connect(L"root");
  IWbemClassObjectPtr schema;
  IWbemClassObjectPtr instance;
  Ok(root->GetObject(Literal(L"__NAMESPACE"), 0, nullptr, &schema, nullptr), "__NAMESPACE");
  Ok(schema->SpawnInstance(0, &instance), "SpawnInstance");
  _variant_t name(named);
  Ok(instance->Put(L"Name", 0, &name, 0), "Put");
  Ok(root->PutInstance(instance, WBEM_FLAG_CREATE_ONLY, nullptr, nullptr), "PutInstance");
}

void AskedLibrary::Compile(const std::string& text, const wchar_t* name_space) {
  IMofCompilerPtr compiler;
  Ok(CoCreateInstance(CLSID_MofCompiler, nullptr, CLSCTX_INPROC_SERVER, IID_IMofCompiler,
                      reinterpret_cast<void**>(&compiler)),
     "CoCreateInstance");
  std::string copy = text;
  WBEM_COMPILE_STATUS_INFO info = {};
  Ok(compiler->CompileBuffer(static_cast<long>(copy.size()), reinterpret_cast<BYTE*>(copy.data()), Literal(name_space),
                             nullptr, nullptr, nullptr, 0, 0, 0, &info),
     "CompileBuffer");
  EXPECT_EQ(info.hRes, WBEM_S_NO_ERROR) << "object " << info.ObjectNum << ", lines " << info.FirstLine << " to "
                                        << info.LastLine;
}

CallAnswer AskedLibrary::Query(const std::string& query, CallForm form, long flags) {
  const std::wstring wide = WideFromUtf8(query);
  const BSTR text = Literal(wide.c_str());
  if (form == CallForm::kAsync) {
    return Deliver(
        [&](IWbemObjectSink* sink) { return services_->ExecQueryAsync(Literal(L"WQL"), text, flags, nullptr, sink); });
  }
  const bool is_sync = form == CallForm::kSync;
  if (!is_sync) flags |= WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY;
  return Enumerate(is_sync ? 100 : 1, [&](IEnumWbemClassObject** rows) {
    return services_->ExecQuery(Literal(L"WQL"), text, flags, nullptr, rows);
  });
}

CallAnswer AskedLibrary::Subscribe(const std::string& query, CallForm form) {
  const std::wstring wide = WideFromUtf8(query);
  const BSTR text = Literal(wide.c_str());
  if (form == CallForm::kAsync) {
    return Deliver([&](IWbemObjectSink* sink) {
      return events_->ExecNotificationQueryAsync(Literal(L"WQL"), text, 0, nullptr, sink);
    });
  }
  return Enumerate(1, [&](IEnumWbemClassObject** rows) {
    return events_->ExecNotificationQuery(Literal(L"WQL"), text, WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY,
                                          nullptr, rows);
  });
}

std::string ValueText(IWbemClassObject* object, const std::wstring& property) {
  _variant_t value;
  if (object == nullptr || FAILED(object->Get(property.c_str(), 0, &value, nullptr, nullptr))) return "?";
  switch (value.vt) {
    case VT_BSTR:
      return Narrow(value.bstrVal);
    case VT_BOOL:
      return value.boolVal == VARIANT_FALSE ? "FALSE" : "TRUE";
    case VT_I2:
      return std::to_string(value.iVal);
    case VT_UI1:
      return std::to_string(value.bVal);
    case VT_I4:
      return std::to_string(static_cast<std::int32_t>(value.lVal));  // the upper half of a long is no part of VT_I4
    default:
      return "?";
  }
}

std::vector<std::wstring> PropertyNames(IWbemClassObject* object, long flags) {
  std::vector<std::wstring> names;
  SAFEARRAY* array = nullptr;
  Ok(object->GetNames(nullptr, flags, nullptr, &array), "GetNames");
  if (array == nullptr) return names;
  long last = -1;
  Ok(SafeArrayGetUBound(array, 1, &last), "SafeArrayGetUBound");
  for (long i = 0; i <= last; ++i) {
    BSTR name = nullptr;
    Ok(SafeArrayGetElement(array, &i, &name), "SafeArrayGetElement");
    names.emplace_back(name, SysStringLen(name));
    SysFreeString(name);
  }
  SafeArrayDestroy(array);
  return names;
}

}  // namespace wmi::wql::testing
