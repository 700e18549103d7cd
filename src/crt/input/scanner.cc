#include "crt/input/scanner.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>

#include "base/text.h"
#include "crt/input/number_reader.h"
#include "crt/input/scan_directive.h"

namespace wmi::crt {
namespace {

constexpr std::size_t kTextMax = 1u << 24;

bool IsSpace(long character) { return character == ' ' || (character >= '\t' && character <= '\r'); }

enum class Step {
  kGoOn,
  kMismatch,    // the input is not what the format says, or cannot be stored
  kEndOfInput,  // before anything of the item
};

template <typename Char>
class Scanner {
 public:
  Scanner(CharacterSource<Char>& source, TargetSource& targets, BufferSizes sizes)
      : source_(source), targets_(targets), sizes_(sizes) {}

  int Run(const Char* format) {
    Step step = Step::kGoOn;
    while (*format != 0 && step == Step::kGoOn) {
      const ScanDirective<Char> directive =
          *format == static_cast<Char>('%') ? ParseScanDirective(format + 1) : ScanDirective<Char>{};
      if (directive.type != '\0') {
        format = directive.next;
        step = Convert(directive);
      } else {
        step = Match(*format++);
      }
    }
    return step == Step::kEndOfInput && converted_ == 0 ? EOF : assigned_;
  }

 private:
  using Directive = ScanDirective<Char>;
  using Text = std::basic_string<Char>;
  static constexpr bool kWide = std::is_same_v<Char, wchar_t>;
  static constexpr long kEnd = CharacterSource<Char>::kEnd;

  void SkipSpace() {
    while (IsSpace(source_.Peek())) source_.Skip();
  }

  static long ValueOf(Char character) {
    return static_cast<long>(static_cast<std::conditional_t<kWide, char32_t, unsigned char>>(character));
  }

  Step Match(Char expected) {
    if (IsSpace(ValueOf(expected))) {
      SkipSpace();
      return Step::kGoOn;
    }
    if (source_.Peek() == kEnd) return Step::kEndOfInput;
    if (source_.Peek() != ValueOf(expected)) return Step::kMismatch;
    source_.Skip();
    return Step::kGoOn;
  }

  Step Convert(const Directive& directive) {
    switch (directive.type) {
      case '%':
        SkipSpace();
        return Match(static_cast<Char>('%'));
      case 'n':
        return StoreCount(directive);
      case 's':
      case 'S':
      case 'c':
      case 'C':
      case '[':
        return ConvertText(directive);
      default:
        SkipSpace();
        if (source_.Peek() == kEnd) return Step::kEndOfInput;
        return std::strchr("diouxXp", directive.type) != nullptr ? ConvertInteger(directive) : ConvertReal(directive);
    }
  }

  Step Finish(const Directive& directive) {
    ++converted_;
    if (!directive.suppressed && directive.type != 'n') ++assigned_;
    return Step::kGoOn;
  }

  Step Refuse(int code) {
    errno = code;
    return Step::kMismatch;
  }

  // --- numbers

  static std::size_t IntegerSize(const Directive& directive) {
    switch (directive.size) {
      case ArgumentSize::k8:
        return 1;
      case ArgumentSize::k16:
        return 2;
      case ArgumentSize::kLong:
        return sizeof(long);
      case ArgumentSize::k64:
        return 8;
      default:
        return 4;
    }
  }

  // The target of an integer; no pointer when it cannot hold one.
  openwmi_target IntegerTarget(const Directive& directive) {
    const bool is_address = directive.type == 'p';
    openwmi_target target =
        targets_.Next(is_address ? OPENWMI_TARGET_POINTER : OPENWMI_TARGET_INTEGER, IntegerSize(directive));
    if (target.kind == OPENWMI_TARGET_TEXT) {
      target.size = sizeof(char);
    } else if (target.kind == OPENWMI_TARGET_WIDE_TEXT) {
      target.size = sizeof(wchar_t);
    } else if (target.kind == OPENWMI_TARGET_POINTER && is_address) {
      target.size = sizeof(void*);
    } else if (target.kind != OPENWMI_TARGET_INTEGER) {
      target.pointer = nullptr;
    }
    return target;
  }

  static void Store(const openwmi_target& target, std::uint64_t bits) {
    std::memcpy(target.pointer, &bits, std::min(target.size, sizeof(bits)));  // the low bytes come first
  }

  // The sizes h and hh cut the value, also when the target is larger.
  static std::uint64_t Cut(const Directive& directive, bool is_signed, std::uint64_t value) {
    switch (directive.size) {
      case ArgumentSize::k8:
        return is_signed ? static_cast<std::uint64_t>(static_cast<std::int8_t>(value))
                         : static_cast<std::uint8_t>(value);
      case ArgumentSize::k16:
        return is_signed ? static_cast<std::uint64_t>(static_cast<std::int16_t>(value))
                         : static_cast<std::uint16_t>(value);
      default:
        return value;
    }
  }

  Step ConvertInteger(const Directive& directive) {
    openwmi_target target{};
    if (!directive.suppressed) {
      target = IntegerTarget(directive);
      if (target.pointer == nullptr) return Refuse(EINVAL);
    }
    const bool is_signed = directive.type == 'd' || directive.type == 'i';
    const int base = directive.type == 'd' || directive.type == 'u' ? 10
                     : directive.type == 'o'                        ? 8
                     : directive.type == 'i'                        ? 0
                                                                    : 16;
    NumberReader<Char> reader(source_, directive.width == 0 ? SIZE_MAX : directive.width);
    const std::optional<std::uint64_t> value = reader.ReadInteger(base, is_signed);
    if (!value) return Step::kMismatch;
    if (!directive.suppressed) Store(target, Cut(directive, is_signed, *value));
    return Finish(directive);
  }

  Step StoreCount(const Directive& directive) {
    if (directive.suppressed) return Step::kGoOn;
    const openwmi_target target = IntegerTarget(directive);
    if (target.pointer == nullptr) return Refuse(EINVAL);
    Store(target, source_.taken());
    return Step::kGoOn;
  }

  Step ConvertReal(const Directive& directive) {
    openwmi_target target{};
    if (!directive.suppressed) {
      const int kind = directive.size == ArgumentSize::kLong       ? OPENWMI_TARGET_DOUBLE
                       : directive.size == ArgumentSize::kLongReal ? OPENWMI_TARGET_LONG_DOUBLE
                                                                   : OPENWMI_TARGET_FLOAT;
      target = targets_.Next(kind, 0);
      const bool is_real = target.kind >= OPENWMI_TARGET_FLOAT && target.kind <= OPENWMI_TARGET_LONG_DOUBLE;
      if (!is_real || target.pointer == nullptr) return Refuse(EINVAL);
    }
    NumberReader<Char> reader(source_, directive.width == 0 ? SIZE_MAX : directive.width);
    const std::string text = reader.ReadReal();
    if (text.empty()) return Step::kMismatch;
    if (!directive.suppressed) StoreReal(target, text.c_str());
    return Finish(directive);
  }

  static void StoreReal(const openwmi_target& target, const char* text) {
    const int before = errno;  // a number out of range is no error of a scan
    if (target.kind == OPENWMI_TARGET_FLOAT) {
      *static_cast<float*>(target.pointer) = std::strtof(text, nullptr);
    } else if (target.kind == OPENWMI_TARGET_DOUBLE) {
      *static_cast<double*>(target.pointer) = std::strtod(text, nullptr);
    } else {
      *static_cast<long double*>(target.pointer) = std::strtold(text, nullptr);
    }
    errno = before;
  }

  // --- text

  struct Buffer {
    void* pointer = nullptr;
    bool wide = false;
    std::size_t capacity = SIZE_MAX;  // characters of its kind, the end among them
  };

  static bool IsCharacterType(const Directive& directive) { return directive.type == 'c' || directive.type == 'C'; }

  static bool MeansWide(const Directive& directive) {
    if (directive.size == ArgumentSize::k16) return false;
    if (directive.size == ArgumentSize::kLong || directive.size == ArgumentSize::kWide) return true;
    return (directive.type != 'S' && directive.type != 'C') == kWide;
  }

  // The buffer and its size; no pointer when one of the two is missing.
  Buffer TextBufferOf(const Directive& directive) {
    const openwmi_target target =
        targets_.Next(MeansWide(directive) ? OPENWMI_TARGET_WIDE_TEXT : OPENWMI_TARGET_TEXT, 0);
    if (target.kind != OPENWMI_TARGET_TEXT && target.kind != OPENWMI_TARGET_WIDE_TEXT) return {};
    Buffer buffer{target.pointer, target.kind == OPENWMI_TARGET_WIDE_TEXT, target.size == 0 ? SIZE_MAX : target.size};
    if (sizes_ == BufferSizes::kGiven) buffer.capacity = std::min(buffer.capacity, targets_.NextSize());
    if (buffer.capacity == 0) buffer.pointer = nullptr;
    return buffer;
  }

  Step ConvertText(const Directive& directive) {
    Buffer buffer;
    buffer.wide = MeansWide(directive);
    if (!directive.suppressed) {
      buffer = TextBufferOf(directive);
      if (buffer.pointer == nullptr) return Refuse(EINVAL);
    }
    if (std::strchr("sS", directive.type) != nullptr) SkipSpace();
    if (source_.Peek() == kEnd) return Step::kEndOfInput;
    Text text;
    const Step step =
        IsCharacterType(directive) ? ReadCharacters(directive, buffer, text) : ReadText(directive, buffer, text);
    if (step != Step::kGoOn) return step;
    if (directive.suppressed) return Finish(directive);
    return Put(directive, buffer, text) ? Finish(directive) : Refuse(ENOMEM);
  }

  void Take(Text& text) {
    text += static_cast<Char>(source_.Peek());
    source_.Skip();
  }

  // As many as there are, up to the width and one more than the buffer takes.
  Step ReadText(const Directive& directive, const Buffer& buffer, Text& text) {
    const bool cuts = sizes_ == BufferSizes::kNone && buffer.wide == kWide && buffer.capacity != SIZE_MAX;
    std::size_t most = directive.width == 0 ? kTextMax : std::min(directive.width, kTextMax);
    if (cuts) most = std::min(most, buffer.capacity - 1);
    if (!directive.suppressed && buffer.wide == kWide) most = std::min(most, buffer.capacity);
    while (text.size() < most && source_.Peek() != kEnd && BelongsTo(directive, source_.Peek())) Take(text);
    return text.empty() && most > 0 ? Step::kMismatch : Step::kGoOn;
  }

  static bool BelongsTo(const Directive& directive, long character) {
    return directive.type == '[' ? directive.Accepts(character) : !IsSpace(character);
  }

  // Exactly as many characters as the width says. In narrow input for a wide buffer they are those of UTF-8.
  Step ReadCharacters(const Directive& directive, const Buffer& buffer, Text& text) {
    const std::size_t count = std::max<std::size_t>(directive.width, 1);
    if (count > kTextMax || count > buffer.capacity) return Refuse(ENOMEM);
    for (std::size_t i = 0; i < count; ++i) {
      if (source_.Peek() == kEnd) return Step::kEndOfInput;
      Take(text);
      if (kWide || !buffer.wide) continue;
      while (source_.Peek() != kEnd && (source_.Peek() & 0xc0) == 0x80) Take(text);
    }
    return Step::kGoOn;
  }

  // False when the text is too long for the buffer, which then becomes empty.
  bool Put(const Directive& directive, const Buffer& buffer, const Text& text) {
    if constexpr (kWide) {
      return buffer.wide ? Copy(directive, buffer, text) : Copy(directive, buffer, Utf8FromWide(text));
    } else {
      return buffer.wide ? Copy(directive, buffer, WideFromUtf8(text)) : Copy(directive, buffer, text);
    }
  }

  template <typename Unit>
  bool Copy(const Directive& directive, const Buffer& buffer, const std::basic_string<Unit>& text) {
    auto* target = static_cast<Unit*>(buffer.pointer);
    const std::size_t end = IsCharacterType(directive) ? 0 : 1;
    std::size_t size = text.size();
    if (size + end > buffer.capacity) {
      if (sizes_ == BufferSizes::kGiven || end == 0) {
        target[0] = 0;
        return false;
      }
      size = WholeCharacters(text, buffer.capacity - 1);
    }
    std::memcpy(target, text.data(), size * sizeof(Unit));
    if (end == 1) target[size] = 0;
    return true;
  }

  static std::size_t WholeCharacters(const std::wstring&, std::size_t most) { return most; }
  static std::size_t WholeCharacters(const std::string& text, std::size_t most) {
    while (most > 0 && (text[most] & 0xc0) == 0x80) --most;
    return most;
  }

  CharacterSource<Char>& source_;
  TargetSource& targets_;
  const BufferSizes sizes_;
  int assigned_ = 0;
  int converted_ = 0;
};

}  // namespace

template <typename Char>
int Scan(CharacterSource<Char>& source, const Char* format, TargetSource& targets, BufferSizes sizes) {
  try {
    return Scanner<Char>(source, targets, sizes).Run(format);
  } catch (const std::bad_alloc&) {
    errno = ENOMEM;
    return EOF;
  }
}

template int Scan(CharacterSource<char>& source, const char* format, TargetSource& targets, BufferSizes sizes);
template int Scan(CharacterSource<wchar_t>& source, const wchar_t* format, TargetSource& targets, BufferSizes sizes);

}  // namespace wmi::crt
