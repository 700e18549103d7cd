// The functions of the scanf family that have a C symbol: what the templates of detail/input.h call, and those that C
// programs call.
#include <cerrno>

#include "crt/input/scanner.h"

using wmi::crt::BufferSizes;

namespace wmi::crt {
namespace {

int FailInvalid() {
  errno = EINVAL;
  return EOF;
}

template <typename Char>
int ScanStream(std::FILE* stream, BufferSizes sizes, const Char* format, TargetSource& targets) {
  if (stream == nullptr || format == nullptr) return FailInvalid();
  StreamSource<Char> source(stream);
  return Scan(source, format, targets, sizes);
}

template <typename Char>
int ScanText(const Char* text, BufferSizes sizes, const Char* format, TargetSource& targets) {
  if (text == nullptr || format == nullptr) return FailInvalid();
  TextSource<Char> source(text);
  return Scan(source, format, targets, sizes);
}

BufferSizes SizesOf(int secure) { return secure != 0 ? BufferSizes::kGiven : BufferSizes::kNone; }

}  // namespace
}  // namespace wmi::crt

// The body of a function with arguments.
#define OPENWMI_LISTED_SCAN(scan, from, sizes)                     \
  va_list arguments;                                               \
  va_start(arguments, format);                                     \
  wmi::crt::ListedTargets targets(arguments);                      \
  const int result = wmi::crt::scan(from, sizes, format, targets); \
  va_end(arguments);                                               \
  return result

extern "C" {

int openwmi_input_file(FILE* stream, int secure, const char* format, const openwmi_target* targets,
                       size_t target_count) {
  wmi::crt::TypedTargets source(targets, target_count);
  return wmi::crt::ScanStream(stream, wmi::crt::SizesOf(secure), format, source);
}
int openwmi_input_text(const char* text, int secure, const char* format, const openwmi_target* targets,
                       size_t target_count) {
  wmi::crt::TypedTargets source(targets, target_count);
  return wmi::crt::ScanText(text, wmi::crt::SizesOf(secure), format, source);
}

int openwmi_input_file_wide(FILE* stream, int secure, const wchar_t* format, const openwmi_target* targets,
                            size_t target_count) {
  wmi::crt::TypedTargets source(targets, target_count);
  return wmi::crt::ScanStream(stream, wmi::crt::SizesOf(secure), format, source);
}
int openwmi_input_text_wide(const wchar_t* text, int secure, const wchar_t* format, const openwmi_target* targets,
                            size_t target_count) {
  wmi::crt::TypedTargets source(targets, target_count);
  return wmi::crt::ScanText(text, wmi::crt::SizesOf(secure), format, source);
}

int openwmi_scanf(const char* format, ...) { OPENWMI_LISTED_SCAN(ScanStream, stdin, BufferSizes::kNone); }

int openwmi_fscanf(FILE* stream, const char* format, ...) {
  OPENWMI_LISTED_SCAN(ScanStream, stream, BufferSizes::kNone);
}

int openwmi_sscanf(const char* text, const char* format, ...) {
  OPENWMI_LISTED_SCAN(ScanText, text, BufferSizes::kNone);
}

int scanf_s(const char* format, ...) { OPENWMI_LISTED_SCAN(ScanStream, stdin, BufferSizes::kGiven); }

int fscanf_s(FILE* stream, const char* format, ...) { OPENWMI_LISTED_SCAN(ScanStream, stream, BufferSizes::kGiven); }

int sscanf_s(const char* text, const char* format, ...) { OPENWMI_LISTED_SCAN(ScanText, text, BufferSizes::kGiven); }

int openwmi_wscanf(const wchar_t* format, ...) { OPENWMI_LISTED_SCAN(ScanStream, stdin, BufferSizes::kNone); }

int openwmi_fwscanf(FILE* stream, const wchar_t* format, ...) {
  OPENWMI_LISTED_SCAN(ScanStream, stream, BufferSizes::kNone);
}

int openwmi_swscanf(const wchar_t* text, const wchar_t* format, ...) {
  OPENWMI_LISTED_SCAN(ScanText, text, BufferSizes::kNone);
}

int wscanf_s(const wchar_t* format, ...) { OPENWMI_LISTED_SCAN(ScanStream, stdin, BufferSizes::kGiven); }

int fwscanf_s(FILE* stream, const wchar_t* format, ...) {
  OPENWMI_LISTED_SCAN(ScanStream, stream, BufferSizes::kGiven);
}

int swscanf_s(const wchar_t* text, const wchar_t* format, ...) {
  OPENWMI_LISTED_SCAN(ScanText, text, BufferSizes::kGiven);
}

}  // extern "C"
