// The functions of detail/crt_input.h.
#define OPENWMI_OUTPUT_C_FORMS  // glibc's functions under their own names
#include "crt/strings/text_operations.h"
#include "crt/utf8_codec.h"

namespace wmi::crt {
namespace {

constexpr wint_t kReplacement = 0xFFFD;

// The stream's lock during a call that reads several bytes.
class StreamLock {
 public:
  explicit StreamLock(FILE* stream) : stream_(stream) { flockfile(stream); }
  ~StreamLock() { funlockfile(stream_); }
  StreamLock(const StreamLock&) = delete;
  StreamLock& operator=(const StreamLock&) = delete;

 private:
  FILE* stream_;
};

std::size_t SizeByLead(int lead) { return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1; }

// One character; the caller holds the lock. A byte that does not go on with a sequence stays in the stream.
wint_t ReadCharacter(FILE* stream) {
  if (std::fwide(stream, 0) > 0) return std::fgetwc(stream);
  const int lead = getc_unlocked(stream);
  if (lead == EOF) return WEOF;
  char bytes[kUtf8BytesMax] = {static_cast<char>(lead)};
  const std::size_t size = SizeByLead(lead);
  std::size_t read = 1;
  for (; read < size; ++read) {
    const int next = getc_unlocked(stream);
    if (next == EOF) break;
    if ((next & 0xC0) != 0x80) {
      std::ungetc(next, stream);
      break;
    }
    bytes[read] = static_cast<char>(next);
  }
  const Utf8Character character = DecodeUtf8(bytes, bytes + read);
  return character.size == read ? static_cast<wint_t>(character.value) : kReplacement;
}

wint_t ReadLocked(FILE* stream) {
  if (stream == nullptr) {
    errno = EINVAL;
    return WEOF;
  }
  const StreamLock lock(stream);
  return ReadCharacter(stream);
}

int NextUnit(FILE* stream, char* /*kind*/) { return getc_unlocked(stream); }
wint_t NextUnit(FILE* stream, wchar_t* /*kind*/) { return ReadCharacter(stream); }
bool IsEnd(int unit) { return unit == EOF; }
bool IsEnd(wint_t unit) { return unit == WEOF; }

// A line of stdin; what does not fit is read and dropped, so that the next call begins with the next line.
template <typename Char>
Char* ReadLine(Char* target, std::size_t size) {
  if (target == nullptr || size == 0) {
    errno = EINVAL;
    return nullptr;
  }
  const StreamLock lock(stdin);
  std::size_t length = 0;
  bool fits = true;
  auto unit = NextUnit(stdin, target);
  const bool any = !IsEnd(unit);
  for (; !IsEnd(unit) && static_cast<Char>(unit) != '\n'; unit = NextUnit(stdin, target)) {
    if (length + 1 < size) {
      target[length++] = static_cast<Char>(unit);
    } else {
      fits = false;
    }
  }
  target[fits ? length : 0] = 0;
  if (!fits) errno = ERANGE;
  return any && fits ? target : nullptr;
}

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

wint_t openwmi_fgetwc(FILE* stream) { return ReadLocked(stream); }
wint_t openwmi_getwc(FILE* stream) { return ReadLocked(stream); }
wint_t openwmi_getwchar() { return ReadLocked(stdin); }

wchar_t* openwmi_fgetws(wchar_t* target, int size, FILE* stream) {
  if (target == nullptr || size < 1 || stream == nullptr) {
    errno = EINVAL;
    return nullptr;
  }
  const StreamLock lock(stream);
  int length = 0;
  while (length < size - 1) {
    const wint_t character = ReadCharacter(stream);
    if (character == WEOF) break;
    target[length++] = static_cast<wchar_t>(character);
    if (character == L'\n') break;
  }
  if (length == 0 && size > 1) return nullptr;
  target[length] = 0;
  return target;
}

wint_t openwmi_ungetwc(wint_t character, FILE* stream) {
  char bytes[kUtf8BytesMax];
  if (character == WEOF || stream == nullptr) return WEOF;
  if (std::fwide(stream, 0) > 0) return std::ungetwc(character, stream);
  const std::size_t size = EncodeUtf8(static_cast<char32_t>(character), bytes);
  if (size == 0) {
    errno = EILSEQ;
    return WEOF;
  }
  const StreamLock lock(stream);
  for (std::size_t left = size; left > 0; --left) {
    if (std::ungetc(static_cast<unsigned char>(bytes[left - 1]), stream) == EOF) return WEOF;
  }
  return character;
}

char* gets_s(char* target, size_t size) { return ReadLine(target, size); }
wchar_t* _getws_s(wchar_t* target, size_t size) { return ReadLine(target, size); }
