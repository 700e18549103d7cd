// The functions of detail/crt_copy.h.
#include "crt/strings/text_operations.h"

namespace wmi::crt {
namespace {

thread_local wchar_t* wcstok_place = nullptr;

template <typename Char>
errno_t CopyMemoryOrClear(Char* target, std::size_t size, const Char* source, std::size_t count) {
  if (count == 0) return 0;
  if (target == nullptr) return Fail(EINVAL);
  if (source == nullptr || size < count) {
    std::fill_n(target, size, Char{});
    return Fail(source == nullptr ? EINVAL : ERANGE);
  }
  std::memcpy(target, source, count * sizeof(Char));
  return 0;
}

template <typename Char>
errno_t MoveMemoryChecked(Char* target, std::size_t size, const Char* source, std::size_t count) {
  if (count == 0) return 0;
  if (target == nullptr || source == nullptr) return Fail(EINVAL);
  if (size < count) return Fail(ERANGE);
  std::memmove(target, source, count * sizeof(Char));
  return 0;
}

template <typename Char>
bool Contains(const Char* set, Char character) {
  for (; *set != 0; ++set) {
    if (*set == character) return true;
  }
  return false;
}

template <typename Char>
Char* NextToken(Char* text, const Char* delimiters, Char** context) {
  if (delimiters == nullptr || context == nullptr || (text == nullptr && *context == nullptr)) {
    errno = EINVAL;
    return nullptr;
  }
  Char* start = text != nullptr ? text : *context;
  while (*start != 0 && Contains(delimiters, *start)) ++start;
  Char* end = start;
  while (*end != 0 && !Contains(delimiters, *end)) ++end;
  *context = end;
  if (*end != 0) {
    *end = 0;
    *context = end + 1;
  }
  return start == end ? nullptr : start;
}

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

errno_t strcpy_s(char* target, rsize_t size, const char* source) { return CopyText(target, size, source); }
errno_t wcscpy_s(wchar_t* target, rsize_t size, const wchar_t* source) { return CopyText(target, size, source); }
errno_t strcat_s(char* target, rsize_t size, const char* source) { return AppendText(target, size, source); }
errno_t wcscat_s(wchar_t* target, rsize_t size, const wchar_t* source) { return AppendText(target, size, source); }

errno_t strncpy_s(char* target, rsize_t size, const char* source, rsize_t count) {
  return CopyText(target, size, source, count);
}
errno_t wcsncpy_s(wchar_t* target, rsize_t size, const wchar_t* source, rsize_t count) {
  return CopyText(target, size, source, count);
}
errno_t strncat_s(char* target, rsize_t size, const char* source, rsize_t count) {
  return AppendText(target, size, source, count);
}
errno_t wcsncat_s(wchar_t* target, rsize_t size, const wchar_t* source, rsize_t count) {
  return AppendText(target, size, source, count);
}

errno_t memcpy_s(void* target, rsize_t size, const void* source, rsize_t count) {
  return CopyMemoryOrClear(static_cast<char*>(target), size, static_cast<const char*>(source), count);
}
errno_t memmove_s(void* target, rsize_t size, const void* source, rsize_t count) {
  return MoveMemoryChecked(static_cast<char*>(target), size, static_cast<const char*>(source), count);
}
errno_t wmemcpy_s(wchar_t* target, rsize_t size, const wchar_t* source, rsize_t count) {
  return CopyMemoryOrClear(target, size, source, count);
}
errno_t wmemmove_s(wchar_t* target, rsize_t size, const wchar_t* source, rsize_t count) {
  return MoveMemoryChecked(target, size, source, count);
}

size_t strnlen_s(const char* text, size_t size) { return text == nullptr ? 0 : strnlen(text, size); }
size_t wcsnlen_s(const wchar_t* text, size_t size) { return text == nullptr ? 0 : wcsnlen(text, size); }

char* strtok_s(char* text, const char* delimiters, char** context) { return NextToken(text, delimiters, context); }
wchar_t* wcstok_s(wchar_t* text, const wchar_t* delimiters, wchar_t** context) {
  return NextToken(text, delimiters, context);
}
wchar_t* _openwmi_wcstok(wchar_t* text, const wchar_t* delimiters) {
  return NextToken(text, delimiters, &wcstok_place);
}
