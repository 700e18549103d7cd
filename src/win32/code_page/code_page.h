// The code pages that there are: number, the name that the C library has for it, and what Windows allows for it.
#pragma once

#include <iconv.h>
#include <stringapiset.h>

#include <cstddef>

namespace wmi::win32 {

// What flags and default characters a page takes (the tables of MultiByteToWideChar and WideCharToMultiByte).
enum class PageRule {
  kSystem,    // CP_ACP and its kin: UTF-8 here, some 8-bit page there, so everything that such a page takes
  kUtf8,      // error flag alone, no default character
  kGb18030,   // error flag alone, a default character
  kTable,     // all flags but WC_ERR_INVALID_CHARS
  kStateful,  // no flags at all; the default character goes through the conversion, too
  kUtf7,      // neither
};

struct CodePage {
  UINT number;
  const char* name;  // for iconv; null for UTF-8, which needs none
  PageRule rule;
  unsigned char bytes_max;  // of one character
  unsigned char lead[4];    // ranges of lead bytes, ended by zeros
};

// Null for a number that is not known. The four numbers of the system's page give UTF-8 with their own rule. A known
// page may still lack its table on this machine.
const CodePage* FindCodePage(UINT number);

// True for a page that holds the C1 controls at the bytes that its table leaves empty, as the Windows pages do.
bool HasControlsInHoles(const CodePage& page);

// A conversion of the C library, closed at the end of its scope.
class Conversion {
 public:
  Conversion(const char* to, const char* from) : descriptor_(iconv_open(to, from)) {}
  ~Conversion() {
    if (IsOpen()) iconv_close(descriptor_);
  }
  Conversion(const Conversion&) = delete;
  Conversion& operator=(const Conversion&) = delete;

  bool IsOpen() const {
    return descriptor_ !=
           reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr): iconv's own failure value
  }
  iconv_t descriptor() const { return descriptor_; }

 private:
  iconv_t descriptor_;
};

// The name of wchar_t for iconv.
inline constexpr char kWideName[] = "WCHAR_T";

// Where converted units go: counts them, and stores them when there is a target.
template <typename Unit>
class UnitSink {
 public:
  UnitSink(Unit* target, std::size_t size) : target_(target), size_(size) {}

  void Put(const Unit* units, std::size_t count) {
    if (size_ != 0 && count <= size_ - stored_) {
      for (std::size_t i = 0; i < count; ++i) target_[stored_ + i] = units[i];
      stored_ += count;
    } else if (size_ != 0) {
      overflowed_ = true;
    }
    count_ += count;
  }

  std::size_t count() const { return count_; }
  bool overflowed() const { return overflowed_; }

 private:
  Unit* target_;
  std::size_t size_;
  std::size_t stored_ = 0;
  std::size_t count_ = 0;
  bool overflowed_ = false;
};

}  // namespace wmi::win32
