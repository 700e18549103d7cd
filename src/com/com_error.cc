// What <comdef.h> needs from the library: raising errors, and text between UTF-8 and BSTR.
#include <comdef.h>

#include <atomic>
#include <cstring>
#include <new>
#include <string>

#include "base/text.h"
#include "com/bstr.h"

namespace {

// What a program set, or null. Nothing else is published with it.
std::atomic<void (*)(HRESULT, IErrorInfo*)> error_handler{nullptr};

void Raise(HRESULT hr, IErrorInfo* info) {
  if (auto* const handler = error_handler.load(std::memory_order_relaxed)) {
    handler(hr, info);
  } else {
    _com_raise_error(hr, info);
  }
}

}  // namespace

// Weak, because programs define these two themselves (source compatibility, decision 13).
__attribute__((weak)) void _com_raise_error(HRESULT hr, IErrorInfo* info) { throw _com_error(hr, info); }

__attribute__((weak)) void _com_issue_error(HRESULT hr) { Raise(hr, nullptr); }

void _set_com_error_handler(void (*handler)(HRESULT hr, IErrorInfo* info)) {
  error_handler.store(handler, std::memory_order_relaxed);
}

void _com_issue_errorex(HRESULT hr, IUnknown* object, REFIID iid) {
  IErrorInfo* info = nullptr;
  ISupportErrorInfo* support = nullptr;
  if (object != nullptr && SUCCEEDED(object->QueryInterface(&support))) {
    if (support->InterfaceSupportsErrorInfo(iid) == S_OK) GetErrorInfo(0, &info);
    support->Release();
  }
  Raise(hr, info);
}

namespace _com_util {

BSTR ConvertStringToBSTR(const char* text) { return text == nullptr ? nullptr : wmi::com::BstrFromUtf8(text); }

char* ConvertBSTRToString(BSTR text) {
  if (text == nullptr) return nullptr;
  try {
    const std::string narrow = wmi::Utf8FromWide(text);
    auto* result = new char[narrow.size() + 1];
    std::memcpy(result, narrow.c_str(), narrow.size() + 1);
    return result;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace _com_util
