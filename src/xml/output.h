// Output: XML text being written. Elements that hold elements stand on lines of their own, indented; those that hold
// text have it between their tags, exactly.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wmi::xml {

// `text` with what XML gives a meaning written as entities, so that a parser reads it back. Characters that no XML text
// can hold (controls but tab and the line ends, U+FFFE, U+FFFF) and malformed UTF-8 become U+FFFD.
std::string EscapedText(std::string_view text);
// For attribute values in double quotes.
std::string EscapedAttribute(std::string_view text);
// Whether every character of a UTF-8 text can stand in XML.
bool IsXmlText(std::string_view text);

// Not thread-safe. Each Open has its Close; attributes come straight after Open, text excludes children.
class Output {
 public:
  // `name` stays valid until Close.
  void Open(std::string_view name);
  void Attribute(std::string_view name, std::string_view value);
  void Text(std::string_view text);
  void Close(std::string_view name);
  // An element with text and nothing else.
  void Leaf(std::string_view name, std::string_view text);

  // Past limits::kXmlBytesMax: what comes is dropped.
  bool is_too_long() const;
  std::string Take() { return std::move(text_); }

 private:
  enum class State { kContent, kInTag, kAfterText };
  void Line();
  void EndTag();

  std::string text_;
  std::size_t depth_ = 0;
  State state_ = State::kContent;
};

}  // namespace wmi::xml
