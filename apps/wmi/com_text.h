// Text on its way to and from the COM methods, and VARIANTs that clean up after themselves.
#pragma once

#include <oleauto.h>

#include <string>
#include <string_view>

#include "base/text.h"

namespace wmi::cli {

// A text as the methods of WMI want their input; any NUL-terminated wide string will do for a BSTR there.
class WideText {
 public:
  explicit WideText(std::string_view utf8) : text_(WideFromUtf8(utf8)) {}
  BSTR bstr() { return text_.data(); }
  const wchar_t* c_str() const { return text_.c_str(); }

 private:
  std::wstring text_;
};

// Owns a VARIANT.
class Variant {
 public:
  Variant() { ::VariantInit(&value_); }
  ~Variant() { ::VariantClear(&value_); }
  Variant(const Variant&) = delete;
  Variant& operator=(const Variant&) = delete;

  // For an out-parameter that is empty on entry.
  VARIANT* Receive() {
    ::VariantClear(&value_);
    return &value_;
  }
  const VARIANT& operator*() const { return value_; }
  const VARIANT* operator->() const { return &value_; }

 private:
  VARIANT value_;
};

// Owns a BSTR.
class OwnedBstr {
 public:
  OwnedBstr() = default;
  ~OwnedBstr() { ::SysFreeString(text_); }
  OwnedBstr(const OwnedBstr&) = delete;
  OwnedBstr& operator=(const OwnedBstr&) = delete;

  BSTR* Receive() {
    ::SysFreeString(text_);
    text_ = nullptr;
    return &text_;
  }
  std::string Utf8() const { return text_ == nullptr ? std::string() : Utf8FromWide({text_, ::SysStringLen(text_)}); }

 private:
  BSTR text_ = nullptr;
};

}  // namespace wmi::cli
