// Parser: tokens to statements, one at a time. It knows the grammar (contract 8.7) and recovers after an error, so that
// one run finds many; names are looked up and values converted by the compiler.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "mof/diagnostics.h"
#include "mof/lexer.h"
#include "mof/syntax.h"

namespace wmi::mof {

// Not thread-safe. `text` is decoded (DecodeSource) and outlives the parser and what it returns.
class Parser {
 public:
  Parser(std::string_view text, Diagnostics& diagnostics);

  // What was read: a statement; a class that was abandoned because of errors; the end of the text.
  enum class Outcome { kStatement, kBrokenClass, kEnd };
  struct Step {
    Outcome outcome = Outcome::kEnd;
    Statement statement;
    std::string_view name;  // of a broken class, when it got so far
  };
  // Statements with errors are reported and skipped; broken classes are named, so that what refers to them is not
  // called an error too.
  Step Next();

 private:
  // Every Parse… returns false after reporting what is wrong.
  bool ParsePragma(PragmaSyntax& pragma);
  bool ParsePragmaArguments(PragmaSyntax& pragma, Code failure);
  bool ParseInclude(PragmaSyntax& pragma);
  bool ParseQualifierDeclaration(QualifierDeclarationSyntax& declaration);
  bool ParseDeclaredType(QualifierDeclarationSyntax& declaration);
  bool ParseScopes(QualifierDeclarationSyntax& declaration);
  bool ParseDeclaredFlavors(QualifierDeclarationSyntax& declaration);
  bool ParseQualifierList(QualifierListSyntax& list);
  bool ParseQualifier(QualifierListSyntax& list);
  bool ParseFlavor(FlavorWords& flavors);
  bool ParseClass(ClassSyntax& cls);
  bool ParseClassHead(ClassSyntax& cls);
  bool ParseClassBody(ClassSyntax& cls);
  bool ParseMember(ClassSyntax& cls);
  bool ParseType(PropertySyntax& member);
  bool ParseMethod(ClassSyntax& cls, PropertySyntax head);
  bool ParseParameter(std::vector<PropertySyntax>& parameters);
  bool ParseArraySuffix(PropertySyntax& member);
  bool ParseDefault(PropertySyntax& member);
  bool ParseLiteral(Literal& literal);
  bool ParseArray(Literal& literal);
  bool ParseText(std::string& text);

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
  Token token_;    // the next one, not consumed
  int depth_ = 0;  // braces open before token_
  bool is_class_broken_ = false;
};

}  // namespace wmi::mof
