#include "api/call_context.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/class_object.h"
#include "api/context.h"
#include "api/input.h"
#include "base/limits.h"
#include "cim/value.h"
#include "com/bstr.h"
#include "com/variant.h"
#include "engine/session.h"

namespace wmi::api {
namespace {

constexpr char kTimeLimitName[] = "OPENWMI_TIMEOUT_MS";
constexpr char kTimeLimitSetting[] = "TimeoutMs";
constexpr char kTimeLimitForm[] = "a number of milliseconds up to 4294967295, 0 or -1 for no limit";
constexpr std::int64_t kTimeLimitMsMax = 0xffff'ffff;

// ---- values ---------------------------------------------------------------------------------------------------------

// What only a COM provider can use stays NULL here, and whole in the original.
cim::Value ObjectValue(IUnknown* unknown) {
  const ClassObject* object = ClassObject::From(unknown);
  return object == nullptr ? cim::Value() : cim::Value::OfObject(object->object());
}

cim::Value TextValue(const wchar_t* text) { return cim::Value::Text(com::Utf8FromInput(text)); }

cim::Value ScalarValue(const VARIANT& variant) {
  switch (variant.vt) {
    case VT_BOOL:
      return cim::Value::Boolean(variant.boolVal != VARIANT_FALSE);
    case VT_I1:
      return cim::Value::Signed(static_cast<std::int8_t>(variant.cVal));
    case VT_I2:
      return cim::Value::Signed(variant.iVal);
    case VT_I4:
    case VT_INT:
      return cim::Value::Signed(com::LowSint32(variant));
    case VT_I8:
      return cim::Value::Signed(variant.llVal);
    case VT_UI1:
      return cim::Value::Unsigned(variant.bVal);
    case VT_UI2:
      return cim::Value::Unsigned(variant.uiVal);
    case VT_UI4:
    case VT_UINT:
      return cim::Value::Unsigned(com::LowUint32(variant));
    case VT_UI8:
      return cim::Value::Unsigned(variant.ullVal);
    case VT_R4:
      return cim::Value::Real(static_cast<double>(variant.fltVal));
    case VT_R8:
      return cim::Value::Real(variant.dblVal);
    case VT_BSTR:
      return TextValue(variant.bstrVal);
    case VT_UNKNOWN:
      return ObjectValue(variant.punkVal);
    default:
      return {};
  }
}

cim::Value ItemValue(VARTYPE type, const void* data, std::size_t index) {
  switch (type) {
    case VT_BOOL:
      return cim::Value::Boolean(static_cast<const VARIANT_BOOL*>(data)[index] != VARIANT_FALSE);
    case VT_I4:  // in 64 bits, of which the low 32 count (decisions 3 and 6)
      return cim::Value::Signed(static_cast<std::int32_t>(static_cast<const LONG*>(data)[index]));
    case VT_R8:
      return cim::Value::Real(static_cast<const double*>(data)[index]);
    case VT_BSTR:
      return TextValue(static_cast<const BSTR*>(data)[index]);
    case VT_UNKNOWN:
      return ObjectValue(static_cast<IUnknown* const*>(data)[index]);
    default:
      return {};
  }
}

bool IsItemType(VARTYPE type) {
  return type == VT_BOOL || type == VT_I4 || type == VT_R8 || type == VT_BSTR || type == VT_UNKNOWN;
}

// NULL for an array that a context of ours would not have taken.
cim::Value ArrayValue(VARTYPE type, SAFEARRAY* array) {
  LONG lower = 0;
  LONG upper = -1;
  void* data = nullptr;
  if (array == nullptr || !IsItemType(type) || SafeArrayGetDim(array) != 1 ||
      FAILED(SafeArrayGetLBound(array, 1, &lower)) || FAILED(SafeArrayGetUBound(array, 1, &upper)) ||
      FAILED(SafeArrayAccessData(array, &data))) {
    return {};
  }
  const auto unlock = [](SAFEARRAY* locked) { SafeArrayUnaccessData(locked); };
  const std::unique_ptr<SAFEARRAY, decltype(unlock)> access(array, unlock);
  const auto count = upper < lower ? 0 : static_cast<std::size_t>(upper - lower) + 1;
  if (count > limits::kArrayLengthMax) return {};
  std::vector<cim::Value> items;
  items.reserve(count);
  for (std::size_t i = 0; i < count; ++i) items.push_back(ItemValue(type, data, i));
  return cim::Value::Array(std::move(items));
}

cim::Value ValueOf(const VARIANT& variant) {
  if ((variant.vt & VT_BYREF) != 0) return {};
  if ((variant.vt & VT_ARRAY) == 0) return ScalarValue(variant);
  return ArrayValue(static_cast<VARTYPE>(variant.vt & ~VT_ARRAY), variant.parray);
}

// ---- contexts of others ---------------------------------------------------------------------------------------------

Status Broken(std::string_view method, HRESULT hr) {
  return Status(code::kInvalidContext, fmt::format("the context's own {} failed with 0x{:08x} ({})", method,
                                                   static_cast<std::uint32_t>(hr), CodeName(hr)));
}

// One name and value out of a foreign enumeration.
struct ForeignEntry {
  ForeignEntry() { com::SetEmpty(value); }
  ~ForeignEntry() {
    SysFreeString(name);
    VariantClear(&value);
  }
  ForeignEntry(const ForeignEntry&) = delete;
  ForeignEntry& operator=(const ForeignEntry&) = delete;

  BSTR name = nullptr;
  VARIANT value;
};

Status CopyValues(IWbemContext& from, Context& to) {
  HRESULT hr = from.BeginEnumeration(0);
  if (FAILED(hr)) return Broken("BeginEnumeration", hr);
  for (std::size_t count = 0;; ++count) {
    ForeignEntry entry;
    hr = from.Next(0, &entry.name, &entry.value);
    if (FAILED(hr)) return Broken("Next", hr);
    if (hr == WBEM_S_NO_MORE_DATA) break;
    if (IsBlank(entry.name)) return Status(code::kInvalidContext, "the context's own Next gave no name");
    if (count == limits::kPropertiesMax) {
      return Status(code::kQuotaViolation,
                    fmt::format("the context has more than {} values, which is the limit", limits::kPropertiesMax));
    }
    const Code added = to.Add(ReadText(entry.name, limits::kIdentifierLengthMax), entry.value);
    if (added == code::kOutOfMemory) return Status(added);
    if (Failed(added)) return Status(code::kInvalidContext, "the context's own Next gave a value of no known type");
  }
  from.EndEnumeration();
  return Status();
}

// From a copy that the context makes of itself: an enumeration of the client's own goes on undisturbed.
Status CopyForeign(IWbemContext& context, Context& to) {
  com::ComPtr<IWbemContext> clone;
  const HRESULT hr = context.Clone(clone.Receive());
  if (FAILED(hr)) return Broken("Clone", hr);
  if (!clone) return Status(code::kInvalidContext, "the context's own Clone gave nothing");
  return CopyValues(*clone, to);
}

Result<com::ComPtr<Context>> Snapshot(IWbemContext* context) {
  try {
    if (const Context* ours = Context::From(context)) {
      com::ComPtr<Context> copy = ours->Copy();
      if (!copy) return Status(code::kOutOfMemory);
      return copy;
    }
    com::ComPtr<Context> copy = com::MakeCom<Context>();
    TRY(CopyForeign(*context, *copy.get()));
    return copy;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (...) {
    return Status(code::kInvalidContext, "the context's own code threw an exception");
  }
}

// ---- time -----------------------------------------------------------------------------------------------------------

// Nullopt when it is not of the form.
std::optional<Duration> LimitOf(std::int64_t milliseconds) {
  // WBEM_INFINITE as a signed and as an unsigned number.
  if (milliseconds == 0 || milliseconds == -1 || milliseconds == kTimeLimitMsMax) return engine::kNoTimeLimit;
  if (milliseconds < 0 || milliseconds > kTimeLimitMsMax) return std::nullopt;
  return std::chrono::milliseconds(milliseconds);
}

std::optional<Duration> LimitOf(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return LimitOf(number);
}

std::optional<Duration> LimitOf(cim::ValueView value) {
  switch (value.kind()) {
    case cim::ValueKind::kSigned:
      return LimitOf(value.signed_integer());
    case cim::ValueKind::kUnsigned:
      return value.unsigned_integer() > kTimeLimitMsMax ? std::nullopt
                                                        : LimitOf(static_cast<std::int64_t>(value.unsigned_integer()));
    case cim::ValueKind::kText:
      return LimitOf(value.text());
    default:
      return std::nullopt;
  }
}

Result<std::optional<Duration>> SettingTimeLimit(const Settings& settings) {
  // FindNumber knows no sign.
  if (settings.Find(kTimeLimitSetting) == "-1") return std::optional<Duration>(engine::kNoTimeLimit);
  const std::optional<std::uint64_t> number = TRY(settings.FindNumber(kTimeLimitSetting, 0, kTimeLimitMsMax));
  if (!number) return std::optional<Duration>();
  return LimitOf(static_cast<std::int64_t>(*number));
}

}  // namespace

Result<engine::CallContextPtr> ReadContext(IWbemContext* context) {
  if (context == nullptr) return engine::CallContextPtr();
  const com::ComPtr<Context> snapshot = TRY(Snapshot(context));
  if (snapshot->depth() > limits::kCallDepthMax) {
    return Status(code::kQuotaViolation,
                  fmt::format("the call is inside {} others, and the limit is {}: a provider's calls come back to "
                              "itself; hand on the pCtx it was given, and end the recursion in the provider",
                              snapshot->depth(), limits::kCallDepthMax));
  }
  auto result = std::make_shared<engine::CallContext>();
  result->depth = snapshot->depth();
  snapshot->ForEach([&](std::string_view name, const VARIANT& value) {
    result->values.push_back({std::string(name), ValueOf(value)});
  });
  snapshot->AddRef();  // for the pointer, which releases it even when it cannot be made
  result->original = std::shared_ptr<const Context>(snapshot.get(), [](Context* counted) { counted->Release(); });
  return engine::CallContextPtr(std::move(result));
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): it does not see that the destructor of `snapshot` releases it

com::ComPtr<IWbemContext> ProviderContext(const engine::CallContextPtr& context) {
  if (!context || !context->original) {
    com::ComPtr<Context> empty = com::MakeCom<Context>();
    empty->SetDepth(context ? context->depth + 1 : 1);
    return empty;
  }
  com::ComPtr<Context> copy = static_cast<const Context*>(context->original.get())->Copy();
  if (copy) copy->SetDepth(context->depth + 1);
  return copy;
}

Result<std::optional<Duration>> ContextTimeLimit(const engine::CallContextPtr& context) {
  const cim::Value* value = context ? context->Find(kTimeLimitName) : nullptr;
  if (value == nullptr) return std::optional<Duration>();
  const std::optional<Duration> limit = LimitOf(value->view());
  if (limit) return limit;
  return Status(code::kInvalidContext,
                fmt::format("the context value {} is malformed; it is {}, as a number (VT_I4) or its digits (VT_BSTR)",
                            kTimeLimitName, kTimeLimitForm))
      .WithParameter(kTimeLimitName);
}

Result<Duration> ConnectionTimeLimit(const engine::CallContextPtr& context, const char* environment,
                                     const Settings& settings) {
  if (const std::optional<Duration> limit = TRY(ContextTimeLimit(context))) return *limit;
  if (environment != nullptr && *environment != '\0') {
    const std::optional<Duration> limit = LimitOf(std::string_view(environment));
    if (limit) return *limit;
    return Status(code::kInvalidParameter, fmt::format("the environment variable {} is '{}'; it is {}", kTimeLimitName,
                                                       environment, kTimeLimitForm))
        .WithParameter(kTimeLimitName);
  }
  const std::optional<Duration> setting = TRY(SettingTimeLimit(settings));
  return setting ? *setting : engine::kDefaultTimeLimit;
}

}  // namespace wmi::api
