// The digits of numbers by Microsoft's rules, before they are padded to their width. All results are ASCII.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "crt/output/directive.h"

namespace wmi::crt {

// A number in its three parts. Not copyable, since the views point into the object.
class NumberText {
 public:
  NumberText() = default;
  NumberText(const NumberText&) = delete;
  NumberText& operator=(const NumberText&) = delete;

  // An integer argument by the size and type of the specification. Where the type of a 64-bit argument is known, no
  // size and `l` mean what a Windows program would see (detail/output.h, "Types").
  void SetInteger(const Directive& directive, const openwmi_argument& argument);
  void SetPointer(const Directive& directive, std::uint64_t address);
  // Throws std::bad_alloc. `type` is one of e f g a and their capitals.
  void SetReal(const Directive& directive, char type, double value);

  std::string_view prefix() const { return {prefix_, prefix_size_}; }  // sign, 0x
  std::size_t zeros() const { return zeros_; }                         // between prefix and digits
  std::string_view digits() const { return digits_; }
  bool zero_fills() const { return zero_fills_; }  // the 0 flag counts

 private:
  void AddPrefix(char character) { prefix_[prefix_size_++] = character; }
  void SetSign(const Directive& directive, bool negative);
  void SetDigits(const Directive& directive, std::uint64_t magnitude, int precision);
  void SetNotFinite(const Directive& directive, bool capitals, double value);

  char prefix_[4];
  std::size_t prefix_size_ = 0;
  std::size_t zeros_ = 0;
  std::string_view digits_;
  bool zero_fills_ = true;
  char inline_[400];  // a double with %f and the usual precision has at most 317
  std::string heap_;
};

}  // namespace wmi::crt
