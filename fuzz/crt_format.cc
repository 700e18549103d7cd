// Fuzzes the printf family over typed arguments: the first bytes choose the arguments, the rest is the format. No
// crash, no hang, no read past an argument; narrow and wide agree; buffers and lengths agree. Links wmi_crt.
#include <windef.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"

namespace {

// Formats may ask for 65,535 characters again and again; the work for one input stays small.
constexpr std::size_t kFormatMax = 64;
constexpr std::size_t kArgumentsMax = 6;

// Arguments of every kind; the texts end where their memory ends, so that the sanitizers see a read past them.
class Arguments {
 public:
  Arguments(const std::uint8_t* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) Add(data[i]);
  }
  const std::vector<openwmi_argument>& list() const { return list_; }

 private:
  void Add(std::uint8_t choice) {
    static constexpr long long kIntegers[] = {0,          1,         -1,        255,        INT32_MIN, INT32_MAX,
                                              UINT32_MAX, INT64_MIN, INT64_MAX, 0x80041003, 65,        70000};
    static constexpr double kReals[] = {0.0, -0.0, 1.5, 1e300, -1e-300, 5e-324, __builtin_inf(), -__builtin_nan("")};
    openwmi_argument argument{};
    argument.kind = choice % 12;
    const std::size_t index = choice / 12;
    switch (argument.kind) {
      case OPENWMI_ARGUMENT_REAL:
        argument.value.real = kReals[index % std::size(kReals)];
        break;
      case OPENWMI_ARGUMENT_TEXT:
        argument.value.pointer = index % 4 == 0 ? nullptr : Narrow(index);
        break;
      case OPENWMI_ARGUMENT_WIDE_TEXT:
        argument.value.pointer = index % 4 == 0 ? nullptr : Wide(index);
        break;
      case OPENWMI_ARGUMENT_POINTER:  // a program's promise about the type, which no input may break
      case OPENWMI_ARGUMENT_ADDRESS:
        argument.kind = OPENWMI_ARGUMENT_ADDRESS;
        argument.value.pointer = index % 2 == 0 ? nullptr : this;
        break;
      case OPENWMI_ARGUMENT_INT32:
        argument.value.integer = static_cast<int>(kIntegers[index % std::size(kIntegers)]);
        break;
      case OPENWMI_ARGUMENT_NONE:
        argument.kind = OPENWMI_ARGUMENT_INT64;
        [[fallthrough]];
      default:
        argument.value.integer = kIntegers[index % std::size(kIntegers)];
    }
    list_.push_back(argument);
  }

  const char* Narrow(std::size_t index) {
    static constexpr const char* kTexts[] = {"", "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\xa7", "\xff\xc3", "a longer text"};
    const char* text = kTexts[index % std::size(kTexts)];
    narrow_.push_back(std::make_unique<char[]>(strlen(text) + 1));
    return strcpy(narrow_.back().get(), text);
  }
  const wchar_t* Wide(std::size_t index) {
    static constexpr const wchar_t* kTexts[] = {L"", L"a\u00fc\u20ac\U0001F427", L"\xd800x\x110000", L"a longer text"};
    const wchar_t* text = kTexts[index % std::size(kTexts)];
    wide_.push_back(std::make_unique<wchar_t[]>(wcslen(text) + 1));
    return wcscpy(wide_.back().get(), text);
  }

  std::vector<openwmi_argument> list_;
  std::vector<std::unique_ptr<char[]>> narrow_;
  std::vector<std::unique_ptr<wchar_t[]>> wide_;
};

void Require(bool condition) {
  if (!condition) std::abort();
}

std::string Narrow(const std::string& format, const std::vector<openwmi_argument>& list) {
  const int length =
      openwmi_output_buffer(nullptr, 0, 0, OPENWMI_FIT_STANDARD, format.c_str(), list.data(), list.size());
  Require(length >= 0);
  std::string text(static_cast<std::size_t>(length) + 1, '~');
  Require(openwmi_output_buffer(text.data(), text.size(), 0, OPENWMI_FIT_SECURE, format.c_str(), list.data(),
                                list.size()) == length);
  Require(text.back() == '\0');
  text.pop_back();
  if (length > 0) {
    std::string small(text.size(), '~');
    Require(openwmi_output_buffer(small.data(), small.size(), 0, OPENWMI_FIT_TRUNCATE, format.c_str(), list.data(),
                                  list.size()) == -1);
    Require(small.compare(0, small.size() - 1, text, 0, small.size() - 1) == 0 && small.back() == '\0');
  }
  return text;
}

std::wstring Wide(const std::wstring& format, const std::vector<openwmi_argument>& list) {
  const int length =
      openwmi_output_buffer_wide(nullptr, 0, 0, OPENWMI_FIT_STANDARD, format.c_str(), list.data(), list.size());
  Require(length >= 0);
  std::wstring text(static_cast<std::size_t>(length) + 1, L'~');
  Require(openwmi_output_buffer_wide(text.data(), text.size(), 0, OPENWMI_FIT_SECURE, format.c_str(), list.data(),
                                     list.size()) == length);
  text.pop_back();
  return text;
}

bool HoldsOnlyNumbers(const std::vector<openwmi_argument>& list) {
  return std::none_of(list.begin(), list.end(), [](const openwmi_argument& argument) {
    return argument.kind == OPENWMI_ARGUMENT_TEXT || argument.kind == OPENWMI_ARGUMENT_WIDE_TEXT ||
           argument.kind == OPENWMI_ARGUMENT_CHARACTER || argument.kind == OPENWMI_ARGUMENT_WIDE_CHARACTER;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t arguments = std::min<std::size_t>(data[0] % (kArgumentsMax + 1), size - 1);
  const Arguments list(data + 1, arguments);
  const std::size_t format_size = std::min(kFormatMax, size - 1 - arguments);
  std::string format(reinterpret_cast<const char*>(data) + 1 + arguments, format_size);
  format.resize(strlen(format.c_str()));
  const std::string narrow = Narrow(format, list.list());
  const std::wstring wide = Wide(wmi::WideFromUtf8(format), list.list());
  // Numbers look alike in both; characters and texts depend on the function's kind.
  const bool neutral = format.find_first_not_of("%diouxXeEfFgGaApsS0123456789.-+ #hlLIjztw") == std::string::npos;
  if (neutral && HoldsOnlyNumbers(list.list())) Require(wmi::Utf8FromWide(wide) == narrow);
  return 0;
}
