// Parser: tokens to statements, one at a time. It knows the grammar (contract 8.7) and recovers after an error, so that
// one run finds many; names are looked up and values converted by the compiler.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "mof/diagnostics.h"
#include "mof/lexer.h"
#include "mof/syntax.h"

namespace wmi::mof {

// Not thread-safe. `text` is decoded (DecodeSource) and outlives the parser; what the parser returns looks into both.
class Parser {
 public:
  Parser(std::string_view text, Diagnostics& diagnostics);

  // What was read: a statement; one that was abandoned because of errors; the end of the text.
  enum class Outcome { kStatement, kBroken, kEnd };
  struct Step {
    Outcome outcome = Outcome::kEnd;
    Statement statement;
    bool is_object = false;  // a class or an instance
    Offset begin = 0;
    Offset end = 0;
    // Of something broken, when it got so far: so that what refers to it is not called an error too.
    std::string_view class_name;
    std::string_view alias;
  };
  // Errors are reported, and what is broken is skipped.
  Step Next();

 private:
  // Which values may stand somewhere.
  enum class Values { kConstants, kObjects, kObjectsAndAliases };

  // Every Parse… returns false after reporting what is wrong.
  bool ParseStatement(Step& step);
  bool ParseObject(Step& step);
  bool ParsePragma(PragmaSyntax& pragma);
  bool ParsePragmaArguments(PragmaSyntax& pragma, Code failure);
  bool ParseInclude(PragmaSyntax& pragma);
  bool ParsePragmaText(PragmaSyntax& pragma);
  bool ParseQualifierDeclaration(QualifierDeclarationSyntax& declaration);
  bool ParseDeclaredType(QualifierDeclarationSyntax& declaration);
  bool ParseScopes(QualifierDeclarationSyntax& declaration);
  bool ParseDeclaredFlavors(QualifierDeclarationSyntax& declaration);
  bool ParseQualifierList(QualifierListSyntax& list);
  bool ParseQualifier(QualifierListSyntax& list);
  bool ParseFlavor(FlavorWords& flavors);
  bool ParseClass(ClassSyntax& cls, bool& is_whole);
  bool ParseClassHead(ClassSyntax& cls);
  bool ParseClassBody(ClassSyntax& cls, bool& is_whole);
  bool ParseMember(ClassSyntax& cls);
  bool ParseType(PropertySyntax& member);
  bool ParseMethod(ClassSyntax& cls, PropertySyntax head);
  bool ParseParameter(std::vector<PropertySyntax>& parameters);
  bool ParseArraySuffix(PropertySyntax& member);
  bool ParseDefault(PropertySyntax& member);
  // `depth`: how many instances the value is inside of.
  bool ParseLiteral(Literal& literal, Values allowed, std::size_t depth);
  bool ParseWord(Literal& literal, Values allowed, std::size_t depth);
  bool ParseAlias(Literal& literal, Values allowed);
  bool ParseArray(Literal& literal, Values allowed, std::size_t depth);
  bool ParseEmbedded(Literal& literal, Values allowed, std::size_t depth);
  bool ParseInstance(InstanceSyntax& instance, bool& is_whole);
  bool ParseInstanceHead(InstanceSyntax& instance);
  bool ParseInstanceBody(InstanceSyntax& instance, Values allowed, std::size_t depth, bool& is_whole);
  bool ParseAssignment(InstanceSyntax& instance, Values allowed, std::size_t depth);
  // Strings side by side, as one.
  bool ParseText(std::string_view& text);

  static std::optional<cim::CimType> TypeOf(std::string_view word);

  void Advance();
  bool Is(char punctuation) const {
    return token_.kind == TokenKind::kPunctuation && token_.punctuation == punctuation;
  }
  bool IsWord(std::string_view keyword) const;
  bool TakeIf(char punctuation);
  bool Expect(char punctuation, Code failure, std::string_view where);
  bool ExpectName(std::string_view& name, Offset& offset, Code failure, std::string_view what);
  bool Fail(Code failure, std::string_view expected);
  bool FailAt(Code failure, Offset offset, std::string message);
  std::string Found() const;
  // Up to and including the `;` that ends what was begun at this depth of braces, or up to the `}` around it.
  void SkipStatement(int depth);

  Lexer lexer_;
  Diagnostics& diagnostics_;
  Token token_;                    // the next one, not consumed
  Offset end_ = 0;                 // of the token before it
  int depth_ = 0;                  // braces open before token_
  std::deque<std::string> texts_;  // strings that do not stand so in the text
};

}  // namespace wmi::mof
