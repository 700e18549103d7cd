#include "cim/object_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/check.h"
#include "cim/datetime.h"

namespace wmi::cim {
namespace {

bool IsSlash(char c) { return c == '\\' || c == '/'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Reads a path from left to right; positions are byte offsets, columns are counted when a failure is built.
class PathParser {
 public:
  PathParser(std::string_view text, Code failure) : text_(text), failure_(failure) {}

  Result<ObjectPath> ParseObject() {
    TRY(CheckLength());
    ObjectPath path;
    if (StartsWithServer()) {
      TRY(ReadServer(path));
      TRY(ReadNamespace(path));
      TRY(Expect(':', "':' between namespace and class"));
    } else if (HasNamespace()) {
      TRY(ReadNamespace(path));
      TRY(Expect(':', "':' between namespace and class"));
    }
    path.class_name = TRY(ReadName("a class name"));
    TRY(ReadSelector(path));
    return path;
  }

  Result<ObjectPath> ParseAny(SingleName single_name) {
    TRY(CheckLength());
    ObjectPath path;
    if (text_.empty()) return path;
    const bool has_server = StartsWithServer();
    if (has_server) {
      TRY(ReadServerName(path));
      if (IsSlash(Peek())) ++at_;
      if (AtEnd()) return path;
      if (!IsSlash(text_[at_ - 1])) return Fail(at_, "'\\' after the server");
    }
    const bool is_single_name = std::all_of(text_.begin(), text_.end(), IsNameCharacter);
    if (has_server || HasNamespace() || (is_single_name && single_name == SingleName::kNamespace)) {
      TRY(ReadNamespace(path));
      if (AtEnd()) return path;
      TRY(Expect(':', "'\\', ':' or the end after the namespace"));
    }
    path.class_name = TRY(ReadName("a class name"));
    TRY(ReadSelector(path));
    return path;
  }

  Result<ObjectPath> ParseNamespace() {
    if (text_.empty()) return Fail(0, "a namespace such as root\\cimv2");
    TRY(CheckLength());
    ObjectPath path;
    if (StartsWithServer()) TRY(ReadServer(path));
    TRY(ReadNamespace(path));
    if (!AtEnd()) return Fail(at_, "'\\' or the end of the namespace");
    return path;
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }

  Status Fail(std::size_t offset, std::string_view expected) const {
    ErrorDetail detail;
    const std::string_view rest = text_.substr(offset);
    std::size_t size = rest.empty() ? 0 : 1;
    while (size < rest.size() && (static_cast<unsigned char>(rest[size]) & 0xC0) == 0x80) ++size;
    const std::string found = rest.empty() ? "the end" : fmt::format("'{}'", ToUtf8(rest.substr(0, size)));
    detail.line = 1;
    detail.column = static_cast<int>(CharacterCount(text_.substr(0, offset))) + 1;
    detail.message = fmt::format("column {}: expected {}, found {}", detail.column, expected, found);
    detail.parameter = std::string(text_.substr(0, 4 * limits::kPathLengthMax));
    return Status(failure_, std::move(detail));
  }

  Status CheckLength() const {
    if (text_.size() <= limits::kPathLengthMax) return Status();
    if (!IsUtf8(text_.substr(0, 4 * limits::kPathLengthMax)) || CharacterCount(text_) > limits::kPathLengthMax) {
      std::size_t offset = 0;
      for (std::size_t seen = 0; offset < text_.size(); ++offset) {
        if ((static_cast<unsigned char>(text_[offset]) & 0xC0) != 0x80 && seen++ == limits::kPathLengthMax) break;
      }
      return Fail(offset, fmt::format("the end after at most {} characters", limits::kPathLengthMax));
    }
    return Status();
  }

  Status Expect(char wanted, std::string_view what) {
    if (AtEnd() || text_[at_] != wanted) return Fail(at_, what);
    ++at_;
    return Status();
  }

  Result<std::string> ReadName(std::string_view what) {
    const std::size_t start = at_;
    if (!AtEnd() && IsDigit(text_[at_])) return Fail(at_, what);
    while (!AtEnd() && IsNameCharacter(text_[at_])) ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (name.empty()) return Fail(start, what);
    if (CharacterCount(name) > limits::kNameLengthMax) {
      return Fail(start, fmt::format("{} of at most {} characters", what, limits::kNameLengthMax));
    }
    return std::string(name);
  }

  bool StartsWithServer() const { return text_.size() >= 2 && IsSlash(text_[0]) && IsSlash(text_[1]); }

  // "." stands for this machine, which ObjectPath shows as an empty server.
  Status ReadServerName(ObjectPath& path) {
    at_ = 2;
    while (!AtEnd() && (IsNameCharacter(text_[at_]) || text_[at_] == '.' || text_[at_] == '-')) ++at_;
    const std::string_view server = text_.substr(2, at_ - 2);
    if (server.empty()) return Fail(at_, "a server name");
    if (server != ".") path.server = std::string(server);
    path.names_server = true;
    return Status();
  }

  Status ReadServer(ObjectPath& path) {
    TRY(ReadServerName(path));
    if (!IsSlash(Peek())) return Fail(at_, "'\\' after the server");
    ++at_;
    return Status();
  }

  // Without a server, a namespace is there when nothing but names and slashes come before a colon.
  bool HasNamespace() const {
    for (const char c : text_) {
      if (c == ':' || IsSlash(c)) return true;
      if (!IsNameCharacter(c)) return false;
    }
    return false;
  }

  Status ReadNamespace(ObjectPath& path) {
    path.name_space = TRY(ReadName("a namespace"));
    for (std::size_t depth = 1; IsSlash(Peek()); ++depth) {
      ++at_;
      if (depth == limits::kNamespaceDepthMax) {
        return Fail(at_, fmt::format("the end after at most {} namespaces", limits::kNamespaceDepthMax));
      }
      path.name_space += '\\';
      path.name_space += TRY(ReadName("a namespace"));
    }
    return Status();
  }

  Status ReadSelector(ObjectPath& path) {
    if (AtEnd()) return Status();
    if (Peek() == '.') return ReadKeys(path);
    if (Peek() != '=') return Fail(at_, "'.', '=' or the end after the class name");
    ++at_;
    if (Peek() == '@') {
      ++at_;
      path.is_singleton = true;
    } else {
      path.keys.push_back({"", TRY(ReadValue())});
    }
    if (!AtEnd()) return Fail(at_, "the end");
    return Status();
  }

  Status ReadKeys(ObjectPath& path) {
    do {
      ++at_;
      if (path.keys.size() == limits::kKeysMax) return Fail(at_, fmt::format("at most {} keys", limits::kKeysMax));
      ObjectPath::Key key;
      key.name = TRY(ReadName("the name of a key"));
      TRY(Expect('=', "'=' after the name of the key"));
      key.value = TRY(ReadValue());
      path.keys.push_back(std::move(key));
    } while (Peek() == ',');
    if (!AtEnd()) return Fail(at_, "',' or the end");
    return Status();
  }

  Result<Value> ReadValue() {
    const char c = Peek();
    if (c == '"' || c == '\'') return ReadQuoted();
    if (IsDigit(c) || c == '-' || c == '+') return ReadNumber();
    const std::size_t start = at_;
    while (!AtEnd() && IsNameCharacter(text_[at_])) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (EqualFolded(word, "TRUE")) return Value::Boolean(true);
    if (EqualFolded(word, "FALSE")) return Value::Boolean(false);
    return Fail(start, "a value: a quoted text, an integer, TRUE or FALSE");
  }

  Result<Value> ReadQuoted() {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    std::string value;
    while (!AtEnd() && text_[at_] != quote) {
      char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) return Fail(at_, "no control character in a value");
      if (c == '\\') {
        ++at_;
        c = Peek();
        if (c != '\\' && c != '"' && c != '\'') {
          return Fail(at_, R"('\', '"' or ''' after a backslash; a backslash itself is written twice)");
        }
      }
      value += c;
      ++at_;
    }
    if (AtEnd())
      return Fail(at_, fmt::format("the closing {} of the value at column {}", quote,
                                   CharacterCount(text_.substr(0, start)) + 1));
    ++at_;
    if (!IsUtf8(value)) return Fail(start, "a value in UTF-8");
    return Value::Text(std::move(value));
  }

  Result<Value> ReadNumber() {
    const std::size_t start = at_;
    const bool is_negative = Peek() == '-';
    if (Peek() == '-' || Peek() == '+') ++at_;
    int base = 10;
    if (Peek() == '0' && at_ + 1 < text_.size() && (text_[at_ + 1] == 'x' || text_[at_ + 1] == 'X')) {
      base = 16;
      at_ += 2;
    }
    std::uint64_t magnitude = 0;
    const char* const first = text_.data() + at_;
    const auto [last, error] = std::from_chars(first, text_.data() + text_.size(), magnitude, base);
    if (last == first) return Fail(at_, "a digit");
    constexpr std::uint64_t kNegativeMax = std::uint64_t{1} << 63;
    if (error != std::errc() || (is_negative && magnitude > kNegativeMax))
      return Fail(start, "an integer of at most 64 bits");
    at_ += static_cast<std::size_t>(last - first);
    if (is_negative && magnitude != 0) return Value::Signed(static_cast<std::int64_t>(0 - magnitude));
    return Value::Unsigned(magnitude);
  }

  std::string_view text_;
  Code failure_;
  std::size_t at_ = 0;
};

void AppendValue(std::string& out, ValueView value) {
  switch (value.kind()) {
    case ValueKind::kBoolean:
      out += value.boolean() ? "TRUE" : "FALSE";
      return;
    case ValueKind::kSigned:
      out += std::to_string(value.signed_integer());
      return;
    case ValueKind::kUnsigned:
      out += std::to_string(value.unsigned_integer());
      return;
    case ValueKind::kText:
      out += '"';
      for (const char c : value.text()) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      out += '"';
      return;
    default:
      return;  // cannot be in a key
  }
}

struct NamedView {
  std::string_view name;
  ValueView value;
};

// `keys` in the order to print.
void AppendKeys(std::string& out, const std::vector<NamedView>& keys) {
  char separator = '.';
  for (const NamedView& key : keys) {
    if (!key.name.empty()) {
      out += separator;
      out += key.name;
    }
    out += '=';
    AppendValue(out, key.value);
    separator = ',';
  }
}

Status KeyError(const ObjectPath& path, std::string message) {
  ErrorDetail detail;
  detail.message = std::move(message);
  detail.parameter = FormatObjectPath(path);
  return Status(code::kInvalidObjectPath, std::move(detail));
}

std::optional<std::uint64_t> UnsignedFromText(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint64_t number = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc() || last != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> SignedFromText(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const std::optional<std::uint64_t> magnitude = UnsignedFromText(text);
  constexpr std::uint64_t kNegativeMax = std::uint64_t{1} << 63;
  if (!magnitude || *magnitude > (is_negative ? kNegativeMax : kNegativeMax - 1)) return std::nullopt;
  return static_cast<std::int64_t>(is_negative ? 0 - *magnitude : *magnitude);
}

// The integer of a key value when its spelling suits `type`; 64-bit ones may be quoted.
Value IntegerKey(CimType type, ValueView value) {
  const bool is_wide = type == CimType::kSint64 || type == CimType::kUint64;
  if (value.kind() == ValueKind::kText && is_wide) {
    if (type == CimType::kUint64) {
      const auto number = UnsignedFromText(value.text());
      return number ? Value::Unsigned(*number) : Value();
    }
    const auto number = SignedFromText(value.text());
    return number ? Value::Signed(*number) : Value();
  }
  if (value.kind() == ValueKind::kUnsigned) {
    const std::uint64_t number = value.unsigned_integer();
    if (IsUnsignedInteger(type)) return Value::Unsigned(number);
    if (number <= std::uint64_t{std::numeric_limits<std::int64_t>::max()})
      return Value::Signed(static_cast<std::int64_t>(number));
  }
  if (value.kind() == ValueKind::kSigned) {
    const std::int64_t number = value.signed_integer();
    if (IsSignedInteger(type)) return Value::Signed(number);
    if (number >= 0) return Value::Unsigned(static_cast<std::uint64_t>(number));
  }
  return Value();
}

// NULL when the value cannot be one of this type. A text key takes a bare integer too: Win32_Process.Handle=1 is how it
// is usually written.
Value ConvertKey(CimType type, ValueView value) {
  if (IsInteger(type)) return IntegerKey(type, value);
  if (type == CimType::kBoolean) return value.kind() == ValueKind::kBoolean ? Value::Copy(value) : Value();
  if (value.kind() == ValueKind::kText) return Value::Copy(value);
  if (type != CimType::kString) return Value();
  if (value.kind() == ValueKind::kUnsigned) return Value::Text(std::to_string(value.unsigned_integer()));
  if (value.kind() == ValueKind::kSigned) return Value::Text(std::to_string(value.signed_integer()));
  return Value();
}

}  // namespace

Result<ObjectPath> ParseObjectPath(std::string_view text) {
  return PathParser(text, code::kInvalidObjectPath).ParseObject();
}

Result<ObjectPath> ParsePath(std::string_view text, SingleName single_name) {
  return PathParser(text, code::kInvalidObjectPath).ParseAny(single_name);
}

Result<ObjectPath> ParseNamespacePath(std::string_view text) {
  return PathParser(text, text.empty() ? code::kInvalidParameter : code::kInvalidNamespace).ParseNamespace();
}

std::string FormatKeyValue(ValueView value) {
  std::string out;
  AppendValue(out, value);
  return out;
}

std::string FormatObjectPath(const ObjectPath& path) {
  std::string out;
  if (!path.server.empty()) out = fmt::format("\\\\{}\\", path.server);
  out += path.name_space;
  if (path.class_name.empty()) return out;
  if (!path.name_space.empty()) out += ':';
  out += path.class_name;
  if (path.is_singleton) return out + "=@";
  std::vector<const ObjectPath::Key*> order;
  order.reserve(path.keys.size());
  for (const ObjectPath::Key& key : path.keys) order.push_back(&key);
  std::sort(order.begin(), order.end(), [](const ObjectPath::Key* a, const ObjectPath::Key* b) {
    const int by_name = CompareFolded(a->name, b->name);
    return by_name != 0 ? by_name < 0 : a < b;  // as written when a name is there twice
  });
  std::vector<NamedView> keys;
  keys.reserve(order.size());
  for (const ObjectPath::Key* key : order) keys.push_back({key->name, key->value.view()});
  AppendKeys(out, keys);
  return out;
}

Result<std::vector<Value>> KeyValues(const ObjectPath& path, const Class& cls) {
  const std::vector<std::size_t>& slots = cls.key_slots();
  if (path.is_singleton != cls.is_singleton()) {
    return KeyError(path, cls.is_singleton() ? fmt::format("{0} is a singleton; write {0}=@", cls.name())
                                             : fmt::format("{} is not a singleton; name its keys", cls.name()));
  }
  std::vector<Value> values(slots.size());
  if (path.is_singleton) return values;
  if (path.keys.size() == 1 && path.keys.front().name.empty() && slots.size() > 1) {
    return KeyError(path, fmt::format("{} has {} keys; each must be named", cls.name(), slots.size()));
  }
  for (const ObjectPath::Key& key : path.keys) {
    std::size_t position = 0;
    while (position < slots.size() && !key.name.empty() &&
           !EqualFolded(cls.properties()[slots[position]].name, key.name)) {
      ++position;
    }
    if (position == slots.size()) return KeyError(path, fmt::format("{} has no key named '{}'", cls.name(), key.name));
    if (!values[position].is_null()) return KeyError(path, fmt::format("the key {} is given twice", key.name));
    const Property& property = cls.properties()[slots[position]];
    Value value = ConvertKey(property.type.type, key.value.view());
    if (value.is_null() || !CheckValue(property.type, value.view()).ok()) {
      return KeyError(path, fmt::format("{} is no value for the key {} of type {}", Describe(key.value.view()),
                                        property.name, Describe(property.type)));
    }
    values[position] = std::move(value);
  }
  for (std::size_t position = 0; position < slots.size(); ++position) {
    if (values[position].is_null()) {
      return KeyError(path,
                      fmt::format("the key {} of {} is missing", cls.properties()[slots[position]].name, cls.name()));
    }
  }
  if (slots.empty()) return KeyError(path, fmt::format("{} has no keys", cls.name()));
  return values;
}

std::optional<std::string> RelativePath(const Object& object) {
  if (!object) return std::nullopt;
  const Class& cls = object.schema();
  if (object.is_class()) return cls.name();
  if (cls.is_singleton()) return cls.name() + "=@";
  if (cls.key_slots().empty()) return std::nullopt;
  std::vector<NamedView> keys;
  keys.reserve(cls.key_slots().size());
  for (const std::size_t slot : cls.key_slots()) {
    if (!object.IsVisible(slot) || object.slot(slot).is_null()) return std::nullopt;
    keys.push_back({cls.properties()[slot].name, object.slot(slot)});
  }
  std::string out = cls.name();
  AppendKeys(out, keys);
  return out;
}

std::optional<std::string> FullPath(const Object& object) {
  if (!object || object.schema().home() == nullptr) return std::nullopt;
  const std::optional<std::string> relative = RelativePath(object);
  if (!relative) return std::nullopt;
  const Home& home = *object.schema().home();
  return fmt::format("\\\\{}\\{}:{}", home.server, home.name_space, *relative);
}

}  // namespace wmi::cim
