// _com_error and the functions that raise it; part of comdef.h.
#ifndef OPENWMI_DETAIL_COM_ERROR_H
#define OPENWMI_DETAIL_COM_ERROR_H

#include <stdio.h>
#include <stdlib.h>

#include "../comutil.h"
#include "../objbase.h"

#ifdef __cplusplus

// The text of a known HRESULT in English, NULL otherwise. Never freed.
extern "C" OPENWMI_API const char* _openwmi_status_text(HRESULT hr);

// An HRESULT and, where there is one, the error object. Thrown by the helpers of this header. A value.
class OPENWMI_API _com_error {
 public:
  static const HRESULT WCODE_HRESULT_FIRST = MAKE_HRESULT(SEVERITY_ERROR, FACILITY_ITF, 0x200);
  static const HRESULT WCODE_HRESULT_LAST = MAKE_HRESULT(SEVERITY_ERROR, FACILITY_ITF + 1, 0) - 1;

  // Takes over the reference on `info` unless `add_ref` is true.
  _com_error(HRESULT hr, IErrorInfo* info = NULL, bool add_ref = false) throw() : hr_(hr), info_(info), message_(NULL) {
    if (info_ != NULL && add_ref) info_->AddRef();
  }
  _com_error(const _com_error& other) throw() : hr_(other.hr_), info_(other.info_), message_(NULL) {
    if (info_ != NULL) info_->AddRef();
  }
  virtual ~_com_error() throw() {
    if (info_ != NULL) info_->Release();
    free(message_);
  }
  _com_error& operator=(const _com_error& other) throw() {
    if (this != &other) {
      if (other.info_ != NULL) other.info_->AddRef();
      if (info_ != NULL) info_->Release();
      free(message_);
      hr_ = other.hr_;
      info_ = other.info_;
      message_ = NULL;
    }
    return *this;
  }

  HRESULT Error() const throw() { return hr_; }
  // The number of an Automation error, 0 if it is none.
  WORD WCode() const throw() {
    return hr_ >= WCODE_HRESULT_FIRST && hr_ <= WCODE_HRESULT_LAST ? static_cast<WORD>(hr_ - WCODE_HRESULT_FIRST)
                                                                   : static_cast<WORD>(0);
  }
  static HRESULT WCodeToHRESULT(WORD code) throw() {
    return code >= 0xFE00 ? WCODE_HRESULT_LAST : WCODE_HRESULT_FIRST + code;
  }
  static WORD HRESULTToWCode(HRESULT hr) throw() { return _com_error(hr).WCode(); }
  // Counted for the caller; NULL if there is none. The texts and numbers below come from it.
  IErrorInfo* ErrorInfo() const throw() {
    if (info_ != NULL) info_->AddRef();
    return info_;
  }
  _bstr_t Description() const { return text(&IErrorInfo::GetDescription); }
  _bstr_t Source() const { return text(&IErrorInfo::GetSource); }
  _bstr_t HelpFile() const { return text(&IErrorInfo::GetHelpFile); }
  DWORD HelpContext() const throw() {
    DWORD context = 0;
    return info_ != NULL && SUCCEEDED(info_->GetHelpContext(&context)) ? context : 0;
  }
  ::GUID GUID() const throw() {
    ::GUID guid = {0, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0}};
    if (info_ != NULL && FAILED(info_->GetGUID(&guid))) guid = GUID_NULL;
    return guid;
  }
  // The text of the code, owned by this object; "Unknown error 0x..." if the code is not known.
  const TCHAR* ErrorMessage() const throw() {
    const size_t size = 128;
    if (message_ != NULL) return static_cast<const TCHAR*>(message_);
    message_ = malloc(size * sizeof(TCHAR));
    if (message_ == NULL) return TEXT("");
    write_message(static_cast<TCHAR*>(message_), size);
    return static_cast<const TCHAR*>(message_);
  }

 private:
  void write_message(char* target, size_t size) const throw() {
    const char* known = _openwmi_status_text(hr_);
    if (known != NULL) {
      snprintf(target, size, "%s", known);
    } else {
      snprintf(target, size, "Unknown error 0x%08X", static_cast<unsigned>(hr_));
    }
  }
  void write_message(wchar_t* target, size_t size) const throw() {
    char narrow[128];
    write_message(narrow, sizeof narrow < size ? sizeof narrow : size);
    size_t i = 0;
    for (; narrow[i] != 0; ++i) target[i] = static_cast<unsigned char>(narrow[i]);  // ASCII
    target[i] = 0;
  }
  _bstr_t text(HRESULT (IErrorInfo::*getter)(BSTR*)) const {
    BSTR result = NULL;
    if (info_ == NULL || FAILED((info_->*getter)(&result))) return _bstr_t();
    return _bstr_t(result, false);
  }

  HRESULT hr_;
  IErrorInfo* info_;
  mutable void* message_;
};

// Raise _com_error for `hr`. Programs may define the first two themselves, to handle errors otherwise.
OPENWMI_API void _com_issue_error(HRESULT hr);
OPENWMI_API void _com_raise_error(HRESULT hr, IErrorInfo* info = NULL);
// Makes _com_issue_error call `handler`, which should not return, instead of _com_raise_error. NULL: that again. For
// the whole process, from any thread.
OPENWMI_API void _set_com_error_handler(void (*handler)(HRESULT hr, IErrorInfo* info));
// With the error object of the thread, if `object` says that it sets one for the interface.
OPENWMI_API void _com_issue_errorex(HRESULT hr, IUnknown* object, REFIID iid);

#endif

#endif
