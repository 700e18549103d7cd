#include "providers/registry/std_reg_prov.h"

#include <fmt/format.h>
#include <unistd.h>
#include <winreg.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "win32/registry/registry_call.h"
#include "win32/registry/value_file.h"

namespace wmi::registry {
namespace {

using win32::ErrorCode;
using win32::KeyPath;
using win32::RegistryStore;
using win32::RegistryValue;

// What the methods return besides the error numbers: a key that is there without the value is told from one that is
// not there, and a value of another type has a number of WMI.
constexpr std::uint64_t kNoSuchValue = ERROR_INVALID_FUNCTION;
constexpr std::uint64_t kTypeMismatch = 0x80041005u;

constexpr std::uint64_t kFirstHive = 0x80000000u;
constexpr std::uint64_t kLastHive = 0x80000003u;
constexpr std::uint64_t kLocalMachine = 0x80000002u;

// One call: the arguments, and the answer that is being put together.
class Call {
 public:
  explicit Call(const provider::MethodRequest& request) : request_(request) {}

  cim::ValueView In(std::string_view name) const {
    if (!request_.in) return {};
    const auto slot = request_.in.schema().FindSlot(name);
    return slot ? request_.in.slot(*slot) : cim::ValueView();
  }
  // "" for NULL.
  std::string InText(std::string_view name) const {
    const cim::ValueView value = In(name);
    return value.kind() == cim::ValueKind::kText ? std::string(value.text()) : std::string();
  }
  std::optional<std::uint64_t> InNumber(std::string_view name) const {
    const cim::ValueView value = In(name);
    if (value.kind() != cim::ValueKind::kUnsigned) return std::nullopt;
    return value.unsigned_integer();
  }

  void SetOut(std::string_view name, cim::Value value) {
    if (!request_.method->out) return;
    if (const auto slot = request_.method->out->FindSlot(name)) out_.emplace_back(*slot, std::move(value));
  }

  Result<cim::Object> Return(std::uint64_t return_value) {
    if (!request_.method->out) return cim::Object();
    SetOut("ReturnValue", cim::Value::Unsigned(return_value));
    cim::RowBlockBuilder row;
    row.BeginRow(request_.method->out);
    for (const auto& [slot, value] : out_) row.Set(slot, value.view());
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    return std::move(built.front());
  }

  // Calls `body(store, path)` for the key of the call. Only the hives that stand for themselves are taken: other
  // handles are of the program and mean nothing to a client of WMI.
  template <typename Body>
  std::uint64_t WithKey(Body body) const {
    const std::uint64_t hive = InNumber("hDefKey").value_or(kLocalMachine);
    if (hive < kFirstHive || hive > kLastHive) return ERROR_INVALID_HANDLE;
    const auto number = static_cast<LONG_PTR>(static_cast<std::int32_t>(hive));
    const HKEY handle = reinterpret_cast<HKEY>(number);  // NOLINT(performance-no-int-to-ptr): handles are numbers
    return win32::WithKey(handle, InText("sSubKeyName"), 0, std::move(body));
  }

  bool names_key() const { return !InText("sSubKeyName").empty(); }

 private:
  const provider::MethodRequest& request_;
  std::vector<std::pair<std::size_t, cim::Value>> out_;
};

// NULL for an empty list, as programs written for Windows test it.
cim::Value ListOf(const std::vector<std::string>& texts) {
  if (texts.empty()) return {};
  std::vector<cim::Value> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.push_back(cim::Value::Text(text));
  return cim::Value::Array(std::move(items));
}

// Keys

std::uint64_t CreateKey(Call& call) {
  if (!call.names_key()) return ERROR_INVALID_PARAMETER;
  return call.WithKey([](RegistryStore& store, const KeyPath& path) {
    bool created = false;
    return store.Create(path, created);
  });
}

std::uint64_t DeleteKey(Call& call) {
  if (!call.names_key()) return ERROR_INVALID_PARAMETER;
  return call.WithKey([](RegistryStore& store, const KeyPath& path) { return store.DeleteKey(path); });
}

std::uint64_t EnumKey(Call& call) {
  std::vector<std::string> names;
  const std::uint64_t error =
      call.WithKey([&](const RegistryStore& store, const KeyPath& path) { return store.SubKeys(path, names); });
  if (error == ERROR_SUCCESS) call.SetOut("sNames", ListOf(names));
  return error;
}

std::uint64_t EnumValues(Call& call) {
  std::vector<std::string> names;
  std::vector<cim::Value> types;
  const std::uint64_t error = call.WithKey([&](const RegistryStore& store, const KeyPath& path) -> ErrorCode {
    std::vector<std::string> all;
    if (const ErrorCode listed = store.ValueNames(path, all); listed != ERROR_SUCCESS) return listed;
    for (std::string& name : all) {
      RegistryValue value;
      const ErrorCode read = store.Read(path, name, value);
      // One that was deleted meanwhile.
      if (read == ERROR_FILE_NOT_FOUND) continue;
      if (read != ERROR_SUCCESS) return read;
      names.push_back(std::move(name));
      types.push_back(cim::Value::Signed(static_cast<std::int64_t>(value.type)));
    }
    return ERROR_SUCCESS;
  });
  if (error != ERROR_SUCCESS || names.empty()) return error;
  call.SetOut("sNames", ListOf(names));
  call.SetOut("Types", cim::Value::Array(std::move(types)));
  return error;
}

// Whether the files of the registry may be written, or made where there are none yet.
bool MayWrite(std::string folder) {
  while (folder.size() > 1 && ::access(folder.c_str(), F_OK) != 0)
    folder.resize(std::max<std::size_t>(1, folder.rfind('/')));
  return ::access(folder.c_str(), W_OK | X_OK) == 0;
}

std::uint64_t CheckAccess(Call& call) {
  constexpr std::uint64_t kDelete = 0x10000;
  constexpr std::uint64_t kReadControl = 0x20000;
  constexpr std::uint64_t kReads = KEY_QUERY_VALUE | KEY_ENUMERATE_SUB_KEYS | kReadControl;
  constexpr std::uint64_t kWrites = KEY_SET_VALUE | KEY_CREATE_SUB_KEY | kDelete;
  const std::uint64_t asked = call.InNumber("uRequired").value_or(KEY_QUERY_VALUE | KEY_SET_VALUE);
  bool is_granted = false;
  const std::uint64_t error = call.WithKey([&](const RegistryStore& store, const KeyPath& path) {
    const ErrorCode exists = store.Exists(path);
    if (exists == ERROR_SUCCESS) {
      // Links, notifications and owners are not there: nobody has the right to them.
      is_granted = (asked & ~(kReads | kWrites)) == 0 && ((asked & kWrites) == 0 || MayWrite(store.root()));
    }
    return exists;
  });
  call.SetOut("bGranted", cim::Value::Boolean(is_granted));
  return error;
}

// Values

std::uint64_t ReadValue(Call& call, DWORD type, RegistryValue& value) {
  bool has_key = false;
  const std::uint64_t error = call.WithKey([&](const RegistryStore& store, const KeyPath& path) {
    has_key = store.Exists(path) == ERROR_SUCCESS;
    return store.Read(path, call.InText("sValueName"), value);
  });
  if (error == ERROR_FILE_NOT_FOUND && has_key) return kNoSuchValue;
  if (error != ERROR_SUCCESS) return error;
  return value.type == type ? std::uint64_t{ERROR_SUCCESS} : kTypeMismatch;
}

std::uint64_t WriteValue(const Call& call, RegistryValue value) {
  const std::string name = call.InText("sValueName");
  if (const ErrorCode error = win32::CheckName(name); error != ERROR_SUCCESS) return error;
  if (value.data.size() > limits::kRegistryValueBytesMax) return ERROR_NO_SYSTEM_RESOURCES;
  return call.WithKey([&](RegistryStore& store, const KeyPath& path) { return store.Write(path, name, value); });
}

std::uint64_t DeleteValue(Call& call) {
  return call.WithKey(
      [&](RegistryStore& store, const KeyPath& path) { return store.DeleteValue(path, call.InText("sValueName")); });
}

std::uint64_t GetNumber(Call& call, DWORD type) {
  RegistryValue value;
  const std::uint64_t error = ReadValue(call, type, value);
  if (error == ERROR_SUCCESS) call.SetOut("uValue", cim::Value::Unsigned(win32::NumberOfBytes(value.data)));
  return error;
}

std::uint64_t SetNumber(const Call& call, DWORD type) {
  const std::optional<std::uint64_t> number = call.InNumber("uValue");
  return number ? WriteValue(call, {type, win32::BytesOfNumber(*number)}) : ERROR_INVALID_PARAMETER;
}

std::uint64_t GetText(Call& call, DWORD type) {
  RegistryValue value;
  const std::uint64_t error = ReadValue(call, type, value);
  if (error == ERROR_SUCCESS) call.SetOut("sValue", cim::Value::Text(std::move(value.data)));
  return error;
}

std::uint64_t SetText(const Call& call, DWORD type) {
  const cim::ValueView text = call.In("sValue");
  if (text.kind() != cim::ValueKind::kText) return ERROR_INVALID_PARAMETER;
  return WriteValue(call, {type, std::string(text.text())});
}

std::uint64_t GetDword(Call& call) { return GetNumber(call, REG_DWORD); }
std::uint64_t SetDword(Call& call) { return SetNumber(call, REG_DWORD); }
std::uint64_t GetQword(Call& call) { return GetNumber(call, REG_QWORD); }
std::uint64_t SetQword(Call& call) { return SetNumber(call, REG_QWORD); }
std::uint64_t GetString(Call& call) { return GetText(call, REG_SZ); }
std::uint64_t SetString(Call& call) { return SetText(call, REG_SZ); }
std::uint64_t SetExpanded(Call& call) { return SetText(call, REG_EXPAND_SZ); }

std::uint64_t GetExpanded(Call& call) {
  RegistryValue value;
  const std::uint64_t error = ReadValue(call, REG_EXPAND_SZ, value);
  if (error == ERROR_SUCCESS) call.SetOut("sValue", cim::Value::Text(win32::ExpandedText(value.data)));
  return error;
}

std::uint64_t GetMultiple(Call& call) {
  RegistryValue value;
  const std::uint64_t error = ReadValue(call, REG_MULTI_SZ, value);
  if (error != ERROR_SUCCESS) return error;
  std::vector<cim::Value> texts;
  std::string_view rest = value.data;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    texts.push_back(cim::Value::Text(std::string(rest.substr(0, end))));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  call.SetOut("sValue", cim::Value::Array(std::move(texts)));
  return error;
}

std::uint64_t SetMultiple(Call& call) {
  const cim::ValueView texts = call.In("sValue");
  if (texts.kind() != cim::ValueKind::kArray) return ERROR_INVALID_PARAMETER;
  RegistryValue value{REG_MULTI_SZ, {}};
  for (const cim::ValueView text : texts.items()) {
    if (text.kind() != cim::ValueKind::kText) return ERROR_INVALID_PARAMETER;
    value.data += text.text();
    value.data += '\0';
  }
  return WriteValue(call, std::move(value));
}

std::uint64_t GetBinary(Call& call) {
  RegistryValue value;
  const std::uint64_t error = ReadValue(call, REG_BINARY, value);
  if (error != ERROR_SUCCESS) return error;
  std::vector<cim::Value> bytes;
  bytes.reserve(value.data.size());
  for (const char byte : value.data) bytes.push_back(cim::Value::Unsigned(static_cast<unsigned char>(byte)));
  call.SetOut("uValue", cim::Value::Array(std::move(bytes)));
  return error;
}

std::uint64_t SetBinary(Call& call) {
  const cim::ValueView bytes = call.In("uValue");
  if (bytes.kind() != cim::ValueKind::kArray) return ERROR_INVALID_PARAMETER;
  RegistryValue value{REG_BINARY, {}};
  for (const cim::ValueView byte : bytes.items()) {
    if (byte.kind() != cim::ValueKind::kUnsigned) return ERROR_INVALID_PARAMETER;
    value.data += static_cast<char>(byte.unsigned_integer());
  }
  return WriteValue(call, std::move(value));
}

struct MethodRow {
  std::string_view name;
  std::uint64_t (*run)(Call& call);
};

constexpr MethodRow kMethods[] = {
    {"CheckAccess", CheckAccess},         {"CreateKey", CreateKey},    {"DeleteKey", DeleteKey},
    {"DeleteValue", DeleteValue},         {"EnumKey", EnumKey},        {"EnumValues", EnumValues},
    {"GetBinaryValue", GetBinary},        {"GetDWORDValue", GetDword}, {"GetExpandedStringValue", GetExpanded},
    {"GetMultiStringValue", GetMultiple}, {"GetQWORDValue", GetQword}, {"GetStringValue", GetString},
    {"SetBinaryValue", SetBinary},        {"SetDWORDValue", SetDword}, {"SetExpandedStringValue", SetExpanded},
    {"SetMultiStringValue", SetMultiple}, {"SetQWORDValue", SetQword}, {"SetStringValue", SetString},
};

class EmptyStream final : public provider::InstanceStream {
 public:
  Result<provider::ReadState> Read(provider::RowWriter&) override { return provider::ReadState::kEnd; }
};

}  // namespace

Result<std::unique_ptr<provider::InstanceStream>> StdRegProv::Open(const provider::Request&) {
  return std::unique_ptr<provider::InstanceStream>(std::make_unique<EmptyStream>());
}

Result<cim::Object> StdRegProv::Execute(const provider::MethodRequest& request) {
  for (const MethodRow& method : kMethods) {
    if (!EqualFolded(method.name, request.method->name)) continue;
    Call call(request);
    const std::uint64_t error = method.run(call);
    return call.Return(error);
  }
  return Status(code::kProviderNotCapable,
                fmt::format("StdRegProv.{} is not available, because the registry of the user has no security "
                            "descriptors",
                            request.method->name));
}

std::vector<std::string_view> StdRegProv::Methods() {
  std::vector<std::string_view> names;
  for (const MethodRow& method : kMethods) names.push_back(method.name);
  return names;
}

void RegisterRegistryProvider(provider::Registry& registry) {
  registry.Register("StdRegProv", std::make_unique<StdRegProv>());
}

}  // namespace wmi::registry
