// Where the scanf family reads: a text in memory or a stream, in characters of either kind. Not thread-safe; an object
// over a stream holds the lock of the stream as long as it lives.
#pragma once

#include <cstddef>
#include <cstdio>

namespace wmi::crt {

template <typename Char>
class CharacterSource {
 public:
  virtual ~CharacterSource() = default;

  // The next character, which Skip() then takes away. kEnd at the end and after an error of the stream.
  static constexpr long kEnd = -1;
  long Peek() {
    if (!is_peeked_) {
      peeked_ = Read();
      is_peeked_ = true;
    }
    return peeked_;
  }
  void Skip() {
    if (Peek() == kEnd) return;
    is_peeked_ = false;
    ++taken_;
  }
  // Characters taken away so far.
  std::size_t taken() const { return taken_; }

 protected:
  virtual long Read() = 0;
  bool is_peeked_ = false;
  long peeked_ = kEnd;

 private:
  std::size_t taken_ = 0;
};

template <typename Char>
class TextSource final : public CharacterSource<Char> {
 public:
  explicit TextSource(const Char* text) : next_(text) {}

 private:
  long Read() override;
  const Char* next_;
};

// A wide one decodes UTF-8; a malformed byte is U+FFFD. What was peeked and not taken goes back to the stream at the
// end.
template <typename Char>
class StreamSource final : public CharacterSource<Char> {
 public:
  explicit StreamSource(std::FILE* stream) : stream_(stream) { flockfile(stream_); }
  ~StreamSource() override;
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;

 private:
  long Read() override;
  void ReadMore();

  std::FILE* stream_;
  char bytes_[8];  // of the character read last
  std::size_t size_ = 0;
};

}  // namespace wmi::crt
