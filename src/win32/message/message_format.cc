#include "win32/message/message_format.h"

#include <winerror.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <cwchar>

#include "base/text.h"

namespace wmi::win32 {
namespace {

// The argument part of an insert: %1!-8.3ls!
struct Spec {
  enum class Size { kNone, kHalf, kLong, kLongLong };

  std::size_t number = 0;  // of the first argument it uses, from 1
  std::string flags;
  bool width_given = false;
  bool width_is_argument = false;
  bool precision_given = false;
  bool precision_is_argument = false;
  std::size_t width = 0;
  std::size_t precision = 0;
  Size size = Size::kNone;
  wchar_t conversion = L's';

  std::size_t argument_count() const { return std::size_t{1} + width_is_argument + precision_is_argument; }
};

bool IsDigit(wchar_t character) { return character >= L'0' && character <= L'9'; }

// Reads the pattern from front to back.
class Reader {
 public:
  explicit Reader(std::wstring_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }
  wchar_t Next() {
    const wchar_t character = rest_.front();
    rest_.remove_prefix(1);
    return character;
  }
  bool Skip(std::wstring_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  bool AtDigit() const { return !rest_.empty() && IsDigit(rest_.front()); }

  // Digits as a number; stops growing far beyond every limit.
  std::size_t Number() {
    std::size_t value = 0;
    while (AtDigit()) value = std::min<std::size_t>(value * 10 + static_cast<std::size_t>(Next() - L'0'), 1000000);
    return value;
  }

  // After the `%` of an insert, whose first digit (1 to 9) comes next. False if the insert is wrong.
  bool ReadInsert(Spec& spec) {
    spec.number = static_cast<std::size_t>(Next() - L'0');
    if (AtDigit()) spec.number = spec.number * 10 + static_cast<std::size_t>(Next() - L'0');
    if (!Skip(L"!")) return true;
    while (!rest_.empty() && std::wstring_view(L"-+ #0").find(rest_.front()) != std::wstring_view::npos) {
      if (spec.flags.size() == 8) return false;
      spec.flags += static_cast<char>(Next());
    }
    spec.width_is_argument = Skip(L"*");
    spec.width_given = spec.width_is_argument || AtDigit();
    spec.width = Number();
    if (Skip(L".")) {
      spec.precision_given = true;
      spec.precision_is_argument = Skip(L"*");
      spec.precision = Number();
    }
    ReadSize(spec);
    if (rest_.empty()) return false;
    spec.conversion = Next();
    return std::wstring_view(L"diuxXocCsSp").find(spec.conversion) != std::wstring_view::npos && Skip(L"!");
  }

 private:
  void ReadSize(Spec& spec) {
    if (Skip(L"I32")) return;  // what plain `d` is
    if (Skip(L"ll") || Skip(L"I64") || Skip(L"I")) {
      spec.size = Spec::Size::kLongLong;
    } else if (Skip(L"l") || Skip(L"w")) {
      spec.size = Spec::Size::kLong;
    } else if (Skip(L"h")) {
      spec.size = Spec::Size::kHalf;
    }
  }

  std::wstring_view rest_;
};

// The message as it grows.
class Output {
 public:
  Output(LineRule lines, std::wstring& text) : lines_(lines), text_(text) {}

  void Put(wchar_t character) { text_ += character; }
  void Put(std::wstring_view text) { text_ += text; }
  void HardBreak() { text_ += L"\r\n"; }
  void SoftBreak() { text_ += lines_.kind == LineRule::kAsWritten ? L"\r\n" : L" "; }
  bool too_long() const { return text_.size() > kMessageCharactersMax; }

  // Breaks lines at spaces.
  void Finish() {
    if (lines_.kind != LineRule::kWrapped) return;
    std::wstring wrapped;
    std::size_t line = 0;       // where the current line begins in `wrapped`
    std::size_t space = kNone;  // the last one in it
    for (const wchar_t character : text_) {
      wrapped += character;
      if (character == L'\n') {
        line = wrapped.size();
        space = kNone;
      } else if (character == L' ') {
        space = wrapped.size() - 1;
      } else if (character != L'\r' && wrapped.size() - line > lines_.width && space != kNone) {
        wrapped.replace(space, 1, L"\r\n");
        line = space + 2;
        space = kNone;
      }
    }
    text_ = std::move(wrapped);
  }

 private:
  static constexpr std::size_t kNone = std::wstring::npos;

  const LineRule lines_;
  std::wstring& text_;
};

class Formatter {
 public:
  Formatter(std::span<const std::uintptr_t> arguments, Inserts inserts, Characters characters, Output& output)
      : arguments_(arguments), inserts_(inserts), characters_(characters), output_(output) {}

  DWORD Run(std::wstring_view pattern) {
    Reader reader(pattern);
    while (!reader.empty()) {
      if (output_.too_long()) return ERROR_MORE_DATA;
      const wchar_t character = reader.Next();
      if (character == L'\r' || character == L'\n') {
        reader.Skip(character == L'\r' ? L"\n" : L"\r");
        output_.SoftBreak();
      } else if (character != L'%' || reader.empty()) {
        output_.Put(character);
      } else if (reader.Skip(L"0")) {
        break;
      } else if (reader.AtDigit()) {
        if (!PutInsert(reader)) return ERROR_INVALID_PARAMETER;
      } else {
        PutEscape(reader.Next());
      }
    }
    return output_.too_long() ? DWORD{ERROR_MORE_DATA} : DWORD{ERROR_SUCCESS};
  }

 private:
  void PutEscape(wchar_t character) {
    if (character == L'n') {
      output_.HardBreak();
    } else if (character == L'r') {
      output_.Put(L'\r');
    } else if (character == L't') {
      output_.Put(L'\t');
    } else {
      output_.Put(character);
    }
  }

  bool PutInsert(Reader& reader) {
    if (inserts_ == Inserts::kKept) {  // a `!format!` after it is plain text then
      output_.Put(L'%');
      output_.Put(reader.Next());
      return true;
    }
    Spec spec;
    if (!reader.ReadInsert(spec)) return false;
    std::size_t next = spec.number - 1;
    if (next + spec.argument_count() > arguments_.size()) return false;
    if (spec.width_is_argument) TakeWidth(arguments_[next++], spec);
    if (spec.precision_is_argument) TakePrecision(arguments_[next++], spec);
    if (spec.width > kMessageCharactersMax || spec.precision > kMessageCharactersMax) return false;
    PutArgument(spec, arguments_[next]);
    return true;
  }

  // As printf: a negative width aligns left, a negative precision is none.
  static void TakeWidth(std::uintptr_t argument, Spec& spec) {
    const std::int64_t value = static_cast<std::int32_t>(argument);
    if (value < 0) spec.flags += '-';
    spec.width = static_cast<std::size_t>(value < 0 ? -value : value);
  }
  static void TakePrecision(std::uintptr_t argument, Spec& spec) {
    const auto value = static_cast<std::int32_t>(argument);
    spec.precision_given = value >= 0;
    spec.precision = value >= 0 ? static_cast<std::size_t>(value) : 0;
  }

  void PutArgument(const Spec& spec, std::uintptr_t argument) {
    switch (spec.conversion) {
      case L's':
      case L'S':
        return PutPadded(spec, StringOf(spec, argument));
      case L'c':
      case L'C':
        return PutPadded(spec, IsWide(spec) ? std::wstring(1, static_cast<wchar_t>(argument))
                                            : WideFromUtf8(std::string(1, static_cast<char>(argument))));
      default:
        return PutNumber(spec, argument);
    }
  }

  // As printf of Microsoft: h is narrow, l is wide, and a capital letter stands for the other kind.
  bool IsWide(const Spec& spec) const {
    if (spec.size != Spec::Size::kNone) return spec.size != Spec::Size::kHalf;
    const bool own = spec.conversion == L's' || spec.conversion == L'c';
    return own == (characters_ == Characters::kWide);
  }

  std::wstring StringOf(const Spec& spec, std::uintptr_t argument) const {
    if (argument == 0) return L"(null)";
    const std::size_t most = spec.precision_given ? spec.precision : kMessageCharactersMax + 1;
    // NOLINTBEGIN(performance-no-int-to-ptr): that is what the argument is
    if (IsWide(spec)) {
      const auto* text = reinterpret_cast<const wchar_t*>(argument);
      return std::wstring(text, wcsnlen(text, most));
    }
    const auto* text = reinterpret_cast<const char*>(argument);
    return WideFromUtf8(std::string_view(text, strnlen(text, most)));
    // NOLINTEND(performance-no-int-to-ptr)
  }

  void PutPadded(const Spec& spec, const std::wstring& text) {
    const std::size_t length = spec.precision_given ? std::min(text.size(), spec.precision) : text.size();
    const std::wstring padding(spec.width > length ? spec.width - length : 0, L' ');
    const bool left = spec.flags.find('-') != std::string::npos;
    if (!left) output_.Put(padding);
    output_.Put(std::wstring_view(text).substr(0, length));
    if (left) output_.Put(padding);
  }

  void PutNumber(const Spec& spec, std::uintptr_t argument) {
    const bool is_signed = spec.conversion == L'd' || spec.conversion == L'i';
    const bool pointer = spec.conversion == L'p';
    auto value = static_cast<long long>(argument);
    if (spec.size == Spec::Size::kHalf) {
      value = is_signed ? static_cast<std::int16_t>(value) : static_cast<long long>(static_cast<std::uint16_t>(value));
    } else if (spec.size == Spec::Size::kNone && !pointer) {
      value = is_signed ? static_cast<std::int32_t>(value) : static_cast<long long>(static_cast<std::uint32_t>(value));
    }
    std::string format = "%" + spec.flags;
    if (spec.width_given) format += std::to_string(spec.width);
    if (pointer || spec.precision_given) format += '.' + std::to_string(pointer ? 16 : spec.precision);
    format += "ll";
    format += pointer ? 'X' : static_cast<char>(spec.conversion);
    const int length = std::snprintf(nullptr, 0, format.c_str(), value);
    std::string text(static_cast<std::size_t>(std::max(length, 0)) + 1, '\0');
    std::snprintf(text.data(), text.size(), format.c_str(), value);
    text.pop_back();
    output_.Put(WideFromUtf8(text));
  }

  const std::span<const std::uintptr_t> arguments_;
  const Inserts inserts_;
  const Characters characters_;
  Output& output_;
};

}  // namespace

DWORD CountArguments(std::wstring_view pattern, std::size_t& count) {
  count = 0;
  Reader reader(pattern);
  while (!reader.empty()) {
    if (reader.Next() != L'%' || reader.empty()) continue;
    if (reader.Skip(L"0")) break;
    if (!reader.AtDigit()) {
      reader.Next();
      continue;
    }
    Spec spec;
    if (!reader.ReadInsert(spec)) return ERROR_INVALID_PARAMETER;
    count = std::max(count, spec.number - 1 + spec.argument_count());
  }
  return ERROR_SUCCESS;
}

DWORD FormatPattern(std::wstring_view pattern, std::span<const std::uintptr_t> arguments, Inserts inserts,
                    LineRule lines, Characters characters, std::wstring& result) {
  result.clear();
  Output output(lines, result);
  const DWORD error = Formatter(arguments, inserts, characters, output).Run(pattern);
  if (error != ERROR_SUCCESS) return error;
  output.Finish();
  return output.too_long() ? DWORD{ERROR_MORE_DATA} : DWORD{ERROR_SUCCESS};
}

}  // namespace wmi::win32
