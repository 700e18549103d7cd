// The functions of the printf family that have a C symbol: what the templates of detail/output.h call, the forms with a
// va_list, and those that C programs call. Each says where its text goes; crt/output/destination.h does the rest.
#define OPENWMI_OUTPUT_C_FORMS
#include <detail/output.h>

#include "crt/output/destination.h"

namespace wmi::crt {
namespace {

template <typename Char>
int ListToFile(std::FILE* stream, const Char* format, va_list arguments) {
  ListedArguments source(arguments);
  return FormatToFile(stream, format, source);
}

template <typename Char>
int ListToBuffer(const Target<Char>& target, const Char* format, va_list arguments) {
  ListedArguments source(arguments);
  return FormatToBuffer(target, format, source);
}

template <typename Char>
int TypedToFile(std::FILE* stream, const Char* format, const openwmi_argument* arguments, std::size_t count) {
  TypedArguments source(arguments, count);
  return FormatToFile(stream, format, source);
}

template <typename Char>
int TypedToBuffer(const Target<Char>& target, const Char* format, const openwmi_argument* arguments,
                  std::size_t count) {
  TypedArguments source(arguments, count);
  return FormatToBuffer(target, format, source);
}

}  // namespace
}  // namespace wmi::crt

using wmi::crt::ListToBuffer;
using wmi::crt::ListToFile;
using wmi::crt::Target;

// The body of a function with arguments: the same as its twin with a list.
#define OPENWMI_LISTED(call)   \
  va_list arguments;           \
  va_start(arguments, format); \
  const int result = call;     \
  va_end(arguments);           \
  return result

extern "C" {

int openwmi_output_file(FILE* stream, const char* format, const openwmi_argument* arguments, size_t argument_count) {
  return wmi::crt::TypedToFile(stream, format, arguments, argument_count);
}
int openwmi_output_file_wide(FILE* stream, const wchar_t* format, const openwmi_argument* arguments,
                             size_t argument_count) {
  return wmi::crt::TypedToFile(stream, format, arguments, argument_count);
}
int openwmi_output_buffer(char* buffer, size_t size, size_t count, int fit, const char* format,
                          const openwmi_argument* arguments, size_t argument_count) {
  const Target<char> target = {buffer, size, count, static_cast<openwmi_fit>(fit)};
  return wmi::crt::TypedToBuffer(target, format, arguments, argument_count);
}
int openwmi_output_buffer_wide(wchar_t* buffer, size_t size, size_t count, int fit, const wchar_t* format,
                               const openwmi_argument* arguments, size_t argument_count) {
  const Target<wchar_t> target = {buffer, size, count, static_cast<openwmi_fit>(fit)};
  return wmi::crt::TypedToBuffer(target, format, arguments, argument_count);
}

int openwmi_vprintf(const char* format, va_list arguments) { return ListToFile(stdout, format, arguments); }
int openwmi_printf(const char* format, ...) { OPENWMI_LISTED((openwmi_vprintf(format, arguments))); }
int vprintf_s(const char* format, va_list arguments) { return ListToFile(stdout, format, arguments); }
int printf_s(const char* format, ...) { OPENWMI_LISTED((vprintf_s(format, arguments))); }
int openwmi_vfprintf(FILE* stream, const char* format, va_list arguments) {
  return ListToFile(stream, format, arguments);
}
int openwmi_fprintf(FILE* stream, const char* format, ...) {
  OPENWMI_LISTED((openwmi_vfprintf(stream, format, arguments)));
}
int vfprintf_s(FILE* stream, const char* format, va_list arguments) { return ListToFile(stream, format, arguments); }
int fprintf_s(FILE* stream, const char* format, ...) { OPENWMI_LISTED((vfprintf_s(stream, format, arguments))); }
int openwmi_vwprintf(const wchar_t* format, va_list arguments) { return ListToFile(stdout, format, arguments); }
int openwmi_wprintf(const wchar_t* format, ...) { OPENWMI_LISTED((openwmi_vwprintf(format, arguments))); }
int vwprintf_s(const wchar_t* format, va_list arguments) { return ListToFile(stdout, format, arguments); }
int wprintf_s(const wchar_t* format, ...) { OPENWMI_LISTED((vwprintf_s(format, arguments))); }
int openwmi_vfwprintf(FILE* stream, const wchar_t* format, va_list arguments) {
  return ListToFile(stream, format, arguments);
}
int openwmi_fwprintf(FILE* stream, const wchar_t* format, ...) {
  OPENWMI_LISTED((openwmi_vfwprintf(stream, format, arguments)));
}
int vfwprintf_s(FILE* stream, const wchar_t* format, va_list arguments) {
  return ListToFile(stream, format, arguments);
}
int fwprintf_s(FILE* stream, const wchar_t* format, ...) { OPENWMI_LISTED((vfwprintf_s(stream, format, arguments))); }
int openwmi_vsprintf(char* buffer, const char* format, va_list arguments) {
  return ListToBuffer<char>({buffer, 0, 0, OPENWMI_FIT_UNBOUNDED}, format, arguments);
}
int openwmi_sprintf(char* buffer, const char* format, ...) {
  OPENWMI_LISTED((openwmi_vsprintf(buffer, format, arguments)));
}
int _vswprintf(wchar_t* buffer, const wchar_t* format, va_list arguments) {
  return ListToBuffer<wchar_t>({buffer, 0, 0, OPENWMI_FIT_UNBOUNDED}, format, arguments);
}
int _swprintf(wchar_t* buffer, const wchar_t* format, ...) { OPENWMI_LISTED((_vswprintf(buffer, format, arguments))); }
int openwmi_vsnprintf(char* buffer, size_t count, const char* format, va_list arguments) {
  return ListToBuffer<char>({buffer, count, 0, OPENWMI_FIT_STANDARD}, format, arguments);
}
int openwmi_snprintf(char* buffer, size_t count, const char* format, ...) {
  OPENWMI_LISTED((openwmi_vsnprintf(buffer, count, format, arguments)));
}
int openwmi_vswprintf(wchar_t* buffer, size_t count, const wchar_t* format, va_list arguments) {
  return ListToBuffer<wchar_t>({buffer, count, 0, OPENWMI_FIT_TRUNCATE}, format, arguments);
}
int openwmi_swprintf(wchar_t* buffer, size_t count, const wchar_t* format, ...) {
  OPENWMI_LISTED((openwmi_vswprintf(buffer, count, format, arguments)));
}
int vsprintf_s(char* buffer, size_t size, const char* format, va_list arguments) {
  return ListToBuffer<char>({buffer, size, 0, OPENWMI_FIT_SECURE}, format, arguments);
}
int sprintf_s(char* buffer, size_t size, const char* format, ...) {
  OPENWMI_LISTED((vsprintf_s(buffer, size, format, arguments)));
}
int vswprintf_s(wchar_t* buffer, size_t size, const wchar_t* format, va_list arguments) {
  return ListToBuffer<wchar_t>({buffer, size, 0, OPENWMI_FIT_SECURE}, format, arguments);
}
int swprintf_s(wchar_t* buffer, size_t size, const wchar_t* format, ...) {
  OPENWMI_LISTED((vswprintf_s(buffer, size, format, arguments)));
}
int _vsnprintf(char* buffer, size_t count, const char* format, va_list arguments) {
  return ListToBuffer<char>({buffer, count, 0, OPENWMI_FIT_LEGACY_LIST}, format, arguments);
}
int _snprintf(char* buffer, size_t count, const char* format, ...) {
  OPENWMI_LISTED((ListToBuffer<char>({buffer, count, 0, OPENWMI_FIT_LEGACY}, format, arguments)));
}
int _vsnwprintf(wchar_t* buffer, size_t count, const wchar_t* format, va_list arguments) {
  return ListToBuffer<wchar_t>({buffer, count, 0, OPENWMI_FIT_LEGACY_LIST}, format, arguments);
}
int _snwprintf(wchar_t* buffer, size_t count, const wchar_t* format, ...) {
  OPENWMI_LISTED((ListToBuffer<wchar_t>({buffer, count, 0, OPENWMI_FIT_LEGACY}, format, arguments)));
}
int _vsnprintf_s(char* buffer, size_t size, size_t count, const char* format, va_list arguments) {
  return ListToBuffer<char>({buffer, size, count, OPENWMI_FIT_COUNTED}, format, arguments);
}
int _snprintf_s(char* buffer, size_t size, size_t count, const char* format, ...) {
  OPENWMI_LISTED((_vsnprintf_s(buffer, size, count, format, arguments)));
}
int vsnprintf_s(char* buffer, size_t size, size_t count, const char* format, va_list arguments) {
  return ListToBuffer<char>({buffer, size, count, OPENWMI_FIT_COUNTED}, format, arguments);
}
int _vsnwprintf_s(wchar_t* buffer, size_t size, size_t count, const wchar_t* format, va_list arguments) {
  return ListToBuffer<wchar_t>({buffer, size, count, OPENWMI_FIT_COUNTED}, format, arguments);
}
int _snwprintf_s(wchar_t* buffer, size_t size, size_t count, const wchar_t* format, ...) {
  OPENWMI_LISTED((_vsnwprintf_s(buffer, size, count, format, arguments)));
}
int _vscprintf(const char* format, va_list arguments) {
  return ListToBuffer<char>({nullptr, 0, 0, OPENWMI_FIT_STANDARD}, format, arguments);
}
int _scprintf(const char* format, ...) { OPENWMI_LISTED((_vscprintf(format, arguments))); }
int _vscwprintf(const wchar_t* format, va_list arguments) {
  return ListToBuffer<wchar_t>({nullptr, 0, 0, OPENWMI_FIT_STANDARD}, format, arguments);
}
int _scwprintf(const wchar_t* format, ...) { OPENWMI_LISTED((_vscwprintf(format, arguments))); }
int wvsprintfA(char* buffer, const char* format, va_list arguments) {
  return ListToBuffer<char>({buffer, 0, 0, OPENWMI_FIT_MESSAGE}, format, arguments);
}
int wsprintfA(char* buffer, const char* format, ...) { OPENWMI_LISTED((wvsprintfA(buffer, format, arguments))); }
int wvsprintfW(wchar_t* buffer, const wchar_t* format, va_list arguments) {
  return ListToBuffer<wchar_t>({buffer, 0, 0, OPENWMI_FIT_MESSAGE}, format, arguments);
}
int wsprintfW(wchar_t* buffer, const wchar_t* format, ...) { OPENWMI_LISTED((wvsprintfW(buffer, format, arguments))); }
}  // extern "C"
