#include "crt/input/character_source.h"

#include "crt/utf8_codec.h"

namespace wmi::crt {

template <>
long TextSource<char>::Read() {
  return *next_ == '\0' ? kEnd : static_cast<unsigned char>(*next_++);
}

template <>
long TextSource<wchar_t>::Read() {
  return *next_ == L'\0' ? kEnd : static_cast<long>(static_cast<char32_t>(*next_++));
}

template <typename Char>
StreamSource<Char>::~StreamSource() {
  if (this->is_peeked_ && this->peeked_ != CharacterSource<Char>::kEnd) {
    while (size_ > 0) ungetc(static_cast<unsigned char>(bytes_[--size_]), stream_);
  }
  funlockfile(stream_);
}

template <>
long StreamSource<char>::Read() {
  size_ = 0;
  const int byte = getc_unlocked(stream_);
  if (byte == EOF) return kEnd;
  bytes_[size_++] = static_cast<char>(byte);
  return byte;
}

// The bytes that continue the sequence that the first byte begins; the first that does not goes back.
template <typename Char>
void StreamSource<Char>::ReadMore() {
  const auto lead = static_cast<unsigned char>(bytes_[0]);
  const std::size_t expected = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  while (size_ < expected) {
    const int byte = getc_unlocked(stream_);
    if (byte == EOF) return;
    if ((byte & 0xc0) != 0x80) {
      ungetc(byte, stream_);
      return;
    }
    bytes_[size_++] = static_cast<char>(byte);
  }
}

template <>
long StreamSource<wchar_t>::Read() {
  size_ = 0;
  const int byte = getc_unlocked(stream_);
  if (byte == EOF) return kEnd;
  bytes_[size_++] = static_cast<char>(byte);
  if (byte < 0x80) return byte;
  ReadMore();
  const Utf8Character character = DecodeUtf8(bytes_, bytes_ + size_);
  return character.size == size_ ? static_cast<long>(character.value) : 0xfffd;
}

template class StreamSource<char>;
template class StreamSource<wchar_t>;

}  // namespace wmi::crt
