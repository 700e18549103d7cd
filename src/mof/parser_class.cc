// Parser, the part that reads classes.
#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "mof/parser.h"

namespace wmi::mof {
namespace {

using cim::CimType;

constexpr CimType kTypes[] = {CimType::kString, CimType::kUint32,   CimType::kUint16, CimType::kBoolean,
                              CimType::kUint64, CimType::kDatetime, CimType::kUint8,  CimType::kSint32,
                              CimType::kSint64, CimType::kSint16,   CimType::kSint8,  CimType::kReal32,
                              CimType::kReal64, CimType::kChar16,   CimType::kObject};

}  // namespace

std::optional<CimType> Parser::TypeOf(std::string_view word) {
  // The shortest is real32, the longest datetime.
  if (word.size() < 5 || word.size() > 8) return std::nullopt;
  for (const CimType type : kTypes) {
    if (EqualFolded(word, cim::TypeName(type))) return type;
  }
  return std::nullopt;
}

// From 'class' on. A class whose end was found is not `is_whole` when something in it is wrong.
bool Parser::ParseClass(ClassSyntax& cls, bool& is_whole) {
  Advance();
  if (!ParseClassHead(cls) || !ParseClassBody(cls, is_whole)) return false;
  // Nothing is skipped when it is missing: the next statement may well be in order.
  if (!Expect(';', code::kMofExpectedSemi, "after the '}' of the class")) is_whole = false;
  return true;
}

bool Parser::ParseClassHead(ClassSyntax& cls) {
  if (!ExpectName(cls.name, cls.offset, code::kMofExpectedClassName, "the name of the class")) return false;
  if (IsWord("as")) {
    Advance();
    if (token_.kind != TokenKind::kAlias)
      return Fail(code::kMofExpectedDollar, "'$' and the name of an alias after 'as'");
    return FailAt(code::kMofUnexpectedAlias, token_.offset, "an alias names an instance, not a class");
  }
  if (TakeIf(':')) {
    if (!ExpectName(cls.superclass, cls.superclass_offset, code::kMofExpectedClassName, "the name of the superclass"))
      return false;
  }
  return Expect('{', code::kMofExpectedOpenBrace,
                cls.superclass.empty() ? "or ':' after the name of the class" : "after the name of the superclass");
}

// Up to and including the '}'. A wrong member is skipped and the rest read on.
bool Parser::ParseClassBody(ClassSyntax& cls, bool& is_whole) {
  const int depth = depth_;
  while (!Is('}')) {
    if (token_.kind == TokenKind::kEnd || IsWord("class") || Is('#') || diagnostics_.is_full()) {
      return Fail(code::kMofExpectedCloseBrace, fmt::format("'}}' at the end of class {}", cls.name));
    }
    if (!ParseMember(cls)) {
      is_whole = false;
      SkipStatement(depth);
    }
    if (depth_ < depth) return false;
  }
  Advance();
  return true;
}

bool Parser::ParseMember(ClassSyntax& cls) {
  PropertySyntax member;
  if (!ParseQualifierList(member.qualifiers) || !ParseType(member)) return false;
  if (!ExpectName(member.name, member.offset, code::kMofExpectedPropertyName, "the name of a property or method"))
    return false;
  if (TakeIf('(')) return ParseMethod(cls, std::move(member));
  if (member.type.type == CimType::kEmpty) {
    return FailAt(code::kMofUnrecognizedType, member.type_offset, "only a method can be void");
  }
  if (!ParseArraySuffix(member)) return false;
  if (Is('('))
    return FailAt(code::kMofNoArraysReturned, member.offset, "a method cannot return an array; use an [out] parameter");
  if (!ParseDefault(member)) return false;
  if (!Expect(';', code::kMofExpectedSemi, "after the property")) return false;
  cls.properties.push_back(std::move(member));
  return true;
}

// `uint32`, `object`, `Class` (embedded), `Class ref`, `object ref`, `void`.
bool Parser::ParseType(PropertySyntax& member) {
  member.type_offset = token_.offset;
  if (token_.kind != TokenKind::kIdentifier) return Fail(code::kMofExpectedTypeIdentifier, "a type");
  const std::string_view word = lexer_.Spelling(token_);
  if (IsWord("ref")) return Fail(code::kMofUnrecognizedType, "a class name or 'object' before 'ref'");
  if (IsWord("typedef") || IsWord("enum")) {
    return FailAt(code::kMofTypedefNotSupported, token_.offset,
                  fmt::format("{} is not supported; use the type itself", Found()));
  }
  const bool is_void = IsWord("void");
  const std::optional<CimType> type = TypeOf(word);
  Advance();
  if (is_void) return true;
  member.type.type = type.value_or(CimType::kObject);
  if (!type) member.type.class_name = std::string(word);
  if (IsWord("ref")) {
    if (member.type.type != CimType::kObject) {
      return FailAt(code::kMofUnrecognizedType, member.type_offset,
                    fmt::format("there is no reference to {}; name a class or 'object'", word));
    }
    member.type.type = CimType::kReference;
    Advance();
  }
  if (Is('['))
    return FailAt(code::kMofNoArraysReturned, token_.offset, "the brackets of an array stand behind the name");
  return true;
}

bool Parser::ParseMethod(ClassSyntax& cls, PropertySyntax head) {
  MethodSyntax method;
  method.qualifiers = std::move(head.qualifiers);
  method.return_type = std::move(head.type);
  method.name = head.name;
  method.offset = head.offset;
  if (!Is(')')) {
    do {
      if (!ParseParameter(method.parameters)) return false;
    } while (TakeIf(','));
  }
  if (!Expect(')', code::kMofExpectedCloseParen, "or ',' after the parameters")) return false;
  if (Is('['))
    return FailAt(code::kMofNoArraysReturned, token_.offset, "a method cannot return an array; use an [out] parameter");
  if (!Expect(';', code::kMofExpectedSemi, "after the method")) return false;
  cls.methods.push_back(std::move(method));
  return true;
}

bool Parser::ParseParameter(std::vector<PropertySyntax>& parameters) {
  PropertySyntax parameter;
  if (!ParseQualifierList(parameter.qualifiers) || !ParseType(parameter)) return false;
  if (!ExpectName(parameter.name, parameter.offset, code::kMofExpectedPropertyName, "the name of a parameter"))
    return false;
  if (parameter.type.type == CimType::kEmpty) {
    return FailAt(code::kMofUnrecognizedType, parameter.type_offset, "a parameter cannot be void");
  }
  if (!ParseArraySuffix(parameter) || !ParseDefault(parameter)) return false;
  parameters.push_back(std::move(parameter));
  return true;
}

bool Parser::ParseArraySuffix(PropertySyntax& member) {
  if (!TakeIf('[')) return true;
  member.type.is_array = true;
  if (token_.kind == TokenKind::kInteger) {
    if (token_.is_negative || token_.magnitude == 0 || token_.magnitude > INT32_MAX) {
      return FailAt(code::kMofOutOfRange, token_.offset, "the size of an array is a number from 1 to 2147483647");
    }
    member.array_size = token_.magnitude;
    Advance();
  }
  if (!Expect(']', code::kMofExpectedCloseBracket, "after the size of the array")) return false;
  if (Is('[')) return Fail(code::kMofExpectedSemi, "an array of one dimension");
  return true;
}

bool Parser::ParseDefault(PropertySyntax& member) {
  if (!TakeIf('=')) return true;
  member.default_value.emplace();
  const bool is_braced = Is('{');
  if (!ParseLiteral(*member.default_value, Values::kObjects, 0)) return false;
  const Literal& literal = *member.default_value;
  if (is_braced && !member.type.is_array) {
    return FailAt(code::kMofUnexpectedArrayInit, literal.offset,
                  "a list of values, but this is no array; write [] behind the name");
  }
  if (!is_braced && member.type.is_array && literal.kind != Literal::Kind::kNull) {
    return FailAt(code::kMofExpectedBraceOrBadType, literal.offset, "the values of an array stand in braces");
  }
  return true;
}

}  // namespace wmi::mof
