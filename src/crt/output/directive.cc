#include "crt/output/directive.h"

#include <algorithm>
#include <climits>
#include <string_view>

namespace wmi::crt {
namespace {

template <typename Char>
class DirectiveParser {
 public:
  DirectiveParser(const Char* text, ArgumentSource& arguments) : text_(text), arguments_(arguments) {}

  Directive Parse() {
    ParseFlags();
    ParseWidth();
    ParsePrecision();
    ParseSize();
    ParseType();
    return directive_;
  }

 private:
  Char at(std::size_t ahead = 0) const { return text_[directive_.length + ahead]; }
  bool Take(char expected) {
    if (at() != static_cast<Char>(expected)) return false;
    ++directive_.length;
    return true;
  }
  bool TakeDigits(char first, char second) {
    if (at() != static_cast<Char>(first) || at(1) != static_cast<Char>(second)) return false;
    directive_.length += 2;
    return true;
  }

  void ParseFlags() {
    for (;;) {
      if (Take('-')) {
        directive_.left = true;
      } else if (Take('+')) {
        directive_.plus = true;
      } else if (Take(' ')) {
        directive_.space = true;
      } else if (Take('#')) {
        directive_.alternate = true;
      } else if (Take('0')) {
        directive_.zero = true;
      } else {
        return;
      }
    }
  }

  // A number in the format, or the argument that an asterisk names.
  int Number() {
    if (Take('*')) return FieldFromArgument(arguments_.Next(ArgumentWanted::kInt32));
    int value = 0;
    while (at() >= static_cast<Char>('0') && at() <= static_cast<Char>('9')) {
      const int digit = static_cast<int>(at() - static_cast<Char>('0'));
      value = value > (INT_MAX - digit) / 10 ? INT_MAX : value * 10 + digit;
      ++directive_.length;
    }
    return value;
  }

  void ParseWidth() {
    const int number = Number();
    if (number < 0) directive_.left = true;
    directive_.width = std::min(number < 0 ? -std::max(number, -kFieldMax) : number, kFieldMax);
  }

  void ParsePrecision() {
    if (!Take('.')) return;
    directive_.precision = std::max(Number(), -1);
  }

  void ParseSize() {
    if (Take('h')) {
      directive_.size = Take('h') ? ArgumentSize::k8 : ArgumentSize::k16;
    } else if (Take('l')) {
      directive_.size = Take('l') ? ArgumentSize::k64 : ArgumentSize::kLong;
    } else if (Take('L')) {
      directive_.size = ArgumentSize::kLongReal;
    } else if (Take('w')) {
      directive_.size = ArgumentSize::kWide;
    } else if (Take('j') || Take('z') || Take('t')) {
      directive_.size = ArgumentSize::k64;
    } else if (Take('I')) {
      directive_.size = TakeDigits('3', '2') ? ArgumentSize::k32 : ArgumentSize::k64;
      if (directive_.size == ArgumentSize::k64) TakeDigits('6', '4');
    }
  }

  void ParseType() {
    constexpr std::string_view kTypes = "diouxXeEfFgGaAcCsSpn%";
    const Char here = at();
    const auto* found =
        std::find_if(kTypes.begin(), kTypes.end(), [here](char type) { return here == static_cast<Char>(type); });
    if (found == kTypes.end()) return;
    directive_.type = *found;
    ++directive_.length;
  }

  const Char* text_;
  ArgumentSource& arguments_;
  Directive directive_;
};

}  // namespace

int FieldFromArgument(const openwmi_argument& argument) {
  switch (argument.kind) {
    case OPENWMI_ARGUMENT_INT32:
    case OPENWMI_ARGUMENT_UINT32:
    case OPENWMI_ARGUMENT_INT64:
    case OPENWMI_ARGUMENT_CHARACTER:
    case OPENWMI_ARGUMENT_WIDE_CHARACTER:
      return static_cast<int>(std::clamp<long long>(argument.value.integer, INT_MIN, INT_MAX));
    case OPENWMI_ARGUMENT_UINT64:
      return argument.value.integer < 0 ? INT_MAX
                                        : static_cast<int>(std::min<long long>(argument.value.integer, INT_MAX));
    default:
      return 0;
  }
}

template <typename Char>
Directive ParseDirective(const Char* text, ArgumentSource& arguments) {
  return DirectiveParser<Char>(text, arguments).Parse();
}

template Directive ParseDirective(const char* text, ArgumentSource& arguments);
template Directive ParseDirective(const wchar_t* text, ArgumentSource& arguments);

}  // namespace wmi::crt
