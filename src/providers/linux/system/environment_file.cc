#include "providers/linux/system/environment_file.h"

#include <algorithm>
#include <utility>

#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

bool IsLetter(char character) {
  return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
}
bool IsDigit(char character) { return character >= '0' && character <= '9'; }
bool IsBlank(char character) { return character == ' ' || character == '\t' || character == '\r'; }
bool IsQuote(char character) { return character == '"' || character == '\''; }

// Characters that mean themselves in both forms and in every shell.
bool IsPlain(char character) {
  constexpr std::string_view kMarks = "_./:@%+,-=";
  return IsLetter(character) || IsDigit(character) || kMarks.find(character) != std::string_view::npos;
}

// What is special between double quotes.
constexpr std::string_view kEscaped = "\"\\`$";

// One line of pam_env; false when it assigns nothing.
bool ParsePamLine(std::string_view line, EnvironmentEntry& out) {
  line = Trim(line.substr(0, line.find('#')));
  constexpr std::string_view kExport = "export ";
  if (line.starts_with(kExport)) line = Trim(line.substr(kExport.size()));
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || !IsEnvironmentName(line.substr(0, equals))) return false;
  std::string_view value = line.substr(equals + 1);
  // Only those at both ends: what stands between is taken as it is.
  if (!value.empty() && IsQuote(value.front())) {
    value.remove_prefix(1);
    if (!value.empty() && IsQuote(value.back())) value.remove_suffix(1);
  }
  out.name = line.substr(0, equals);
  out.value = value;
  return true;
}

std::vector<EnvironmentEntry> ParsePam(std::string_view text) {
  std::vector<EnvironmentEntry> entries;
  std::string_view rest = text;
  std::string_view line;
  while (entries.size() < kEnvironmentEntriesMax && NextPart(rest, '\n', line)) {
    EnvironmentEntry entry;
    if (!ParsePamLine(line, entry)) continue;
    entry.end = text.size() - rest.size();
    entry.start = static_cast<std::size_t>(line.data() - text.data());
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Reads the assignments of environment.d one after the other.
class EnvironmentDReader {
 public:
  explicit EnvironmentDReader(std::string_view text) : text_(text) {}

  // False at the end of the text.
  bool Next(EnvironmentEntry& out) {
    while (at_ < text_.size()) {
      out.start = at_;
      SkipBlanks();
      const std::size_t name = at_;
      while (at_ < text_.size() && (IsLetter(text_[at_]) || IsDigit(text_[at_]) || text_[at_] == '_')) ++at_;
      out.name = text_.substr(name, at_ - name);
      SkipBlanks();
      if (!IsEnvironmentName(out.name) || at_ == text_.size() || text_[at_] != '=') {
        SkipLine();
        continue;
      }
      ++at_;
      out.value = TakeValue();
      out.end = at_;
      return true;
    }
    return false;
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }
  // A comment too goes on behind a backslash at its end.
  void SkipLine() {
    while (at_ < text_.size() && text_[at_] != '\n') at_ += text_[at_] == '\\' && at_ + 1 < text_.size() ? 2 : 1;
    if (at_ < text_.size()) ++at_;
  }
  std::string TakeValue() {
    std::string value;
    while (true) {
      SkipBlanks();
      if (at_ == text_.size()) return value;
      if (text_[at_] == '\'') {
        TakeSingleQuoted(value);
      } else if (text_[at_] == '"') {
        TakeDoubleQuoted(value);
      } else {
        TakeUnquoted(value);
        return value;
      }
    }
  }
  void TakeSingleQuoted(std::string& value) {
    const std::size_t start = ++at_;
    at_ = std::min(text_.find('\'', start), text_.size());
    value += text_.substr(start, at_ - start);
    if (at_ < text_.size()) ++at_;
  }
  void TakeDoubleQuoted(std::string& value) {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] != '\\' || at_ + 1 == text_.size()) {
        value += text_[at_];
        continue;
      }
      const char next = text_[++at_];
      if (next == '\n') continue;
      if (kEscaped.find(next) == std::string_view::npos) value += '\\';
      value += next;
    }
    if (at_ < text_.size()) ++at_;
  }
  // Up to the end of the line, which goes too; quotes are nothing special any more.
  void TakeUnquoted(std::string& value) {
    std::size_t kept = value.size();
    for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        if (text_[++at_] == '\n') continue;
        value += text_[at_];
        kept = value.size();
        continue;
      }
      value += text_[at_];
      if (!IsBlank(text_[at_])) kept = value.size();
    }
    value.resize(kept);
    if (at_ < text_.size()) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string Assignment(std::string_view name, std::string_view value, EnvironmentForm form) {
  std::string line(name);
  line += '=';
  if (std::all_of(value.begin(), value.end(), IsPlain)) return line.append(value) + "\n";
  line += '"';
  for (const char character : value) {
    if (form == EnvironmentForm::kEnvironmentD && kEscaped.find(character) != std::string_view::npos) line += '\\';
    line += character;
  }
  return line + "\"\n";
}

// Whether the text holds these assignments and no others.
bool Assigns(std::string_view text, EnvironmentForm form, const std::vector<EnvironmentEntry>& wanted) {
  const std::vector<EnvironmentEntry> found = ParseEnvironment(text, form);
  return std::equal(
      found.begin(), found.end(), wanted.begin(), wanted.end(),
      [](const EnvironmentEntry& a, const EnvironmentEntry& b) { return a.name == b.name && a.value == b.value; });
}

}  // namespace

std::vector<EnvironmentEntry> ParseEnvironment(std::string_view text, EnvironmentForm form) {
  if (form == EnvironmentForm::kPam) return ParsePam(text);
  std::vector<EnvironmentEntry> entries;
  EnvironmentDReader reader(text);
  EnvironmentEntry entry;
  while (entries.size() < kEnvironmentEntriesMax && reader.Next(entry)) entries.push_back(entry);
  return entries;
}

bool IsEnvironmentName(std::string_view name) {
  return !name.empty() && !IsDigit(name.front()) && std::all_of(name.begin(), name.end(), [](char character) {
    return IsLetter(character) || IsDigit(character) || character == '_';
  });
}

bool CanHoldValue(std::string_view value, EnvironmentForm form) {
  const bool has_control = std::any_of(value.begin(), value.end(), [](char character) {
    return (static_cast<unsigned char>(character) < 0x20 && character != '\t') || character == 0x7F;
  });
  // pam_env takes a '#' for a comment even between quotes.
  return !has_control && (form != EnvironmentForm::kPam || value.find('#') == std::string_view::npos);
}

std::optional<std::string> WithVariable(std::string_view text, EnvironmentForm form, std::string_view name,
                                        std::string_view value) {
  std::vector<EnvironmentEntry> entries = ParseEnvironment(text, form);
  const auto last =
      std::find_if(entries.rbegin(), entries.rend(), [&](const EnvironmentEntry& entry) { return entry.name == name; });
  const bool is_new = last == entries.rend();
  std::string changed(text.substr(0, is_new ? text.size() : last->start));
  if (!changed.empty() && changed.back() != '\n') changed += '\n';
  changed += Assignment(name, value, form);
  if (is_new) {
    entries.push_back({std::string(name), std::string(value), 0, 0});
  } else {
    changed += text.substr(last->end);
    last->value = value;
  }
  if (!Assigns(changed, form, entries)) return std::nullopt;
  return changed;
}

std::optional<std::string> WithoutVariable(std::string_view text, EnvironmentForm form, std::string_view name) {
  std::string changed;
  std::size_t kept = 0;
  std::vector<EnvironmentEntry> entries = ParseEnvironment(text, form);
  for (const EnvironmentEntry& entry : entries) {
    if (entry.name != name) continue;
    changed += text.substr(kept, entry.start - kept);
    kept = entry.end;
  }
  changed += text.substr(kept);
  std::erase_if(entries, [&](const EnvironmentEntry& entry) { return entry.name == name; });
  if (!Assigns(changed, form, entries)) return std::nullopt;
  return changed;
}

}  // namespace wmi::linuxos
