#include "mof/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/class.h"

namespace wmi::mof {
namespace {

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

bool HoldsObjects(const Literal& literal) {
  if (literal.kind == Literal::Kind::kInstance) return true;
  return std::any_of(literal.items.begin(), literal.items.end(),
                     [](const Literal& item) { return item.kind == Literal::Kind::kInstance; });
}

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
  end_ = token_.offset + token_.size;
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
  Step step;
  // Empty statements, and what is left over from one whose beginning was wrong; that has been said.
  while (Is(';') || (diagnostics_.count() != 0 && Is('}'))) Advance();
  if (token_.kind == TokenKind::kEnd || diagnostics_.is_full()) return step;
  depth_ = 0;
  step.begin = token_.offset;
  step.outcome = ParseStatement(step) ? Outcome::kStatement : Outcome::kBroken;
  step.end = end_;
  return step;
}

// One statement, or what is skipped because of it; at least one token.
bool Parser::ParseStatement(Step& step) {
  if (Is('#')) return ParsePragma(step.statement.emplace<PragmaSyntax>());
  if (Is('[') || IsWord("class") || IsWord("instance")) return ParseObject(step);
  if (IsWord("qualifier")) {
    if (ParseQualifierDeclaration(step.statement.emplace<QualifierDeclarationSyntax>())) return true;
  } else if (IsWord("typedef") || IsWord("enum")) {
    FailAt(code::kMofTypedefNotSupported, token_.offset,
           fmt::format("{} is not supported; use the type itself", Found()));
    Advance();
  } else {
    Fail(code::kMofUnrecognizedToken, "'class', 'instance', 'Qualifier', '[' or '#pragma'");
    Advance();
  }
  SkipStatement(0);
  return false;
}

// A class or an instance with the qualifiers before it.
bool Parser::ParseObject(Step& step) {
  step.is_object = true;
  QualifierListSyntax qualifiers;
  bool is_whole = true;
  bool is_complete = false;  // up to its last sign
  if (!ParseQualifierList(qualifiers)) {
    is_whole = false;
  } else if (IsWord("instance")) {
    auto& instance = step.statement.emplace<InstanceSyntax>();
    instance.qualifiers = std::move(qualifiers);
    is_complete = ParseInstance(instance, is_whole);
    step.alias = instance.alias;
  } else if (IsWord("class")) {
    auto& cls = step.statement.emplace<ClassSyntax>();
    cls.qualifiers = std::move(qualifiers);
    is_complete = ParseClass(cls, is_whole);
    step.class_name = cls.name;
  } else {
    Fail(code::kMofInvalidClassDeclaration, "'class' or 'instance' after the qualifiers");
  }
  if (!is_complete) SkipStatement(0);
  return is_complete && is_whole;
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
  if (Is('(')) return ParsePragmaArguments(pragma, code::kMofInvalidPragma);
  pragma.text_offset = token_.offset;
  if (token_.kind != TokenKind::kText) return Fail(code::kMofInvalidPragma, "the name of a file in quotes");
  return ParsePragmaText(pragma);
}

bool Parser::ParsePragmaText(PragmaSyntax& pragma) {
  std::string_view text;
  if (!ParseText(text)) return false;
  pragma.text = std::string(text);
  return true;
}

bool Parser::ParsePragmaArguments(PragmaSyntax& pragma, Code failure) {
  if (!Expect('(', failure, "before the arguments of the directive")) return false;
  pragma.text_offset = token_.offset;
  bool is_first = true;
  do {
    if (token_.kind == TokenKind::kText && is_first) {
      if (!ParsePragmaText(pragma)) return false;
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
  if (declaration.default_value && HoldsObjects(*declaration.default_value)) {
    return FailAt(code::kMofInvalidQualifierSyntax, declaration.default_value->offset, "a qualifier holds no instance");
  }
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
    if (!ParseLiteral(*qualifier.value, Values::kConstants, 0)) return false;
    if (!Expect(')', code::kMofExpectedCloseParen, "after the value of the qualifier")) return false;
  } else if (Is('{')) {
    qualifier.value.emplace();
    if (!ParseArray(*qualifier.value, Values::kConstants, 0)) return false;
  }
  if (TakeIf(':')) {
    do {
      if (!ParseFlavor(qualifier.flavors)) return false;
    } while (token_.kind == TokenKind::kIdentifier);
  }
  list.push_back(std::move(qualifier));
  return true;
}

}  // namespace wmi::mof
