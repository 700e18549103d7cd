// The functions of detail/crt_convert.h.
#include "crt/strings/text_operations.h"
#include "crt/utf8_codec.h"

namespace wmi::crt {
namespace {

constexpr std::size_t kErrorTextSize = 256;

// How a conversion writes one character of the source: from `at`, to `units`; both numbers 0 when it is malformed.
struct Step {
  std::size_t read;
  std::size_t written;
};

Step Convert(const wchar_t* at, char (&units)[kUtf8BytesMax]) {
  const std::size_t size = EncodeUtf8(static_cast<char32_t>(*at), units);
  return {size == 0 ? 0u : 1u, size};
}

Step Convert(const char* at, wchar_t (&units)[kUtf8BytesMax]) {
  const Utf8Character character = DecodeUtf8(at);
  units[0] = static_cast<wchar_t>(character.value);
  return {character.size, character.size == 0 ? 0u : 1u};
}

// Wide to narrow or narrow to wide; the rules are the same. `count` bounds what is read even when it does not fit in
// the target, so that the malformed rest of a text that is not wanted does no harm.
template <typename Target, typename Source>
errno_t ConvertText(std::size_t* converted, Target* target, std::size_t size, const Source* source, std::size_t count) {
  if (converted != nullptr) *converted = 0;
  if ((target == nullptr) != (size == 0)) return Fail(EINVAL);
  if (source == nullptr) return FailEmptied(target, size, EINVAL);
  const std::size_t wanted = target == nullptr ? SIZE_MAX : count;
  std::size_t length = 0;
  errno_t result = 0;
  for (const Source* at = source; *at != 0;) {
    Target units[kUtf8BytesMax];
    const Step step = Convert(at, units);
    if (step.read == 0) return FailEmptied(target, size, EILSEQ);
    if (step.written > wanted - length) break;
    if (target != nullptr && length + step.written >= size) {
      if (count != _TRUNCATE) return FailEmptied(target, size, ERANGE);
      result = STRUNCATE;
      break;
    }
    if (target != nullptr) std::copy_n(units, step.written, target + length);
    length += step.written;
    at += step.read;
  }
  if (target != nullptr) target[length] = 0;
  if (converted != nullptr) *converted = length + 1;
  return result;
}

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

errno_t wcstombs_s(size_t* converted, char* target, size_t size, const wchar_t* source, size_t count) {
  return ConvertText(converted, target, size, source, count);
}

errno_t mbstowcs_s(size_t* converted, wchar_t* target, size_t size, const char* source, size_t count) {
  return ConvertText(converted, target, size, source, count);
}

errno_t wctomb_s(int* length, char* target, size_t size, wchar_t character) {
  if (length != nullptr) *length = 0;
  if (target == nullptr) return size == 0 ? 0 : Fail(EINVAL);
  char bytes[kUtf8BytesMax];
  const std::size_t bytes_count = EncodeUtf8(static_cast<char32_t>(character), bytes);
  if (bytes_count == 0) return Fail(EILSEQ);
  if (bytes_count > size) return Fail(ERANGE);
  std::memcpy(target, bytes, bytes_count);
  if (length != nullptr) *length = static_cast<int>(bytes_count);
  return 0;
}

errno_t strerror_s(char* target, size_t size, int error) {
  if (target == nullptr || size == 0) return Fail(EINVAL);
  char buffer[kErrorTextSize];
  CopyText(target, size, const_cast<const char*>(strerror_r(error, buffer, sizeof buffer)), _TRUNCATE);
  return 0;
}

errno_t _wcserror_s(wchar_t* target, size_t size, int error) {
  if (target == nullptr || size == 0) return Fail(EINVAL);
  char text[kErrorTextSize];
  strerror_s(text, sizeof text, error);
  wchar_t* end = target + size - 1;
  for (const char* at = text; *at != 0 && target < end; ++target) {
    const Utf8Character character = DecodeUtf8(at);
    *target = static_cast<wchar_t>(character.value);
    at += character.size == 0 ? 1 : character.size;
  }
  *target = 0;
  return 0;
}

wchar_t* _wcserror(int error) {
  thread_local wchar_t text[kErrorTextSize];
  _wcserror_s(text, kErrorTextSize, error);
  return text;
}
