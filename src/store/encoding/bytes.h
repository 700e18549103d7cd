// ByteWriter and ByteReader: numbers and texts as bytes, the alphabet of everything the repository encodes
// (docs/repository.md, "Encoding").
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace wmi::store {

// Appends to a string. Integers are little-endian groups of seven bits (LEB128), signed ones in zigzag order; a text is
// its length and its bytes.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void Byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void Unsigned(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<std::uint8_t>(value | 0x80));
    Byte(static_cast<std::uint8_t>(value));
  }
  void Signed(std::int64_t value) {
    Unsigned((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void Fixed32(std::uint32_t value) { Raw(value); }
  void Fixed64(std::uint64_t value) { Raw(value); }
  void Real(double value) { Raw(value); }
  void Text(std::string_view text) {
    Unsigned(text.size());
    out_.append(text);
  }

 private:
  template <typename T>
  void Raw(T value) {
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the format is little-endian");
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof value);
  }

  std::string& out_;
};

// Reads what ByteWriter wrote, from bytes that may be anything. Past the end, or at a number that is no number, it is
// failed: then and from then on everything reads as zero or empty.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool failed() const { return failed_; }
  bool at_end() const { return next_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - next_); }
  // What was not read yet.
  std::string_view rest() const { return {next_, left()}; }

  std::uint8_t Byte() {
    if (next_ == end_) return Fail();
    return static_cast<std::uint8_t>(*next_++);
  }
  std::uint64_t Unsigned() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = Byte();
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return Fail();
  }
  std::int64_t Signed() {
    const std::uint64_t value = Unsigned();
    return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
  }
  std::uint32_t Fixed32() { return Raw<std::uint32_t>(); }
  std::uint64_t Fixed64() { return Raw<std::uint64_t>(); }
  double Real() { return Raw<double>(); }
  std::string_view Text() {
    const std::uint64_t size = Unsigned();
    if (size > left()) {
      Fail();
      return {};
    }
    const std::string_view text(next_, size);
    next_ += size;
    return text;
  }
  // A count of things that take at least one byte each, so that a wrong one cannot ask for more memory than there are
  // bytes.
  std::size_t Count() {
    const std::uint64_t count = Unsigned();
    return count <= left() ? static_cast<std::size_t>(count) : Fail();
  }
  std::uint8_t Fail() {
    failed_ = true;
    next_ = end_;
    return 0;
  }

 private:
  template <typename T>
  T Raw() {
    T value{};
    if (left() < sizeof value) {
      Fail();
      return value;
    }
    std::memcpy(&value, next_, sizeof value);
    next_ += sizeof value;
    return value;
  }

  const char* next_;
  const char* end_;
  bool failed_ = false;
};

}  // namespace wmi::store
