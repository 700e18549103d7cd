// Parser, the part that reads values and instances. Instances inside each other are read by recursion, which ends at
// limits::kObjectNestingMax.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/limits.h"
#include "mof/parser.h"

namespace wmi::mof {

bool Parser::ParseText(std::string_view& text) {
  const Token first = token_;
  Advance();
  if (!first.has_escapes && token_.kind != TokenKind::kText) {
    text = lexer_.PlainText(first);
    return true;
  }
  std::string joined;
  if (!lexer_.AppendText(first, joined)) return false;
  while (token_.kind == TokenKind::kText) {
    const Token part = token_;
    Advance();
    if (!lexer_.AppendText(part, joined)) return false;
  }
  text = texts_.emplace_back(std::move(joined));
  return true;
}

bool Parser::ParseLiteral(Literal& literal, Values allowed, std::size_t depth) {
  literal.offset = token_.offset;
  literal.is_negative = token_.is_negative;
  literal.magnitude = token_.magnitude;
  literal.real = token_.real;
  switch (token_.kind) {
    case TokenKind::kText:
      literal.kind = Literal::Kind::kText;
      return ParseText(literal.text);
    case TokenKind::kInteger:
      literal.kind = Literal::Kind::kInteger;
      break;
    case TokenKind::kReal:
      literal.kind = Literal::Kind::kReal;
      break;
    case TokenKind::kCharacter:
      literal.kind = Literal::Kind::kCharacter;
      break;
    case TokenKind::kAlias:
      return ParseAlias(literal, allowed);
    case TokenKind::kIdentifier:
      return ParseWord(literal, allowed, depth);
    case TokenKind::kPunctuation:
      if (Is('{')) return ParseArray(literal, allowed, depth);
      if (Is('[') && allowed != Values::kConstants) return ParseEmbedded(literal, allowed, depth);
      return Fail(code::kMofIllegalConstantValue, "a value");
    default:
      return Fail(code::kMofIllegalConstantValue, "a value");
  }
  Advance();
  return true;
}

bool Parser::ParseWord(Literal& literal, Values allowed, std::size_t depth) {
  if (IsWord("instance")) return ParseEmbedded(literal, allowed, depth);
  literal.boolean = IsWord("TRUE");
  const bool is_null = IsWord("NULL");
  if (!literal.boolean && !is_null && !IsWord("FALSE")) {
    return Fail(code::kMofIllegalConstantValue, "a value: a number, a string, a character, TRUE, FALSE, NULL or {…}");
  }
  literal.kind = is_null ? Literal::Kind::kNull : Literal::Kind::kBoolean;
  Advance();
  return true;
}

bool Parser::ParseAlias(Literal& literal, Values allowed) {
  if (allowed != Values::kObjectsAndAliases) {
    return FailAt(code::kMofUnexpectedAlias, token_.offset,
                  "an alias can only be the value of a reference in an instance");
  }
  literal.kind = Literal::Kind::kAlias;
  literal.text = lexer_.Spelling(token_).substr(1);
  Advance();
  return true;
}

bool Parser::ParseArray(Literal& literal, Values allowed, std::size_t depth) {
  literal.kind = Literal::Kind::kArray;
  literal.offset = token_.offset;
  Advance();
  if (TakeIf('}')) return true;
  do {
    if (Is('{')) return Fail(code::kMofIllegalConstantValue, "a single value, since arrays have one dimension");
    if (literal.items.size() == limits::kArrayLengthMax) {
      return FailAt(code::kQuotaViolation, token_.offset,
                    fmt::format("more than {} values in one array", limits::kArrayLengthMax));
    }
    Literal& item = literal.items.emplace_back();
    if (!ParseLiteral(item, allowed, depth)) return false;
    if (item.kind == Literal::Kind::kNull)
      return FailAt(code::kMofNullArrayElem, item.offset, "NULL cannot be an element of an array");
  } while (TakeIf(','));
  if (Expect('}', code::kMofExpectedCloseBrace, "or ',' after the value")) return true;
  if (Is(';')) --depth_;  // the list ends here all the same
  return false;
}

// A wrong assignment inside is skipped and the rest read on; the value as a whole is wrong then.
bool Parser::ParseEmbedded(Literal& literal, Values allowed, std::size_t depth) {
  if (allowed == Values::kConstants) {
    return FailAt(code::kMofIllegalConstantValue, token_.offset, "a qualifier holds no instance");
  }
  if (depth == limits::kObjectNestingMax) {
    return FailAt(code::kQuotaViolation, token_.offset,
                  fmt::format("instances inside each other deeper than {}", limits::kObjectNestingMax));
  }
  auto instance = std::make_shared<InstanceSyntax>();
  // Qualifiers here are more than the grammar of Windows has; the writer needs them to lose nothing.
  if (!ParseQualifierList(instance->qualifiers)) return false;
  if (!IsWord("instance")) return Fail(code::kMofIllegalConstantValue, "'instance' after the qualifiers");
  if (!ParseInstanceHead(*instance)) return false;
  if (!instance->alias.empty()) {
    return FailAt(code::kMofAliasesInEmbedded, instance->alias_offset,
                  "an embedded instance has no path that an alias could stand for; leave the alias out");
  }
  bool is_whole = true;
  if (!ParseInstanceBody(*instance, allowed, depth + 1, is_whole) || !is_whole) return false;
  literal.kind = Literal::Kind::kInstance;
  literal.instance = std::move(instance);
  return true;
}

// From 'instance' on, with the semicolon. `is_whole` as for classes.
bool Parser::ParseInstance(InstanceSyntax& instance, bool& is_whole) {
  if (!ParseInstanceHead(instance)) return false;
  if (!ParseInstanceBody(instance, Values::kObjectsAndAliases, 0, is_whole)) return false;
  if (!Expect(';', code::kMofExpectedSemi, "after the '}' of the instance")) is_whole = false;
  return true;
}

// `instance of Class as $Alias`.
bool Parser::ParseInstanceHead(InstanceSyntax& instance) {
  Advance();
  if (!IsWord("of")) return Fail(code::kMofInvalidInstanceDeclaration, "'of' after 'instance'");
  Advance();
  if (!ExpectName(instance.class_name, instance.offset, code::kMofExpectedClassName, "the name of a class"))
    return false;
  if (!IsWord("as")) return true;
  Advance();
  if (token_.kind != TokenKind::kAlias)
    return Fail(code::kMofExpectedDollar, "'$' and the name of an alias after 'as'");
  instance.alias = lexer_.Spelling(token_).substr(1);
  instance.alias_offset = token_.offset;
  Advance();
  return true;
}

// From '{' to '}'.
bool Parser::ParseInstanceBody(InstanceSyntax& instance, Values allowed, std::size_t depth, bool& is_whole) {
  if (!Expect('{', code::kMofExpectedOpenBrace, "after the name of the class or its alias")) return false;
  const int braces = depth_;
  while (!Is('}')) {
    const bool is_statement = (IsWord("class") || IsWord("instance")) && !lexer_.IsFollowedBy('=');
    if (token_.kind == TokenKind::kEnd || is_statement || Is('#') || diagnostics_.is_full()) {
      return Fail(code::kMofExpectedCloseBrace,
                  fmt::format("'}}' at the end of the instance of {}", instance.class_name));
    }
    if (TakeIf(';')) continue;
    if (!ParseAssignment(instance, allowed, depth)) {
      is_whole = false;
      SkipStatement(braces);
    }
    if (depth_ < braces) return false;
  }
  Advance();
  return true;
}

bool Parser::ParseAssignment(InstanceSyntax& instance, Values allowed, std::size_t depth) {
  AssignmentSyntax assignment;
  if (!ParseQualifierList(assignment.qualifiers)) return false;
  if (!ExpectName(assignment.name, assignment.offset, code::kMofExpectedPropertyName, "the name of a property"))
    return false;
  if (!Expect('=', code::kMofExpectedSemi, "after the name of the property")) return false;
  if (!ParseLiteral(assignment.value, allowed, depth)) return false;
  if (!Expect(';', code::kMofExpectedSemi, "after the value")) return false;
  if (instance.assignments.size() == limits::kPropertiesMax) {
    return FailAt(code::kTooManyProperties, assignment.offset,
                  fmt::format("more than {} values in one instance", limits::kPropertiesMax));
  }
  instance.assignments.push_back(std::move(assignment));
  return true;
}

}  // namespace wmi::mof
