#include "mof/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/class.h"

namespace wmi::mof {
namespace {

using cim::CimType;

constexpr CimType kTypes[] = {CimType::kString, CimType::kUint32,   CimType::kUint16, CimType::kBoolean,
                              CimType::kUint64, CimType::kDatetime, CimType::kUint8,  CimType::kSint32,
                              CimType::kSint64, CimType::kSint16,   CimType::kSint8,  CimType::kReal32,
                              CimType::kReal64, CimType::kChar16,   CimType::kObject};

std::optional<CimType> TypeOf(std::string_view word) {
  // The shortest is real32, the longest datetime.
  if (word.size() < 5 || word.size() > 8) return std::nullopt;
  for (const CimType type : kTypes) {
    if (EqualFolded(word, cim::TypeName(type))) return type;
  }
  return std::nullopt;
}

struct NamedFlavor {
  std::string_view word;
  FlavorWords effect;
};

constexpr std::uint32_t kPropagation = cim::flavor::kToInstance | cim::flavor::kToSubclass;

constexpr NamedFlavor kFlavors[] = {
    {"ToInstance", {cim::flavor::kToInstance, 0}},
    {"ToSubclass", {cim::flavor::kToSubclass, 0}},
    {"NotToInstance", {0, cim::flavor::kToInstance}},
    {"NotToSubclass", {0, cim::flavor::kToSubclass}},
    {"EnableOverride", {0, cim::flavor::kNotOverridable}},
    {"DisableOverride", {cim::flavor::kNotOverridable, 0}},
    {"Restricted", {0, kPropagation}},
    {"Amended", {cim::flavor::kAmended, 0}},
    {"Translatable", {0, 0}},  // DMTF: says something to translators only
};

struct NamedScope {
  std::string_view word;
  std::uint32_t bit;
};

constexpr NamedScope kScopes[] = {
    {"class", scope::kClass},
    {"association", scope::kAssociation},
    {"indication", scope::kIndication},
    {"property", scope::kProperty},
    {"reference", scope::kReference},
    {"method", scope::kMethod},
    {"parameter", scope::kParameter},
    {"any", scope::kAny},
    {"schema", 0},
    {"instance", 0},
};

struct NamedPragma {
  std::string_view word;
  PragmaKind kind;
  Code failure;
};

constexpr NamedPragma kPragmas[] = {
    {"namespace", PragmaKind::kNamespace, code::kMofInvalidNamespaceSyntax},
    {"include", PragmaKind::kInclude, code::kMofInvalidPragma},
    {"autorecover", PragmaKind::kAutorecover, code::kMofInvalidPragma},
    {"classflags", PragmaKind::kClassFlags, code::kMofInvalidFlagsSyntax},
    {"instanceflags", PragmaKind::kInstanceFlags, code::kMofInvalidFlagsSyntax},
    {"amendment", PragmaKind::kAmendment, code::kMofInvalidAmendmentSyntax},
    {"deleteclass", PragmaKind::kDeleteClass, code::kMofInvalidDeleteclassSyntax},
    {"deleteinstance", PragmaKind::kDeleteInstance, code::kMofInvalidDeleteinstanceSyntax},
    {"locale", PragmaKind::kInformation, code::kMofInvalidPragma},
    {"instancelocale", PragmaKind::kInformation, code::kMofInvalidPragma},
    {"source", PragmaKind::kInformation, code::kMofInvalidPragma},
    {"nonlocal", PragmaKind::kInformation, code::kMofInvalidPragma},
};

}  // namespace

Parser::Parser(std::string_view text, Diagnostics& diagnostics) : lexer_(text, diagnostics), diagnostics_(diagnostics) {
  token_ = lexer_.Next();
}

void Parser::Advance() {
  if (Is('{')) ++depth_;
  if (Is('}')) --depth_;
  token_ = lexer_.Next();
}

bool Parser::IsWord(std::string_view keyword) const {
  return token_.kind == TokenKind::kIdentifier && token_.size == keyword.size() &&
         EqualFolded(lexer_.Spelling(token_), keyword);
}

bool Parser::TakeIf(char punctuation) {
  if (!Is(punctuation)) return false;
  Advance();
  return true;
}

std::string Parser::Found() const {
  if (token_.kind == TokenKind::kEnd) return "the end of the text";
  const std::string_view spelling = lexer_.Spelling(token_);
  if (spelling.size() <= 40) return fmt::format("'{}'", spelling);
  return fmt::format("'{}…'", ToUtf8(spelling.substr(0, 40)));
}

bool Parser::Fail(Code failure, std::string_view expected) {
  if (token_.kind != TokenKind::kBad) {
    diagnostics_.Report(failure, token_.offset, fmt::format("expected {}, found {}", expected, Found()));
  }
  return false;
}

bool Parser::FailAt(Code failure, Offset offset, std::string message) {
  diagnostics_.Report(failure, offset, std::move(message));
  return false;
}

bool Parser::Expect(char punctuation, Code failure, std::string_view where) {
  if (TakeIf(punctuation)) return true;
  return Fail(failure, fmt::format("'{}' {}", punctuation, where));
}

bool Parser::ExpectName(std::string_view& name, Offset& offset, Code failure, std::string_view what) {
  if (token_.kind != TokenKind::kIdentifier) return Fail(failure, what);
  name = lexer_.Spelling(token_);
  offset = token_.offset;
  Advance();
  return true;
}

void Parser::SkipStatement(int depth) {
  while (token_.kind != TokenKind::kEnd && !diagnostics_.is_full()) {
    if (depth_ <= depth && Is('}')) {
      if (depth > 0) return;
    } else if (depth_ <= depth && Is(';')) {
      Advance();
      return;
    }
    Advance();
    if (depth_ < 0) depth_ = 0;
  }
}

Parser::Step Parser::Next() {
  while (token_.kind != TokenKind::kEnd && !diagnostics_.is_full()) {
    depth_ = 0;
    Step step;
    if (TakeIf(';')) continue;  // an empty statement
    // Left over from a class whose beginning was wrong; that has been said.
    if (diagnostics_.count() != 0 && TakeIf('}')) continue;
    if (Is('#')) {
      PragmaSyntax pragma;
      if (ParsePragma(pragma)) return {Outcome::kStatement, std::move(pragma), {}};
      continue;
    }
    if (IsWord("qualifier")) {
      QualifierDeclarationSyntax declaration;
      if (ParseQualifierDeclaration(declaration)) return {Outcome::kStatement, std::move(declaration), {}};
      SkipStatement(0);
      continue;
    }
    if (Is('[') || IsWord("class")) {
      ClassSyntax cls;
      is_class_broken_ = false;
      if (!ParseClass(cls)) {
        is_class_broken_ = true;
        SkipStatement(0);
      }
      if (!is_class_broken_) return {Outcome::kStatement, std::move(cls), {}};
      return {Outcome::kBrokenClass, {}, cls.name};
    }
    if (IsWord("instance")) {
      FailAt(code::kNotSupported, token_.offset, "instances in MOF are not supported yet; this statement is skipped");
    } else if (IsWord("typedef") || IsWord("enum")) {
      FailAt(code::kMofTypedefNotSupported, token_.offset,
             fmt::format("{} is not supported; use the type itself", Found()));
    } else {
      Fail(code::kMofUnrecognizedToken, "'class', 'instance', 'Qualifier', '[' or '#pragma'");
    }
    Advance();
    SkipStatement(0);
  }
  return {};
}

// Directives have no semicolon; one that is wrong ends where the next statement seems to begin.
bool Parser::ParsePragma(PragmaSyntax& pragma) {
  pragma.offset = token_.offset;
  Advance();
  bool done = false;
  if (IsWord("include")) {
    done = ParseInclude(pragma);
  } else if (!IsWord("pragma")) {
    Fail(code::kMofInvalidPragma, "'pragma' or 'include' after '#'");
  } else {
    Advance();
    const auto found =
        std::find_if(std::begin(kPragmas), std::end(kPragmas), [&](const NamedPragma& p) { return IsWord(p.word); });
    if (found == std::end(kPragmas)) {
      Fail(code::kMofInvalidPragma,
           "a directive: namespace, classflags, instanceflags, autorecover, deleteclass, deleteinstance, amendment, "
           "include or locale");
    } else {
      pragma.kind = found->kind;
      Advance();
      done = found->kind == PragmaKind::kAutorecover || ParsePragmaArguments(pragma, found->failure);
    }
  }
  if (done) return true;
  while (token_.kind != TokenKind::kEnd && !Is('#') && !Is('[') && !Is(';') && !IsWord("class") &&
         !IsWord("instance") && !IsWord("qualifier") && !diagnostics_.is_full()) {
    Advance();
  }
  return false;
}

bool Parser::ParseInclude(PragmaSyntax& pragma) {
  pragma.kind = PragmaKind::kInclude;
  Advance();
  return ParsePragmaArguments(pragma, code::kMofInvalidPragma);
}

bool Parser::ParsePragmaArguments(PragmaSyntax& pragma, Code failure) {
  if (!Expect('(', failure, "before the arguments of the directive")) return false;
  pragma.text_offset = token_.offset;
  bool is_first = true;
  do {
    if (token_.kind == TokenKind::kText && is_first) {
      if (!ParseText(pragma.text)) return false;
    } else if (token_.kind == TokenKind::kIdentifier) {
      pragma.words.push_back(lexer_.Spelling(token_));
      Advance();
    } else if (token_.kind == TokenKind::kText) {
      const std::string_view quoted = lexer_.Spelling(token_);
      pragma.words.push_back(quoted.substr(1, quoted.size() - 2));
      Advance();
    } else {
      return Fail(failure, "an argument of the directive");
    }
    is_first = false;
    if (pragma.words.size() > limits::kQualifiersMax) return Fail(code::kQuotaViolation, "fewer arguments");
  } while (TakeIf(','));
  return Expect(')', failure, "after the arguments of the directive");
}

bool Parser::ParseQualifierDeclaration(QualifierDeclarationSyntax& declaration) {
  Advance();
  if (!ExpectName(declaration.name, declaration.offset, code::kMofExpectedQualifierName, "the name of the qualifier"))
    return false;
  if (!Expect(':', code::kMofInvalidQualifierSyntax, "after the name of the qualifier")) return false;
  if (token_.kind == TokenKind::kIdentifier && TypeOf(lexer_.Spelling(token_))) {
    if (!ParseDeclaredType(declaration)) return false;
  } else {
    do {
      if (!ParseFlavor(declaration.flavors)) return false;
    } while (token_.kind == TokenKind::kIdentifier);
  }
  return Expect(';', code::kMofExpectedSemi, "after the declaration of the qualifier");
}

bool Parser::ParseDeclaredType(QualifierDeclarationSyntax& declaration) {
  PropertySyntax head;
  head.type.type = *TypeOf(lexer_.Spelling(token_));
  Advance();
  if (!ParseArraySuffix(head) || !ParseDefault(head)) return false;
  declaration.type = head.type;
  declaration.default_value = std::move(head.default_value);
  // DSP0004 5.6.1.2: without a word about it, a qualifier can be overridden and reaches subclasses.
  declaration.flavors.set = cim::flavor::kToSubclass;
  while (TakeIf(',')) {
    if (IsWord("Scope")) {
      Advance();
      if (!ParseScopes(declaration)) return false;
    } else if (IsWord("Flavor")) {
      Advance();
      if (!ParseDeclaredFlavors(declaration)) return false;
    } else {
      return Fail(code::kMofInvalidQualifierSyntax, "'Scope' or 'Flavor'");
    }
  }
  return true;
}

bool Parser::ParseScopes(QualifierDeclarationSyntax& declaration) {
  if (!Expect('(', code::kMofExpectedOpenParen, "after 'Scope'")) return false;
  declaration.scopes = 0;
  do {
    const auto found =
        std::find_if(std::begin(kScopes), std::end(kScopes), [&](const NamedScope& s) { return IsWord(s.word); });
    if (found == std::end(kScopes)) {
      return Fail(code::kMofInvalidQualifierSyntax,
                  "a scope: any, class, association, indication, property, reference, method or parameter");
    }
    declaration.scopes |= found->bit;
    Advance();
  } while (TakeIf(','));
  return Expect(')', code::kMofExpectedCloseParen, "after the scopes");
}

bool Parser::ParseDeclaredFlavors(QualifierDeclarationSyntax& declaration) {
  if (!Expect('(', code::kMofExpectedOpenParen, "after 'Flavor'")) return false;
  FlavorWords said;
  do {
    if (!ParseFlavor(said)) return false;
  } while (TakeIf(','));
  declaration.flavors.set = (declaration.flavors.set & ~said.cleared) | said.set;
  return Expect(')', code::kMofExpectedCloseParen, "after the flavors");
}

// One flavor word, added to those before it; contradictions are errors (contract 8.4).
bool Parser::ParseFlavor(FlavorWords& flavors) {
  const auto found =
      std::find_if(std::begin(kFlavors), std::end(kFlavors), [&](const NamedFlavor& f) { return IsWord(f.word); });
  if (found == std::end(kFlavors)) {
    return Fail(code::kMofExpectedFlavorType,
                "a flavor: ToInstance, ToSubclass, NotToInstance, NotToSubclass, EnableOverride, DisableOverride, "
                "Restricted or Amended");
  }
  const std::uint32_t clash = (flavors.set & found->effect.cleared) | (flavors.cleared & found->effect.set);
  if ((clash & cim::flavor::kNotOverridable) != 0) {
    return FailAt(code::kMofIncompatibleFlavorTypes, token_.offset,
                  "EnableOverride and DisableOverride contradict each other");
  }
  if (clash != 0) {
    return FailAt(code::kMofIncompatibleFlavorTypes2, token_.offset,
                  fmt::format("{} contradicts a flavor before it", lexer_.Spelling(token_)));
  }
  flavors.set |= found->effect.set;
  flavors.cleared |= found->effect.cleared;
  Advance();
  return true;
}

// From '[' to ']'; nothing when there is no '['.
bool Parser::ParseQualifierList(QualifierListSyntax& list) {
  if (!TakeIf('[')) return true;
  do {
    if (!ParseQualifier(list)) return false;
  } while (TakeIf(','));
  return Expect(']', code::kMofExpectedCloseBracket, "or ',' after the qualifier");
}

bool Parser::ParseQualifier(QualifierListSyntax& list) {
  QualifierSyntax qualifier;
  if (!ExpectName(qualifier.name, qualifier.offset, code::kMofExpectedQualifierName, "the name of a qualifier"))
    return false;
  if (EqualFolded(qualifier.name, "CIMTYPE")) {
    return FailAt(code::kMofCimtypeQualifier, qualifier.offset,
                  "CIMTYPE is set by the system; declare the type instead");
  }
  for (const QualifierSyntax& other : list) {
    if (EqualFolded(other.name, qualifier.name)) {
      return FailAt(code::kMofDuplicateQualifier, qualifier.offset,
                    fmt::format("the qualifier {} is there twice", qualifier.name));
    }
  }
  if (list.size() == limits::kQualifiersMax) {
    return FailAt(code::kQuotaViolation, qualifier.offset,
                  fmt::format("more than {} qualifiers on one element", limits::kQualifiersMax));
  }
  if (TakeIf('(')) {
    qualifier.value.emplace();
    if (!ParseLiteral(*qualifier.value)) return false;
    if (!Expect(')', code::kMofExpectedCloseParen, "after the value of the qualifier")) return false;
  } else if (Is('{')) {
    qualifier.value.emplace();
    if (!ParseArray(*qualifier.value)) return false;
  }
  if (TakeIf(':')) {
    do {
      if (!ParseFlavor(qualifier.flavors)) return false;
    } while (token_.kind == TokenKind::kIdentifier);
  }
  list.push_back(std::move(qualifier));
  return true;
}

bool Parser::ParseClass(ClassSyntax& cls) {
  if (!ParseQualifierList(cls.qualifiers)) return false;
  if (IsWord("instance")) {
    return FailAt(code::kNotSupported, token_.offset,
                  "instances in MOF are not supported yet; this statement is skipped");
  }
  if (!IsWord("class")) return Fail(code::kMofInvalidClassDeclaration, "'class' after the qualifiers");
  Advance();
  if (!ParseClassHead(cls) || !ParseClassBody(cls)) return false;
  // Nothing is skipped when it is missing: the next statement may well be in order.
  if (!Expect(';', code::kMofExpectedSemi, "after the '}' of the class")) is_class_broken_ = true;
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
bool Parser::ParseClassBody(ClassSyntax& cls) {
  const int depth = depth_;
  while (!Is('}')) {
    if (token_.kind == TokenKind::kEnd || IsWord("class") || Is('#') || diagnostics_.is_full()) {
      return Fail(code::kMofExpectedCloseBrace, fmt::format("'}}' at the end of class {}", cls.name));
    }
    if (!ParseMember(cls)) {
      is_class_broken_ = true;
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
  if (!ParseLiteral(*member.default_value)) return false;
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

bool Parser::ParseText(std::string& text) {
  while (token_.kind == TokenKind::kText) {
    if (!lexer_.AppendText(token_, text)) {
      Advance();
      return false;
    }
    Advance();
  }
  return true;
}

bool Parser::ParseLiteral(Literal& literal) {
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
      return FailAt(code::kMofUnexpectedAlias, token_.offset,
                    "an alias can only be the value of a reference in an instance");
    case TokenKind::kPunctuation:
      if (Is('{')) return ParseArray(literal);
      return Fail(code::kMofIllegalConstantValue, "a value");
    case TokenKind::kIdentifier:
      if (IsWord("instance")) {
        return FailAt(code::kNotSupported, token_.offset, "an embedded instance as a value is not supported yet");
      }
      literal.boolean = IsWord("TRUE");
      if (!literal.boolean && !IsWord("FALSE") && !IsWord("NULL")) {
        return Fail(code::kMofIllegalConstantValue,
                    "a value: a number, a string, a character, TRUE, FALSE, NULL or {…}");
      }
      literal.kind = IsWord("NULL") ? Literal::Kind::kNull : Literal::Kind::kBoolean;
      break;
    default:
      return Fail(code::kMofIllegalConstantValue, "a value");
  }
  Advance();
  return true;
}

// The elements are scalars, so there is no depth to bound.
bool Parser::ParseArray(Literal& literal) {
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
    Literal item;
    if (!ParseLiteral(item)) return false;
    if (item.kind == Literal::Kind::kNull)
      return FailAt(code::kMofNullArrayElem, item.offset, "NULL cannot be an element of an array");
    literal.items.push_back(std::move(item));
  } while (TakeIf(','));
  if (Expect('}', code::kMofExpectedCloseBrace, "or ',' after the value")) return true;
  if (Is(';')) --depth_;  // the list ends here all the same
  return false;
}

}  // namespace wmi::mof
