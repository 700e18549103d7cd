// The functions of strsafe.h: each turns its sizes into bytes and leaves the rest to SafeText.
#define OPENWMI_OUTPUT_C_FORMS
#include <strsafe.h>

#include "crt/strsafe/safe_text.h"

namespace wmi::crt {
namespace {

// How a function counts. A size above the limit stays above it.
struct Cch {
  template <typename Char>
  static std::size_t Bytes(std::size_t size) {
    return size > STRSAFE_MAX_CCH ? SIZE_MAX : size * sizeof(Char);
  }
  template <typename Char>
  static std::size_t Characters(std::size_t size) {
    return size;
  }
  template <typename Char>
  static std::size_t FromBytes(std::size_t bytes) {
    return bytes / sizeof(Char);
  }
};

struct Cb {
  template <typename Char>
  static std::size_t Bytes(std::size_t size) {
    return size;
  }
  template <typename Char>
  static std::size_t Characters(std::size_t size) {
    return size / sizeof(Char);
  }
  template <typename Char>
  static std::size_t FromBytes(std::size_t bytes) {
    return bytes;
  }
};

// Runs an operation on the target and gives *remaining in the function's own unit.
template <typename Unit, typename Char, typename Operation>
HRESULT With(Char* target, std::size_t size, SafeTextExtras<Char> extras, Operation operation) {
  SafeText<Char> text(target, Unit::template Bytes<Char>(size), extras);
  const HRESULT result = operation(text);
  if (extras.remaining != nullptr && (result == S_OK || result == STRSAFE_E_INSUFFICIENT_BUFFER)) {
    *extras.remaining = Unit::template FromBytes<Char>(*extras.remaining);
  }
  return result;
}

template <typename Unit, typename Char>
HRESULT CopyBounded(Char* target, std::size_t size, const Char* source, std::size_t count,
                    SafeTextExtras<Char> extras = {}) {
  const std::size_t characters = Unit::template Characters<Char>(count);
  return With<Unit>(target, size, extras, [&](SafeText<Char>& text) { return text.Copy(source, characters); });
}

template <typename Unit, typename Char>
HRESULT AppendBounded(Char* target, std::size_t size, const Char* source, std::size_t count,
                      SafeTextExtras<Char> extras = {}) {
  const std::size_t characters = Unit::template Characters<Char>(count);
  return With<Unit>(target, size, extras, [&](SafeText<Char>& text) { return text.Append(source, characters); });
}

// The whole source: as much as any target could take.
template <typename Unit, typename Char>
constexpr std::size_t kWhole = STRSAFE_MAX_CCH * (std::is_same_v<Unit, Cb> ? sizeof(Char) : 1);

template <typename Unit, typename Char>
HRESULT PrintList(Char* target, std::size_t size, SafeTextExtras<Char> extras, const Char* format, va_list arguments) {
  ListedArguments source(arguments);
  return With<Unit>(target, size, extras, [&](SafeText<Char>& text) { return text.Print(format, source); });
}

template <typename Char>
HRESULT PrintTyped(Char* target, std::size_t bytes, SafeTextExtras<Char> extras, const Char* format,
                   const openwmi_argument* arguments, std::size_t count) {
  TypedArguments source(arguments, count);
  return With<Cb>(target, bytes, extras, [&](SafeText<Char>& text) { return text.Print(format, source); });
}

template <typename Unit, typename Char>
HRESULT Measure(const Char* text, std::size_t size_max, std::size_t* length) {
  if (length != nullptr) *length = 0;
  const std::size_t limit = Unit::template Characters<Char>(size_max);
  if (text == nullptr || limit > STRSAFE_MAX_CCH) return STRSAFE_E_INVALID_PARAMETER;
  const std::size_t found = BoundedLength(text, limit);
  if (found == limit) return STRSAFE_E_INVALID_PARAMETER;
  if (length != nullptr) *length = Unit::template FromBytes<Char>(found * sizeof(Char));
  return S_OK;
}

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

// The thirteen functions of one unit and one character type; a table, so that no two of the 52 differ by accident.
#define WMI_STRSAFE(U, X, Char)                                                                              \
  HRESULT String##U##Copy##X(Char* target, size_t size, const Char* source) {                                \
    return CopyBounded<U>(target, size, source, kWhole<U, Char>);                                            \
  }                                                                                                          \
  HRESULT String##U##CopyEx##X(Char* target, size_t size, const Char* source, Char** end, size_t* remaining, \
                               DWORD flags) {                                                                \
    return CopyBounded<U>(target, size, source, kWhole<U, Char>, {end, remaining, flags});                   \
  }                                                                                                          \
  HRESULT String##U##CopyN##X(Char* target, size_t size, const Char* source, size_t count) {                 \
    return CopyBounded<U>(target, size, source, count);                                                      \
  }                                                                                                          \
  HRESULT String##U##CopyNEx##X(Char* target, size_t size, const Char* source, size_t count, Char** end,     \
                                size_t* remaining, DWORD flags) {                                            \
    return CopyBounded<U>(target, size, source, count, {end, remaining, flags});                             \
  }                                                                                                          \
  HRESULT String##U##Cat##X(Char* target, size_t size, const Char* source) {                                 \
    return AppendBounded<U>(target, size, source, kWhole<U, Char>);                                          \
  }                                                                                                          \
  HRESULT String##U##CatEx##X(Char* target, size_t size, const Char* source, Char** end, size_t* remaining,  \
                              DWORD flags) {                                                                 \
    return AppendBounded<U>(target, size, source, kWhole<U, Char>, {end, remaining, flags});                 \
  }                                                                                                          \
  HRESULT String##U##CatN##X(Char* target, size_t size, const Char* source, size_t count) {                  \
    return AppendBounded<U>(target, size, source, count);                                                    \
  }                                                                                                          \
  HRESULT String##U##CatNEx##X(Char* target, size_t size, const Char* source, size_t count, Char** end,      \
                               size_t* remaining, DWORD flags) {                                             \
    return AppendBounded<U>(target, size, source, count, {end, remaining, flags});                           \
  }                                                                                                          \
  HRESULT String##U##VPrintf##X(Char* target, size_t size, const Char* format, va_list arguments) {          \
    return PrintList<U, Char>(target, size, {}, format, arguments);                                          \
  }                                                                                                          \
  HRESULT String##U##VPrintfEx##X(Char* target, size_t size, Char** end, size_t* remaining, DWORD flags,     \
                                  const Char* format, va_list arguments) {                                   \
    return PrintList<U, Char>(target, size, {end, remaining, flags}, format, arguments);                     \
  }                                                                                                          \
  HRESULT String##U##Printf##X(Char* target, size_t size, const Char* format, ...) {                         \
    va_list arguments;                                                                                       \
    va_start(arguments, format);                                                                             \
    const HRESULT result = PrintList<U, Char>(target, size, {}, format, arguments);                          \
    va_end(arguments);                                                                                       \
    return result;                                                                                           \
  }                                                                                                          \
  HRESULT String##U##PrintfEx##X(Char* target, size_t size, Char** end, size_t* remaining, DWORD flags,      \
                                 const Char* format, ...) {                                                  \
    va_list arguments;                                                                                       \
    va_start(arguments, format);                                                                             \
    const HRESULT result = PrintList<U, Char>(target, size, {end, remaining, flags}, format, arguments);     \
    va_end(arguments);                                                                                       \
    return result;                                                                                           \
  }                                                                                                          \
  HRESULT String##U##Length##X(const Char* text, size_t size_max, size_t* length) {                          \
    return Measure<U>(text, size_max, length);                                                               \
  }

extern "C" {

WMI_STRSAFE(Cch, A, char)
WMI_STRSAFE(Cch, W, wchar_t)
WMI_STRSAFE(Cb, A, char)
WMI_STRSAFE(Cb, W, wchar_t)

HRESULT _openwmi_string_print_a(char* target, size_t bytes, char** end, size_t* remaining, DWORD flags,
                                const char* format, const openwmi_argument* arguments, size_t argument_count) {
  return PrintTyped<char>(target, bytes, {end, remaining, flags}, format, arguments, argument_count);
}

HRESULT _openwmi_string_print_w(wchar_t* target, size_t bytes, wchar_t** end, size_t* remaining, DWORD flags,
                                const wchar_t* format, const openwmi_argument* arguments, size_t argument_count) {
  return PrintTyped<wchar_t>(target, bytes, {end, remaining, flags}, format, arguments, argument_count);
}

}  // extern "C"
