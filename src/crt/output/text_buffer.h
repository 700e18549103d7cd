// Where formatted text grows: short texts without the heap. Not thread-safe; a value of one call.
#pragma once

#include <climits>
#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>
#include <vector>

namespace wmi::crt {

// Holds at most INT_MAX characters, which is what the printf family can report; past it, overflowed() is true and what
// is added is dropped. Throws std::bad_alloc.
template <typename Char>
class TextBuffer {
 public:
  TextBuffer() = default;
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;

  void Append(const Char* text, std::size_t count) {
    if (count == 0) return;
    if (Char* target = Extend(count)) std::memcpy(target, text, count * sizeof(Char));
  }
  void Append(std::basic_string_view<Char> text) { Append(text.data(), text.size()); }

  void Fill(std::size_t count, Char character) {
    if (count == 0) return;
    Char* target = Extend(count);
    if (target == nullptr) return;
    for (std::size_t i = 0; i < count; ++i) target[i] = character;
  }

  // ASCII, in either character type.
  void AppendAscii(std::string_view text) {
    Char* target = text.empty() ? nullptr : Extend(text.size());
    if (target == nullptr) return;
    for (std::size_t i = 0; i < text.size(); ++i) target[i] = static_cast<Char>(text[i]);
  }

  std::basic_string_view<Char> text() const { return {data_, size_}; }
  std::size_t size() const { return size_; }
  bool overflowed() const { return overflowed_; }

  // Room for `count` more characters at the end, for the caller to write. Null when that is too much.
  Char* Extend(std::size_t count) {
    if (count > capacity_ - size_ && !Grow(count)) return nullptr;
    Char* target = data_ + size_;
    size_ += count;
    return target;
  }

 private:
  static constexpr std::size_t kInline = 512;
  static constexpr std::size_t kMax = INT_MAX;

  bool Grow(std::size_t count) {
    if (overflowed_ || count > kMax - size_) {
      overflowed_ = true;
      return false;
    }
    std::size_t wanted = capacity_ > kMax / 2 ? kMax : capacity_ * 2;
    if (wanted < size_ + count) wanted = size_ + count;
    std::vector<Char> larger(wanted);
    std::memcpy(larger.data(), data_, size_ * sizeof(Char));
    heap_.swap(larger);
    data_ = heap_.data();
    capacity_ = wanted;
    return true;
  }

  Char inline_[kInline];
  std::vector<Char> heap_;
  Char* data_ = inline_;
  std::size_t size_ = 0;
  std::size_t capacity_ = kInline;
  bool overflowed_ = false;
};

}  // namespace wmi::crt
