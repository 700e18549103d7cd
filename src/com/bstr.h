// BSTR for the modules above: conversion from and to the UTF-8 used inside. Safe from any thread.
#pragma once

#include <oleauto.h>

#include <string>
#include <string_view>

namespace wmi::com {

// A new BSTR, to be freed with SysFreeString; null when there is no memory. Malformed bytes become U+FFFD.
[[nodiscard]] BSTR BstrFromUtf8(std::string_view text);

// The text of an input string. Read up to the NUL, never through a length prefix, because programs pass literals
// (contract section 0). Null reads as empty.
std::string Utf8FromInput(const wchar_t* text);

// As BstrFromUtf8 into an out-parameter: S_OK or E_OUTOFMEMORY; E_POINTER if `target` is null. Null on failure.
HRESULT ReturnBstr(std::string_view text, BSTR* target);

}  // namespace wmi::com
