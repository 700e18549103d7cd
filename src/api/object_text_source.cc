#include "api/object_text_source.h"

#include <optional>
#include <string>
#include <utility>

#include "api/error_description.h"
#include "api/input.h"
#include "api/object_batch.h"
#include "api/object_text_source_copy.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/text.h"
#include "com/abi_call.h"
#include "com/bstr.h"
#include "com/com_ptr.h"
#include "com/variant.h"
#include "xml/reader.h"
#include "xml/writer.h"

namespace wmi::api {
namespace {

using com::AbiCall;
using Include = xml::WriteOptions::Include;

std::optional<xml::Dtd> FindDtd(ULONG format) {
  if (format == WMI_OBJ_TEXT_CIM_DTD_2_0) return xml::Dtd::kCim;
  if (format == WMI_OBJ_TEXT_WMI_DTD_2_0) return xml::Dtd::kWmi;
  return std::nullopt;
}

// The others of the enumeration are reserved; the page says "not found" for them as for any other.
Status UnknownFormat(ULONG format) {
  return {code::kNotFound, "there is no text format " + std::to_string(format) +
                               "; use WMI_OBJ_TEXT_CIM_DTD_2_0 or WMI_OBJ_TEXT_WMI_DTD_2_0"};
}

// One value of a context. NULL and what is not there leave the default.
class ContextValue {
 public:
  ContextValue(IWbemContext& context, const wchar_t* name) : name_(name) {
    com::SetEmpty(value_);
    result_ = context.GetValue(name, 0, &value_);
    if (FAILED(result_)) com::SetEmpty(value_);
  }
  ~ContextValue() { VariantClear(&value_); }
  ContextValue(const ContextValue&) = delete;
  ContextValue& operator=(const ContextValue&) = delete;

  Result<bool> AsFlag() const {
    if (TRY(IsMissing())) return false;
    if (value_.vt != VT_BOOL) return Wrong("VT_BOOL");
    return value_.boolVal != VARIANT_FALSE;
  }
  Result<std::int32_t> AsNumber() const {
    if (TRY(IsMissing())) return 0;
    if (value_.vt != VT_I4) return Wrong("VT_I4");
    return com::LowSint32(value_);
  }
  Status Wrong(std::string_view expected) const {
    return {code::kInvalidParameter,
            "the context value " + Utf8FromWide(name_) + " is wrong; use " + std::string(expected)};
  }

 private:
  Result<bool> IsMissing() const {
    if (FAILED(result_) && result_ != code::kNotFound) return Status(result_);
    return value_.vt == VT_EMPTY || value_.vt == VT_NULL;
  }

  const wchar_t* const name_;
  VARIANT value_;
  HRESULT result_;
};

Result<xml::WriteOptions> ReadOptions(IWbemContext* context, xml::Dtd dtd) {
  xml::WriteOptions options;
  options.dtd = dtd;
  if (context == nullptr) return options;
  if (TRY(ContextValue(*context, L"LocalOnly").AsFlag())) options.members = xml::WriteOptions::Members::kLocalOnly;
  if (TRY(ContextValue(*context, L"IncludeQualifiers").AsFlag())) options.qualifiers = Include::kYes;
  if (TRY(ContextValue(*context, L"IncludeClassOrigin").AsFlag())) options.class_origin = Include::kYes;
  if (TRY(ContextValue(*context, L"ExcludeSystemProperties").AsFlag())) options.system_properties = Include::kNo;
  const ContextValue path_level(*context, L"PathLevel");
  const std::int32_t level = TRY(path_level.AsNumber());
  if (level < 0 || level > 3) return path_level.Wrong("a number from 0 to 3");
  options.path = static_cast<xml::WriteOptions::Path>(level);
  return options;
}

Result<std::string> TextOf(IWbemClassObject* object, ULONG format, IWbemContext* context) {
  const std::optional<xml::Dtd> dtd = FindDtd(format);
  if (!dtd) return UnknownFormat(format);
  const xml::WriteOptions options = TRY(ReadOptions(context, *dtd));
  return xml::ObjectText(TRY(CopyObject(object)), options);
}

}  // namespace

HRESULT ObjectTextSource::GetText(long lFlags, IWbemClassObject* pObj, ULONG uObjTextFormat, IWbemContext* pCtx,
                                  BSTR* strText) {
  return AbiCall([&]() -> HRESULT {
    if (strText == nullptr) return code::kInvalidParameter;
    *strText = nullptr;
    if (pObj == nullptr || LowFlags(lFlags) != 0) return code::kInvalidParameter;
    const Result<std::string> text = TextOf(pObj, static_cast<ULONG>(static_cast<std::uint32_t>(uObjTextFormat)), pCtx);
    if (!text.ok()) return ReportDescription(text.status());
    *strText = com::BstrFromUtf8(*text);
    return *strText == nullptr ? code::kOutOfMemory : code::kOk;
  });
}

HRESULT ObjectTextSource::CreateFromText(long lFlags, BSTR strText, ULONG uObjTextFormat, IWbemContext*,
                                         IWbemClassObject** pNewObj) {
  return AbiCall([&]() -> HRESULT {
    if (pNewObj == nullptr) return code::kInvalidParameter;
    *pNewObj = nullptr;
    if (strText == nullptr || LowFlags(lFlags) != 0) return code::kInvalidParameter;
    const auto format = static_cast<ULONG>(static_cast<std::uint32_t>(uObjTextFormat));
    const std::optional<xml::Dtd> dtd = FindDtd(format);
    if (!dtd) return ReportDescription(UnknownFormat(format));
    Result<cim::Object> object = xml::ReadObject(ReadText(strText, limits::kXmlBytesMax), *dtd);
    if (!object.ok()) return ReportDescription(object.status());
    *pNewObj = MakeClassObject(*std::move(object)).Detach();
    return code::kOk;
  });
}

}  // namespace wmi::api
