// Document: an XML text as a tree of elements, read by libexpat with hard limits. What the elements mean is the
// reader's business (reader.h).
//
// Texts come from anywhere, so nothing outside the text is ever looked at and nothing in it multiplies: a DOCTYPE with
// declarations of its own and references to entities that XML does not define itself are refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace wmi::xml {

// One element. A value; strings are its own. `children` of it are walked with Document::First and Next.
struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  // in the order of the text, entities resolved
  std::string text;                                             // all character data directly inside
  int line = 0;                                                 // of its start tag, 1-based
  int column = 0;                                               // in characters, 1-based
  std::uint32_t first_child = 0;                                // 0: none; the root is nobody's child
  std::uint32_t next_sibling = 0;

  // Null when there is no such attribute. Names are compared exactly, as XML does.
  const std::string* Find(std::string_view attribute) const;
};

// Immutable once read; safe from several threads.
class Document {
 public:
  // `utf8` is taken as UTF-8 whatever its XML declaration says: the text was a string already. Failure: kInvalidSyntax
  // for what is not well-formed or refused, kQuotaViolation past limits::kXmlBytesMax, kXmlDepthMax, kXmlElementsMax;
  // with line and column.
  static Result<Document> Parse(std::string_view utf8);

  const Element& root() const { return elements_.front(); }
  // Null when there is none.
  const Element* First(const Element& parent) const { return At(parent.first_child); }
  const Element* Next(const Element& child) const { return At(child.next_sibling); }

 private:
  Document() = default;
  const Element* At(std::uint32_t index) const { return index == 0 ? nullptr : &elements_[index]; }

  std::vector<Element> elements_;  // in the order of their start tags
};

// A failure at an element: "line 3, column 5: …", with the place in the detail too.
Status Fault(Code code, const Element& element, std::string message);

}  // namespace wmi::xml
