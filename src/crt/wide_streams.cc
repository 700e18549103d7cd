#include "crt/wide_streams.h"

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <new>
#include <ostream>

#include "crt/output/utf8.h"

namespace wmi::crt {
namespace {

constexpr std::size_t kChunk = 128;

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
      char bytes[kChunk * kUtf8BytesMax];
      const std::streamsize taken = std::min(count - done, static_cast<std::streamsize>(kChunk));
      const std::size_t size = EncodeReplacing({text + done, static_cast<std::size_t>(taken)}, bytes);
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
