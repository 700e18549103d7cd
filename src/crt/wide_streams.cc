#include "crt/wide_streams.h"

#include <cstddef>
#include <iostream>
#include <new>
#include <ostream>

namespace wmi::crt {
namespace {

constexpr std::size_t kChunk = 128;

// Appends the UTF-8 form of one character; what cannot be encoded becomes U+FFFD.
std::size_t Encode(wchar_t wide, char* bytes) {
  auto c = static_cast<char32_t>(wide);
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) c = 0xfffd;
  if (c < 0x80) {
    bytes[0] = static_cast<char>(c);
    return 1;
  }
  const std::size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (std::size_t i = length - 1; i > 0; --i, c >>= 6) bytes[i] = static_cast<char>(0x80 | (c & 0x3f));
  constexpr unsigned char kLead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  bytes[0] = static_cast<char>(kLead[length] | c);
  return length;
}

// Unbuffered: what is written goes to the narrow buffer at once, so nothing is left at exit. The narrow stream is asked
// for its buffer at every write, because programs redirect it.
class Utf8Buffer final : public std::wstreambuf {
 public:
  explicit Utf8Buffer(std::ostream& narrow) : narrow_(narrow) {}

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const wchar_t wide = traits_type::to_char_type(c);
    return xsputn(&wide, 1) == 1 ? c : traits_type::eof();
  }

  std::streamsize xsputn(const wchar_t* text, std::streamsize count) override {
    std::streambuf* target = narrow_.rdbuf();
    if (target == nullptr) return 0;
    for (std::streamsize done = 0; done < count;) {
      char bytes[kChunk * 4];
      std::size_t size = 0;
      std::streamsize taken = 0;
      while (taken < static_cast<std::streamsize>(kChunk) && done + taken < count) {
        size += Encode(text[done + taken], bytes + size);
        ++taken;
      }
      if (target->sputn(bytes, static_cast<std::streamsize>(size)) != static_cast<std::streamsize>(size)) return done;
      done += taken;
    }
    return count;
  }

  int sync() override { return narrow_.rdbuf() == nullptr ? -1 : narrow_.rdbuf()->pubsync(); }

 private:
  std::ostream& narrow_;
};

std::wstreambuf* wide_output = nullptr;

// <iostream> above guarantees that the standard streams exist before this file's objects. The buffers are never
// destroyed: static destructors of the program may still write.
struct Installer {
  Installer() {
    static std::ios_base::Init streams;
    wide_output = Install(std::wcout, std::cout);
    Install(std::wcerr, std::cerr);
    Install(std::wclog, std::clog);
  }
  static std::wstreambuf* Install(std::wostream& wide, std::ostream& narrow) {
    auto* buffer = new Utf8Buffer(narrow);
    wide.rdbuf(buffer);
    return buffer;
  }
};
const Installer installer;

}  // namespace

std::wstreambuf* WideOutputBuffer() { return wide_output; }

}  // namespace wmi::crt
