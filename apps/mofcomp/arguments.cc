#include "mofcomp/arguments.h"

#include <algorithm>

#include "base/text.h"

namespace wmi::mofcomp {
namespace {

// How the value of a switch stands behind it.
enum class Form { kAlone, kValue };

enum class Switch {
  kHelp,
  kCheck,
  kAutorecover,
  kNamespace,
  kClass,
  kInstance,
  kAmendment,
  kNeutral,
  kLocalized,
  kUser,
  kPassword,
  kAuthority,
  kNotSupported,
};

struct Known {
  std::string_view name;
  Switch what;
  Form form;
};

constexpr Known kSwitches[] = {
    {"?", Switch::kHelp, Form::kAlone},
    {"h", Switch::kHelp, Form::kAlone},
    {"help", Switch::kHelp, Form::kAlone},
    {"-help", Switch::kHelp, Form::kAlone},
    {"check", Switch::kCheck, Form::kAlone},
    {"autorecover", Switch::kAutorecover, Form::kAlone},
    {"N", Switch::kNamespace, Form::kValue},
    {"class", Switch::kClass, Form::kValue},
    {"instance", Switch::kInstance, Form::kValue},
    {"AMENDMENT", Switch::kAmendment, Form::kValue},
    {"MOF", Switch::kNeutral, Form::kValue},
    {"MFL", Switch::kLocalized, Form::kValue},
    {"U", Switch::kUser, Form::kValue},
    {"P", Switch::kPassword, Form::kValue},
    {"A", Switch::kAuthority, Form::kValue},
    // Of binary MOF, which there is none.
    {"WMI", Switch::kNotSupported, Form::kAlone},
    {"B", Switch::kNotSupported, Form::kValue},
    {"L", Switch::kNotSupported, Form::kValue},
    {"ER", Switch::kNotSupported, Form::kValue},
};

struct Mode {
  std::string_view name;
  std::uint32_t flags;  // WBEM_FLAG_CREATE_ONLY and its kin
};
constexpr Mode kInstanceModes[] = {{"createonly", 0x2}, {"updateonly", 0x1}};
constexpr Mode kClassModes[] = {{"createonly", 0x2}, {"updateonly", 0x1}, {"safeupdate", 0x20}, {"forceupdate", 0x40}};

constexpr std::string_view kHelp =
    R"(mofcomp compiles a MOF file into the WMI repository.

usage: mofcomp [SWITCH…] FILE

Switches begin with - or /, in any case of letters:
  -check                find what is wrong; change nothing; with no other switch
  -N:NAMESPACE          where things go until a #pragma namespace says otherwise;
                        root\default when left out
  -class:MODE           createonly, updateonly, safeupdate (also when there are
                        derived classes) or forceupdate (also when qualifiers of
                        theirs conflict)
  -instance:MODE        createonly or updateonly
  -autorecover          compile the file again when the repository is made anew,
                        as #pragma autorecover does
  -AMENDMENT:MS_xxx     the qualifiers of the flavor Amended belong to this
                        language
  -MOF:FILE -MFL:FILE   do not compile: write the part without texts of a
                        language to one file, and these texts to the other;
                        files that exist are replaced when both are whole
  -U: -P: -A:           user, password and authority, for another machine; this
                        version compiles on this machine only
  -?                    this text

Not supported are -B, -WMI, -L and -ER (binary MOF).

Every error is told as file(line,column): error NAME (code): text. A file with an
error is not stored at all.

Exit codes:
  0  success
  1  no connection, no such file, or the text does not fit what is there
  2  a wrong switch
  3  the text is no MOF
  4  -class or -instance forbids what the text does
  130  ended by Ctrl-C, 143 by SIGTERM; nothing is stored then
)";

ParsedText Wrong(const std::string& message) {
  return {"mofcomp: " + message + "\nmofcomp -? tells the usage.\n", kExitUsage};
}

const Known* FindSwitch(std::string_view name) {
  for (const Known& known : kSwitches) {
    if (EqualFolded(known.name, name)) return &known;
  }
  return nullptr;
}

template <std::size_t size>
bool FindMode(const Mode (&modes)[size], std::string_view name, std::uint32_t& flags) {
  for (const Mode& mode : modes) {
    if (!EqualFolded(mode.name, name)) continue;
    flags |= mode.flags;
    return true;
  }
  return false;
}

// Nothing when it was taken.
std::optional<ParsedText> Take(const Known& known, std::string_view word, std::string value, Arguments& arguments) {
  switch (known.what) {
    case Switch::kHelp:
      return ParsedText{std::string(kHelp), kExitSuccess};
    case Switch::kCheck:
      arguments.only_check = true;
      break;
    case Switch::kAutorecover:
      arguments.autorecover = true;
      break;
    case Switch::kNamespace:
      std::replace(value.begin(), value.end(), '/', '\\');
      arguments.name_space = std::move(value);
      break;
    case Switch::kClass:
      if (FindMode(kClassModes, value, arguments.class_flags)) break;
      return Wrong("-class takes createonly, updateonly, safeupdate and forceupdate, not '" + value + "'");
    case Switch::kInstance:
      if (FindMode(kInstanceModes, value, arguments.instance_flags)) break;
      return Wrong("-instance takes createonly and updateonly, not '" + value + "'");
    case Switch::kAmendment:
      arguments.amendment = std::move(value);
      break;
    case Switch::kNeutral:
      arguments.neutral_file = std::move(value);
      break;
    case Switch::kLocalized:
      arguments.localized_file = std::move(value);
      break;
    case Switch::kUser:
      arguments.user = std::move(value);
      break;
    case Switch::kPassword:
      arguments.password = std::move(value);
      break;
    case Switch::kAuthority:
      arguments.authority = std::move(value);
      break;
    case Switch::kNotSupported:
      return Wrong("the switch " + std::string(word) + " is not supported; there is no binary MOF");
  }
  return std::nullopt;
}

// "MS_409": a hexadecimal number.
bool IsLanguage(std::string_view text) {
  constexpr std::string_view kPrefix = "MS_";
  constexpr std::size_t kDigitsMax = 5;
  if (text.size() <= kPrefix.size() || text.size() > kPrefix.size() + kDigitsMax) return false;
  const std::string_view digits = text.substr(kPrefix.size());
  return EqualFolded(text.substr(0, kPrefix.size()), kPrefix) &&
         digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::optional<ParsedText> CheckTogether(const Arguments& arguments) {
  if (arguments.file.empty()) return Wrong("no file is named");
  if (arguments.neutral_file.empty() != arguments.localized_file.empty()) {
    return Wrong("-MOF and -MFL go together; name both files");
  }
  if (!arguments.neutral_file.empty() && arguments.neutral_file == arguments.localized_file) {
    return Wrong("-MOF and -MFL name the same file");
  }
  constexpr std::uint32_t kBoth = 0x1 | 0x2;  // createonly and updateonly
  constexpr std::uint32_t kUpdates = 0x20 | 0x40;
  if ((arguments.class_flags & kBoth) == kBoth)
    return Wrong("-class:createonly and -class:updateonly exclude each other");
  if ((arguments.class_flags & kUpdates) == kUpdates) {
    return Wrong("-class:safeupdate and -class:forceupdate exclude each other");
  }
  if ((arguments.instance_flags & kBoth) == kBoth) {
    return Wrong("-instance:createonly and -instance:updateonly exclude each other");
  }
  if (!arguments.amendment.empty() && !IsLanguage(arguments.amendment)) {
    return Wrong("-AMENDMENT takes MS_ and the number of a language, such as MS_409, not '" + arguments.amendment +
                 "'");
  }
  if (arguments.only_check && (arguments.autorecover || !arguments.neutral_file.empty())) {
    return Wrong("-check changes nothing; it goes without -autorecover, -MOF and -MFL");
  }
  return std::nullopt;
}

}  // namespace

std::variant<Arguments, ParsedText> ParseArguments(const std::vector<std::string>& words) {
  if (words.empty()) return ParsedText{std::string(kHelp), kExitUsage};
  Arguments arguments;
  for (const std::string& word : words) {
    const bool has_dash = word.starts_with('-') && word.size() > 1;
    const std::size_t colon = word.find(':');
    const bool has_value = colon != std::string::npos;
    const Known* known = has_dash || word.starts_with('/')
                             ? FindSwitch(std::string_view(word).substr(1, has_value ? colon - 1 : word.npos))
                             : nullptr;
    if (known == nullptr) {
      if (has_dash) return Wrong("there is no switch " + word);
      if (word.empty()) return Wrong("the name of the file is empty");
      if (!arguments.file.empty()) return Wrong("'" + arguments.file + "' and '" + word + "': one file at a time");
      arguments.file = word;
      continue;
    }
    std::string value = has_value ? word.substr(colon + 1) : std::string();
    if (known->form == Form::kValue && value.empty() && known->what != Switch::kNotSupported) {
      return Wrong("the switch " + word + " needs a value behind a colon");
    }
    if (known->form == Form::kAlone && has_value) return Wrong("the switch " + word + " takes no value");
    if (auto text = Take(*known, word, std::move(value), arguments)) return *text;
  }
  if (auto text = CheckTogether(arguments)) return *text;
  return arguments;
}

std::string_view HelpText() { return kHelp; }

}  // namespace wmi::mofcomp
