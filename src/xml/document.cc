#include "xml/document.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <new>
#include <type_traits>

#include "base/limits.h"

namespace wmi::xml {
namespace {

Status FaultAt(Code code, std::size_t line, std::size_t column, std::string_view message) {
  ErrorDetail detail;
  detail.message = fmt::format("line {}, column {}: {}", line, column, message);
  detail.line = static_cast<int>(line);
  detail.column = static_cast<int>(column);
  return {code, std::move(detail)};
}

// What expat calls for each piece of the text. It is C, so nothing may throw through it.
class Builder {
 public:
  Builder() : parser_(XML_ParserCreate("UTF-8")) {
    if (parser_ == nullptr) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), OnStart, OnEnd);
    XML_SetCharacterDataHandler(parser_.get(), OnText);
    XML_SetStartDoctypeDeclHandler(parser_.get(), OnDoctype);
    XML_SetSkippedEntityHandler(parser_.get(), OnSkippedEntity);
  }

  Status Run(std::string_view text) {
    const XML_Status status = XML_Parse(parser_.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
    if (no_memory_) throw std::bad_alloc();
    if (!failure_.ok()) return failure_;
    if (status != XML_STATUS_OK) {
      return Here(code::kInvalidSyntax,
                  fmt::format("the text is not well-formed XML: {}", XML_ErrorString(XML_GetErrorCode(parser_.get()))));
    }
    return Status();
  }

  std::vector<Element> TakeElements() { return std::move(elements_); }

 private:
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };
  struct Open {
    std::uint32_t element;
    std::uint32_t last_child = 0;
  };

  Status Here(Code code, std::string_view message) const {
    return FaultAt(code, XML_GetCurrentLineNumber(parser_.get()), XML_GetCurrentColumnNumber(parser_.get()) + 1,
                   message);
  }

  void Stop(Status failure) {
    failure_ = std::move(failure);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  template <typename Body>
  static void Guarded(void* self, Body&& body) noexcept {
    auto& builder = *static_cast<Builder*>(self);
    if (builder.no_memory_ || !builder.failure_.ok()) return;
    try {
      body(builder);
    } catch (const std::bad_alloc&) {
      builder.no_memory_ = true;
      XML_StopParser(builder.parser_.get(), XML_FALSE);
    }
  }

  static void OnStart(void* self, const XML_Char* name, const XML_Char** attributes) {
    Guarded(self, [&](Builder& builder) { builder.Start(name, attributes); });
  }
  static void OnEnd(void* self, const XML_Char*) {
    Guarded(self, [](Builder& builder) { builder.open_.pop_back(); });
  }
  static void OnText(void* self, const XML_Char* text, int length) {
    Guarded(self, [&](Builder& builder) {
      builder.elements_[builder.open_.back().element].text.append(text, static_cast<std::size_t>(length));
    });
  }
  static void OnDoctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int has_internal_subset) {
    if (has_internal_subset == 0) return;
    Guarded(self, [](Builder& builder) {
      builder.Stop(
          builder.Here(code::kInvalidSyntax, "a DOCTYPE with declarations of its own is refused; leave them out"));
    });
  }
  static void OnSkippedEntity(void* self, const XML_Char* name, int) {
    Guarded(self, [&](Builder& builder) {
      builder.Stop(builder.Here(code::kInvalidSyntax, fmt::format("the entity {} is not one of XML's own", name)));
    });
  }

  void Start(const XML_Char* name, const XML_Char** attributes) {
    if (open_.size() == limits::kXmlDepthMax) {
      Stop(Here(code::kQuotaViolation, fmt::format("elements nest deeper than {} levels", limits::kXmlDepthMax)));
      return;
    }
    if (elements_.size() == limits::kXmlElementsMax) {
      Stop(Here(code::kQuotaViolation, fmt::format("there are more than {} elements", limits::kXmlElementsMax)));
      return;
    }
    const auto index = static_cast<std::uint32_t>(elements_.size());
    Element& element = elements_.emplace_back();
    element.name = name;
    element.line = static_cast<int>(XML_GetCurrentLineNumber(parser_.get()));
    element.column = static_cast<int>(XML_GetCurrentColumnNumber(parser_.get())) + 1;
    for (; attributes[0] != nullptr; attributes += 2) element.attributes.emplace_back(attributes[0], attributes[1]);
    if (!open_.empty()) Link(index);
    open_.push_back({index});
  }

  void Link(std::uint32_t index) {
    Open& parent = open_.back();
    (parent.last_child == 0 ? elements_[parent.element].first_child : elements_[parent.last_child].next_sibling) =
        index;
    parent.last_child = index;
  }

  std::unique_ptr<std::remove_pointer_t<XML_Parser>, Free> parser_;
  std::vector<Element> elements_;
  std::vector<Open> open_;
  Status failure_;
  bool no_memory_ = false;
};

}  // namespace

const std::string* Element::Find(std::string_view attribute) const {
  const auto found =
      std::find_if(attributes.begin(), attributes.end(), [&](const auto& each) { return each.first == attribute; });
  return found == attributes.end() ? nullptr : &found->second;
}

Result<Document> Document::Parse(std::string_view utf8) {
  if (utf8.size() > limits::kXmlBytesMax) {
    return Status(code::kQuotaViolation,
                  fmt::format("the text has {} bytes; the limit is {}", utf8.size(), limits::kXmlBytesMax));
  }
  Builder builder;
  TRY(builder.Run(utf8));
  Document document;
  document.elements_ = builder.TakeElements();
  return document;
}

Status Fault(Code code, const Element& element, std::string message) {
  return FaultAt(code, static_cast<std::size_t>(element.line), static_cast<std::size_t>(element.column), message);
}

}  // namespace wmi::xml
