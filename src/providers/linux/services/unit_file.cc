#include "providers/linux/services/unit_file.h"

#include <algorithm>
#include <utility>

#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
}

// In quotes, with what systemd would replace escaped. The program itself is never replaced by a variable, so that its $
// stays one.
std::string Quoted(std::string_view word, bool is_program) {
  std::string text = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '%' || (c == '$' && !is_program)) text += c;
    text += c;
  }
  return text + '"';
}

// Walks over the lines of a file. A value may go on in the next line; comments between do not end it.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  bool Next() {
    if (!NextPart(rest_, '\n', line_)) return false;
    const std::string_view trimmed = Trim(line_);
    const bool is_comment = trimmed.starts_with('#') || trimmed.starts_with(';');
    is_header_ = false;
    if (!is_open_ && !is_comment) {
      is_header_ = trimmed.starts_with('[');
      const std::size_t equals = trimmed.find('=');
      key_ = is_header_ || equals == std::string_view::npos ? std::string_view() : Trim(trimmed.substr(0, equals));
      if (is_header_) section_ = Trim(trimmed.substr(1, trimmed.find(']') - 1));
      value_ = key_.empty() ? std::string_view() : Trim(trimmed.substr(equals + 1));
    } else {
      value_ = is_comment ? std::string_view() : trimmed;
      if (!is_open_) key_ = {};
    }
    if (!is_comment) is_open_ = line_.ends_with('\\');
    return true;
  }

  std::string_view line() const { return line_; }
  bool is_header() const { return is_header_; }
  // The next line belongs to this one.
  bool is_open() const { return is_open_; }
  // Of the line, or of that which it goes on with.
  bool IsOf(std::string_view section, std::string_view key) const { return section_ == section && key_ == key; }
  std::string_view section() const { return section_; }
  // What the line has of the value.
  std::string_view value() const { return is_open_ ? value_.substr(0, value_.size() - 1) : value_; }

 private:
  std::string_view rest_;
  std::string_view line_;
  std::string_view section_;
  std::string_view key_;
  std::string_view value_;
  bool is_header_ = false;
  bool is_open_ = false;
};

void AppendSetting(std::string& out, std::string_view key, const std::vector<std::string>& values) {
  for (const std::string& value : values) out.append(key).append("=").append(value).append("\n");
}

}  // namespace

std::optional<std::string> DescriptionValue(std::string_view text) {
  if (HasControlCharacter(text) || text.ends_with('\\') || Trim(text).empty()) return std::nullopt;
  std::string value;
  for (const char c : text) {
    if (c == '%') value += c;
    value += c;
  }
  return value;
}

std::vector<std::string> CommandWords(std::string_view line) {
  std::vector<std::string> words;
  if (HasControlCharacter(line)) return words;
  bool is_quoted = false;
  bool is_open = false;
  for (const char c : line) {
    if (c == '"') {
      is_quoted = !is_quoted;
      if (!is_open) words.emplace_back();
      is_open = true;
    } else if (c == ' ' && !is_quoted) {
      is_open = false;
    } else {
      if (!is_open) words.emplace_back();
      is_open = true;
      words.back() += c;
    }
  }
  if (is_quoted) words.clear();
  return words;
}

std::string CommandValue(const std::vector<std::string>& words) {
  std::string value;
  for (const std::string& word : words) {
    if (!value.empty()) value += ' ';
    value += Quoted(word, value.empty());
  }
  return value;
}

bool IsUserValue(std::string_view name) {
  const bool is_number = name.find_first_not_of("0123456789") == std::string_view::npos;
  return !is_number && name.find_first_of("%$\\\"' /:,") == std::string_view::npos && !HasControlCharacter(name);
}

std::string WithSetting(std::string_view text, std::string_view section, std::string_view key,
                        const std::vector<std::string>& values) {
  std::string out;
  bool is_written = values.empty();
  LineReader lines(text);
  while (lines.Next()) {
    if (lines.IsOf(section, key)) continue;
    out.append(lines.line()).append("\n");
    // At the front of its section, where no value of another setting can be open.
    if (!is_written && lines.is_header() && lines.section() == section) {
      AppendSetting(out, key, values);
      is_written = true;
    }
  }
  if (is_written) return out;
  // An empty line ends a value that would go on.
  if (!out.empty()) out += '\n';
  out.append("[").append(section).append("]\n");
  AppendSetting(out, key, values);
  return out;
}

std::vector<std::string> SettingWords(std::string_view text, std::string_view section, std::string_view key) {
  std::vector<std::string> words;
  LineReader lines(text);
  while (lines.Next()) {
    if (!lines.IsOf(section, key)) continue;
    std::string_view rest = lines.value();
    std::string_view word;
    while (NextPart(rest, ' ', word)) {
      if (!word.empty()) words.emplace_back(word);
    }
  }
  return words;
}

}  // namespace wmi::linuxos
