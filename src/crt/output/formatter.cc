#include "crt/output/formatter.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <cwchar>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/text.h"
#include "crt/output/directive.h"
#include "crt/output/number_text.h"
#include "crt/output/utf8.h"

namespace wmi::crt {
namespace {

template <typename Char>
class Formatter {
 public:
  Formatter(TextBuffer<Char>& out, ArgumentSource& arguments) : out_(out), arguments_(arguments) {}

  void Run(const Char* format) {
    for (;;) {
      const std::size_t literal = LiteralSize(format);
      out_.Append(format, literal);
      format += literal;
      if (*format == 0 || out_.overflowed()) return;
      const Directive directive = ParseDirective(format + 1, arguments_);
      if (!Put(directive)) out_.Append(format, directive.length + 1);
      format += directive.length + 1;
    }
  }

 private:
  static constexpr bool kWide = std::is_same_v<Char, wchar_t>;

  static std::size_t LiteralSize(const Char* text) {
    const Char* end = text;
    while (*end != 0 && *end != static_cast<Char>('%')) ++end;
    return static_cast<std::size_t>(end - text);
  }

  // False when the specification is unknown or has no argument: it then stands for itself.
  bool Put(const Directive& directive) {
    if (directive.type == '\0') return false;
    if (directive.type == '%') {
      out_.Fill(1, static_cast<Char>('%'));
      return true;
    }
    const openwmi_argument argument = arguments_.Next(Wanted(directive));
    if (argument.kind == OPENWMI_ARGUMENT_NONE) return false;
    if (directive.type != 'n') PutArgument(directive, argument);  // %n writes nothing, by Microsoft's default
    return true;
  }

  static bool MeansWide(const Directive& directive) {
    if (directive.size == ArgumentSize::k16) return false;
    if (directive.size == ArgumentSize::kLong || directive.size == ArgumentSize::kWide) return true;
    return (directive.type == 's' || directive.type == 'c') == kWide;
  }

  static ArgumentWanted Wanted(const Directive& directive) {
    switch (directive.type) {
      case 's':
      case 'S':
        return MeansWide(directive) ? ArgumentWanted::kWideText : ArgumentWanted::kText;
      case 'c':
      case 'C':
        return MeansWide(directive) ? ArgumentWanted::kWideCharacter : ArgumentWanted::kCharacter;
      case 'p':
      case 'n':
        return ArgumentWanted::kPointer;
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
        return directive.size == ArgumentSize::k64 ? ArgumentWanted::kInt64 : ArgumentWanted::kInt32;
      default:
        return directive.size == ArgumentSize::kLongReal ? ArgumentWanted::kLongReal : ArgumentWanted::kReal;
    }
  }

  // What is printed depends on the specification as far as the argument allows.
  void PutArgument(const Directive& directive, const openwmi_argument& argument) {
    switch (argument.kind) {
      case OPENWMI_ARGUMENT_REAL:
        return PutReal(directive, argument.value.real);
      case OPENWMI_ARGUMENT_TEXT:
      case OPENWMI_ARGUMENT_WIDE_TEXT:
      case OPENWMI_ARGUMENT_POINTER:
      case OPENWMI_ARGUMENT_ADDRESS:
        return PutPointer(directive, argument);
      default:
        return PutInteger(directive, argument);
    }
  }

  void PutInteger(const Directive& directive, const openwmi_argument& argument) {
    switch (directive.type) {
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
        return PutNumber(directive, argument);
      case 'c':
      case 'C':
        return PutCharacter(directive, argument);
      case 's':
      case 'S':
        return PutIntegerAsText(directive, argument);
      case 'p': {
        NumberText number;
        number.SetPointer(directive, static_cast<std::uint64_t>(argument.value.integer));
        return PutParts(directive, number);
      }
      default:
        return PutReal(directive, argument.kind == OPENWMI_ARGUMENT_UINT64
                                      ? static_cast<double>(static_cast<std::uint64_t>(argument.value.integer))
                                      : static_cast<double>(argument.value.integer));
    }
  }

  void PutNumber(const Directive& directive, const openwmi_argument& argument) {
    NumberText number;
    number.SetInteger(directive, argument);
    PutParts(directive, number);
  }

  // NULL is an integer to C++; as a text it is a null pointer.
  void PutIntegerAsText(const Directive& directive, const openwmi_argument& argument) {
    if (argument.kind == OPENWMI_ARGUMENT_CHARACTER || argument.kind == OPENWMI_ARGUMENT_WIDE_CHARACTER) {
      return PutCharacter(directive, argument);
    }
    if (argument.value.integer == 0) return PutText(directive, nullptr);
    const bool is_signed = argument.kind == OPENWMI_ARGUMENT_INT32 || argument.kind == OPENWMI_ARGUMENT_INT64;
    Directive decimal = directive;
    decimal.type = is_signed ? 'd' : 'u';
    decimal.size = ArgumentSize::k64;
    decimal.precision = -1;
    PutNumber(decimal, argument);
  }

  void PutReal(const Directive& directive, double value) {
    const bool is_real = std::strchr("eEfFgGaA", directive.type) != nullptr;
    NumberText number;
    number.SetReal(directive, is_real ? directive.type : 'f', value);
    PutParts(directive, number);
  }

  void PutPointer(const Directive& directive, const openwmi_argument& argument) {
    const void* pointer = argument.value.pointer;
    const bool is_text_type = std::strchr("sS", directive.type) != nullptr;
    int kind = argument.kind;
    if (kind == OPENWMI_ARGUMENT_POINTER && is_text_type) {
      kind = MeansWide(directive) ? OPENWMI_ARGUMENT_WIDE_TEXT : OPENWMI_ARGUMENT_TEXT;
    }
    const bool is_text = kind == OPENWMI_ARGUMENT_TEXT || kind == OPENWMI_ARGUMENT_WIDE_TEXT;
    if ((is_text || is_text_type) && pointer == nullptr && directive.type != 'p') return PutText(directive, nullptr);
    if (is_text && directive.type != 'p') {
      Directive text = directive;
      if (!is_text_type) text.precision = -1;
      return kind == OPENWMI_ARGUMENT_TEXT ? PutText(text, static_cast<const char*>(pointer))
                                           : PutWideText(text, static_cast<const wchar_t*>(pointer));
    }
    if (std::strchr("diouxX", directive.type) != nullptr) {
      openwmi_argument integer{};
      integer.kind = OPENWMI_ARGUMENT_UINT64;
      integer.value.integer = static_cast<long long>(reinterpret_cast<std::uintptr_t>(pointer));
      return PutNumber(directive, integer);
    }
    NumberText number;
    number.SetPointer(directive, reinterpret_cast<std::uintptr_t>(pointer));
    PutParts(directive, number);
  }

  void PutCharacter(const Directive& directive, const openwmi_argument& argument) {
    const bool wide = argument.kind == OPENWMI_ARGUMENT_WIDE_CHARACTER ||
                      (argument.kind != OPENWMI_ARGUMENT_CHARACTER && MeansWide(directive));
    char bytes[kUtf8BytesMax];
    std::size_t size = 1;
    wchar_t character = static_cast<wchar_t>(argument.value.integer);
    if (wide) {
      size = kWide ? 1 : EncodeReplacing(character, bytes);
    } else {
      bytes[0] = static_cast<char>(argument.value.integer);
      // One byte of a longer sequence is no character.
      if (const auto byte = static_cast<unsigned char>(bytes[0]); kWide) character = byte < 0x80 ? byte : L'\ufffd';
    }
    PadLeft(directive, size);
    if constexpr (kWide) {
      out_.Fill(1, character);
    } else {
      out_.Append(bytes, size);
    }
    PadRight(directive, size);
  }

  void PutText(const Directive& directive, const char* text) {
    if (text == nullptr) text = "(null)";
    if constexpr (kWide) {
      const std::size_t most = TextSizeMax(directive);
      const std::size_t size = directive.precision < 0 ? std::strlen(text) : Utf8PrefixSize(text, most);
      const std::wstring wide = WideFromUtf8({text, size});
      PutPlain(directive, {wide.data(), std::min(wide.size(), most)});
    } else {
      PutPlain(directive, {text, strnlen(text, TextSizeMax(directive))});
    }
  }

  void PutWideText(const Directive& directive, const wchar_t* text) {
    if constexpr (kWide) {
      PutPlain(directive, {text, wcsnlen(text, TextSizeMax(directive))});
    } else {
      PutEncoded(directive, text);
    }
  }

  // Whole characters only, as many as the precision has bytes for.
  void PutEncoded(const Directive& directive, const wchar_t* text) {
    const std::size_t most = TextSizeMax(directive);
    char bytes[kUtf8BytesMax];
    std::size_t size = 0;
    std::size_t count = 0;
    for (; size < most && text[count] != L'\0'; ++count) {
      const std::size_t more = EncodeReplacing(text[count], bytes);
      if (more > most - size) break;
      size += more;
    }
    PadLeft(directive, size);
    for (std::size_t i = 0; i < count; ++i) out_.Append(bytes, EncodeReplacing(text[i], bytes));
    PadRight(directive, size);
  }

  static std::size_t TextSizeMax(const Directive& directive) {
    return directive.precision < 0 ? SIZE_MAX : static_cast<std::size_t>(directive.precision);
  }

  void PutPlain(const Directive& directive, std::basic_string_view<Char> text) {
    PadLeft(directive, text.size());
    out_.Append(text);
    PadRight(directive, text.size());
  }

  void PutParts(const Directive& directive, const NumberText& number) {
    const std::size_t size = number.prefix().size() + number.zeros() + number.digits().size();
    const bool zero_fill = directive.zero && !directive.left && number.zero_fills();
    const std::size_t padding = Padding(directive, size);
    if (!directive.left && !zero_fill) out_.Fill(padding, static_cast<Char>(' '));
    out_.AppendAscii(number.prefix());
    out_.Fill(number.zeros() + (zero_fill ? padding : 0), static_cast<Char>('0'));
    out_.AppendAscii(number.digits());
    PadRight(directive, size);
  }

  static std::size_t Padding(const Directive& directive, std::size_t size) {
    const auto width = static_cast<std::size_t>(directive.width);
    return width > size ? width - size : 0;
  }
  // The 0 flag holds for text, too: Microsoft's table of flags makes no difference.
  void PadLeft(const Directive& directive, std::size_t size) {
    if (!directive.left) out_.Fill(Padding(directive, size), static_cast<Char>(directive.zero ? '0' : ' '));
  }
  void PadRight(const Directive& directive, std::size_t size) {
    if (directive.left) out_.Fill(Padding(directive, size), static_cast<Char>(' '));
  }

  TextBuffer<Char>& out_;
  ArgumentSource& arguments_;
};

}  // namespace

template <typename Char>
void Format(TextBuffer<Char>& out, const Char* format, ArgumentSource& arguments) {
  Formatter<Char>(out, arguments).Run(format);
}

template void Format(TextBuffer<char>& out, const char* format, ArgumentSource& arguments);
template void Format(TextBuffer<wchar_t>& out, const wchar_t* format, ArgumentSource& arguments);

}  // namespace wmi::crt
