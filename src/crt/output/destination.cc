#include "crt/output/destination.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <cwchar>
#include <new>
#include <string>

#include "base/text.h"
#include "crt/output/formatter.h"
#include "crt/output/text_buffer.h"
#include "crt/output/utf8.h"

namespace wmi::crt {
namespace {

int Fail(int code) {
  errno = code;
  return -1;
}

// A stream that is wide already takes no bytes. Characters that its locale does not have become question marks, so that
// the rest still arrives.
bool WriteWide(std::FILE* stream, std::wstring_view text) {
  flockfile(stream);
  bool good = true;
  for (const wchar_t character : text) {
    if (std::fputwc(character, stream) != WEOF) continue;
    good = errno == EILSEQ;
    if (!good) break;
    clearerr(stream);
    std::fputwc(L'?', stream);
  }
  funlockfile(stream);
  return good;
}

// Copies what the rule of the target allows, and gives the result.
template <typename Char>
class Placement {
 public:
  Placement(const Target<Char>& target, std::basic_string_view<Char> text) : target_(target), text_(text) {}

  int Place() {
    switch (target_.fit) {
      case OPENWMI_FIT_STANDARD:
        if (target_.size > 0) Put(target_.size - 1);
        return length();
      case OPENWMI_FIT_TRUNCATE:
        return PlaceCut(target_.size);
      case OPENWMI_FIT_SECURE:
        return PlaceWhole();
      case OPENWMI_FIT_LEGACY:
      case OPENWMI_FIT_LEGACY_LIST:
        return PlaceWithoutEnd();
      case OPENWMI_FIT_COUNTED:
        return target_.count < target_.size ? PlaceCut(target_.count + 1)
               : target_.count == SIZE_MAX  ? PlaceCut(target_.size)
                                            : PlaceWhole();
      case OPENWMI_FIT_UNBOUNDED:
        Put(text_.size());
        return length();
      case OPENWMI_FIT_MESSAGE:
        return static_cast<int>(Put(kMessageSize - 1));
    }
    return Fail(EINVAL);
  }

 private:
  static constexpr std::size_t kMessageSize = 1024;  // wsprintf: its buffers have this size

  int length() const { return static_cast<int>(text_.size()); }

  // At most so many characters and the end.
  std::size_t Put(std::size_t most) {
    const std::size_t count = std::min(most, text_.size());
    std::memcpy(target_.text, text_.data(), count * sizeof(Char));
    target_.text[count] = 0;
    return count;
  }

  int PlaceCut(std::size_t size) {
    if (size == 0) return Fail(EINVAL);
    return Put(size - 1) == text_.size() ? length() : -1;
  }

  int PlaceWhole() {
    if (target_.size == 0) return Fail(EINVAL);
    if (text_.size() < target_.size) return PlaceCut(target_.size);
    target_.text[0] = 0;
    return Fail(ERANGE);
  }

  int PlaceWithoutEnd() {
    if (target_.size == 0) {
      const bool measures = target_.fit == OPENWMI_FIT_LEGACY || target_.text == nullptr;
      return measures ? length() : Fail(ERANGE);
    }
    if (text_.size() < target_.size) return PlaceCut(target_.size);
    std::memcpy(target_.text, text_.data(), target_.size * sizeof(Char));
    return text_.size() == target_.size ? length() : -1;
  }

  const Target<Char>& target_;
  std::basic_string_view<Char> text_;
};

// A null buffer is a way to ask for the length in some functions and an error in the others.
template <typename Char>
bool NullIsAllowed(const Target<Char>& target) {
  switch (target.fit) {
    case OPENWMI_FIT_STANDARD:
    case OPENWMI_FIT_LEGACY:
    case OPENWMI_FIT_LEGACY_LIST:
      return target.size == 0;
    default:
      return false;
  }
}

// What no formatting can mend: the text that was there must not be taken for a result.
template <typename Char>
int FailEmpty(const Target<Char>& target, int code) {
  const bool holds_one = target.size > 0 || target.fit == OPENWMI_FIT_UNBOUNDED || target.fit == OPENWMI_FIT_MESSAGE;
  if (target.text != nullptr && holds_one) target.text[0] = 0;
  return Fail(code);
}

}  // namespace

bool WriteToFile(std::FILE* stream, std::string_view text) {
  if (text.empty() || std::fwrite(text.data(), 1, text.size(), stream) == text.size()) return true;
  return std::fwide(stream, 0) > 0 && WriteWide(stream, WideFromUtf8(text));
}

bool WriteToFile(std::FILE* stream, std::wstring_view text) {
  if (std::fwide(stream, 0) > 0) return WriteWide(stream, text);
  constexpr std::size_t kShort = 512;
  char short_bytes[kShort * kUtf8BytesMax];
  std::string long_bytes;
  char* bytes = short_bytes;
  if (text.size() > kShort) {
    long_bytes.resize(text.size() * kUtf8BytesMax);
    bytes = long_bytes.data();
  }
  return WriteToFile(stream, std::string_view{bytes, EncodeReplacing(text, bytes)});
}

template <typename Char>
int FormatToFile(std::FILE* stream, const Char* format, ArgumentSource& arguments) {
  if (stream == nullptr || format == nullptr) return Fail(EINVAL);
  try {
    TextBuffer<Char> text;
    Format(text, format, arguments);
    if (text.overflowed()) return Fail(EOVERFLOW);
    return WriteToFile(stream, text.text()) ? static_cast<int>(text.size()) : -1;
  } catch (const std::bad_alloc&) {
    return Fail(ENOMEM);
  }
}

template <typename Char>
int FormatToBuffer(const Target<Char>& target, const Char* format, ArgumentSource& arguments) {
  if (target.fit == OPENWMI_FIT_COUNTED && target.text == nullptr && target.size == 0 && target.count == 0) return 0;
  if (target.text == nullptr && !NullIsAllowed(target)) return Fail(EINVAL);
  if (format == nullptr) return FailEmpty(target, EINVAL);
  try {
    TextBuffer<Char> text;
    Format(text, format, arguments);
    if (text.overflowed()) return FailEmpty(target, EOVERFLOW);
    return Placement<Char>(target, text.text()).Place();
  } catch (const std::bad_alloc&) {
    return FailEmpty(target, ENOMEM);
  }
}

template int FormatToFile(std::FILE* stream, const char* format, ArgumentSource& arguments);
template int FormatToFile(std::FILE* stream, const wchar_t* format, ArgumentSource& arguments);
template int FormatToBuffer(const Target<char>& target, const char* format, ArgumentSource& arguments);
template int FormatToBuffer(const Target<wchar_t>& target, const wchar_t* format, ArgumentSource& arguments);

}  // namespace wmi::crt
