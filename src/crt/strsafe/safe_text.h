// The rules of strsafe.h over one target, for both character types; sizes are in bytes, so that one code serves the
// functions that count characters and those that count bytes.
#pragma once

#include <strsafe.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "crt/output/destination.h"
#include "crt/strings/text_operations.h"

namespace wmi::crt {

// What the Ex functions take and answer beside the text. `remaining` is in bytes.
template <typename Char>
struct SafeTextExtras {
  Char** end = nullptr;
  std::size_t* remaining = nullptr;
  DWORD flags = 0;
};

// A target during one call. Not thread-safe; nothing is owned. Each operation is called once and gives the function's
// result.
template <typename Char>
class SafeText {
 public:
  SafeText(Char* text, std::size_t bytes, const SafeTextExtras<Char>& extras)
      : text_(text), bytes_(bytes), size_(bytes / sizeof(Char)), extras_(extras) {}

  HRESULT Copy(const Char* source, std::size_t count) {
    if (!TargetIsValid()) return STRSAFE_E_INVALID_PARAMETER;
    if (size_ > 0) text_[0] = 0;
    if (!SourceIsValid(source, count)) return Failed(STRSAFE_E_INVALID_PARAMETER, 0);
    return Put(0, source, count);
  }

  HRESULT Append(const Char* source, std::size_t count) {
    if (!TargetIsValid()) return STRSAFE_E_INVALID_PARAMETER;
    const std::size_t used = size_ > 0 ? BoundedLength(text_, size_) : 0;
    if (size_ > 0 && used == size_) return STRSAFE_E_INVALID_PARAMETER;
    kept_ = used;
    if (!SourceIsValid(source, count)) return Failed(STRSAFE_E_INVALID_PARAMETER, used);
    return Put(used, source, count);
  }

  HRESULT Print(const Char* format, ArgumentSource& arguments) {
    if (!TargetIsValid()) return STRSAFE_E_INVALID_PARAMETER;
    if (!SourceIsValid(format, 0)) {
      if (size_ > 0) text_[0] = 0;
      return Failed(STRSAFE_E_INVALID_PARAMETER, 0);
    }
    const Target<Char> target = {size_ > 0 ? text_ : nullptr, size_, 0, OPENWMI_FIT_STANDARD};
    const int length = FormatToBuffer(target, format, arguments);
    if (length < 0) return Failed(ResultOf(errno), 0);
    if (size_ == 0) return length == 0 ? Succeeded(0) : NoRoom();
    const auto wanted = static_cast<std::size_t>(length);
    return wanted < size_ ? Succeeded(wanted) : Failed(STRSAFE_E_INSUFFICIENT_BUFFER, size_ - 1);
  }

 private:
  bool Has(DWORD flag) const { return (extras_.flags & flag) != 0; }

  bool TargetIsValid() const {
    if (size_ > STRSAFE_MAX_CCH) return false;
    return Has(STRSAFE_IGNORE_NULLS) ? text_ != nullptr || size_ == 0 : text_ != nullptr && size_ > 0;
  }

  bool SourceIsValid(const Char*& source, std::size_t count) const {
    static constexpr Char kEmpty[] = {0};
    if ((extras_.flags & ~DWORD{STRSAFE_VALID_FLAGS}) != 0) return false;
    if (count > STRSAFE_MAX_CCH) return false;
    if (source == nullptr && Has(STRSAFE_IGNORE_NULLS)) source = kEmpty;
    return source != nullptr;
  }

  static HRESULT ResultOf(int error) {
    if (error == ENOMEM) return E_OUTOFMEMORY;
    return error == EOVERFLOW ? STRSAFE_E_INSUFFICIENT_BUFFER : STRSAFE_E_INVALID_PARAMETER;
  }

  // For a target of size 0 that something should go to.
  HRESULT NoRoom() { return text_ == nullptr ? STRSAFE_E_INVALID_PARAMETER : Failed(STRSAFE_E_INSUFFICIENT_BUFFER, 0); }

  // Reads no more of the source than tells whether it fits: it may lack its null where the target ends before.
  HRESULT Put(std::size_t used, const Char* source, std::size_t count) {
    const std::size_t room = size_ > 0 ? size_ - 1 - used : 0;
    const std::size_t length = BoundedLength(source, std::min(count, room + 1));
    if (size_ == 0) return length == 0 ? Succeeded(0) : NoRoom();
    const std::size_t copied = std::min(length, room);
    std::char_traits<Char>::copy(text_ + used, source, copied);
    text_[used + copied] = 0;
    return copied == length ? Succeeded(used + copied) : Failed(STRSAFE_E_INSUFFICIENT_BUFFER, used + copied);
  }

  HRESULT Succeeded(std::size_t length) {
    if (Has(STRSAFE_FILL_BEHIND_NULL) && size_ > 0) {
      std::memset(static_cast<void*>(text_ + length + 1), FillByte(), bytes_ - (length + 1) * sizeof(Char));
    }
    return Answer(S_OK, length);
  }

  HRESULT Failed(HRESULT result, std::size_t length) {
    if (size_ > 0) length = TreatFailure(length);
    return Answer(result, length);
  }

  // What the flags demand of the target after a failure; where its text ends then.
  std::size_t TreatFailure(std::size_t length) {
    if (Has(STRSAFE_NO_TRUNCATION)) {
      length = kept_;
      text_[length] = 0;
    }
    if (Has(STRSAFE_FILL_ON_FAILURE)) {
      std::memset(static_cast<void*>(text_), FillByte(), bytes_);
      length = FillByte() == 0 ? 0 : size_ - 1;
      text_[length] = 0;
    }
    if (Has(STRSAFE_NULL_ON_FAILURE)) {
      length = 0;
      text_[0] = 0;
    }
    return length;
  }

  HRESULT Answer(HRESULT result, std::size_t length) const {
    if (result != S_OK && result != STRSAFE_E_INSUFFICIENT_BUFFER) return result;
    if (extras_.end != nullptr) *extras_.end = text_ == nullptr ? nullptr : text_ + length;
    if (extras_.remaining != nullptr) *extras_.remaining = bytes_ - length * sizeof(Char);
    return result;
  }

  int FillByte() const { return static_cast<int>(extras_.flags & 0xFF); }

  Char* text_;
  std::size_t bytes_;
  std::size_t size_;
  std::size_t kept_ = 0;  // the length of the text that was there before, for appending
  SafeTextExtras<Char> extras_;
};

}  // namespace wmi::crt
