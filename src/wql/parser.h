// The parser of WQL: a recursive descent over the grammar of contract 7.2.
// Declared to other modules by wql/query.h (Parse); this header is for the module itself.
//
// Recursion follows parentheses and NOTs only and is bounded by limits::kQueryDepthMax; chains of AND and OR are flat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "wql/lexer.h"
#include "wql/syntax.h"

namespace wmi::wql {

// Fills one tree. Use once. Not thread-safe.
class Parser {
 public:
  // `tree.text` holds the query and is not moved any more.
  explicit Parser(SyntaxTree& tree) : tree_(tree), lexer_(tree.text) {}

  // On failure the tree is in an unspecified state.
  Status Run();

 private:
  // ---- SELECT
  Status ParseSelectList();
  Status ParsePropertyList(std::vector<PropertyPath>& out, const char* expected_first);
  Status ParseFrom();
  Status ParseProperty(PropertyPath& out, const char* expected);
  Status ParseName(NamePart& out, Code too_wide, const char* expected);
  Status ParseWithin();
  Status ParseGroupClause();
  Status ParseBy(GroupClause& group);
  Status ParseHaving(GroupClause& group);
  Status ParseOr(std::uint32_t& out);
  Status ParseAnd(std::uint32_t& out);
  Status ParseTerm(std::uint32_t& out);
  Status ParseNot(std::uint32_t& out);
  Status ParseGroup(std::uint32_t& out);
  Status ParseTest(std::uint32_t& out);
  Status ParseTestAfterProperty(Expression& test);
  Status ParseTestAfterConstant(Expression& test);
  Status ParseIs(Expression& test);
  Status ParseText(Expression& test, const char* expected);
  Status ParseConstant(Constant& out, const char* expected);
  Status CheckEnd();

  // ---- ASSOCIATORS OF, REFERENCES OF (association_parser.cc)
  Status ParseAssociation();
  Status ParseAssociationWord(AssociationClause& clause);
  Status UnknownAssociationWord(const AssociationClause& clause) const;
  Status ExpectedEnd(std::string_view advice);

  bool At(Keyword keyword) const { return token_.keyword == keyword; }
  bool AtConstant() const;
  bool AtReservedName() const;
  void Advance() { token_ = lexer_.Next(); }
  std::uint32_t Add(ExpressionKind kind);
  Constant ConstantFromToken();

  // "expected ..., found ..." at the current token; what the lexer says when it could not read it; and `why`, if given.
  Status Expected(std::string_view what, std::string_view why = {}) const;
  Status ReservedName(std::string_view expected) const;
  Status Error(Code code, std::size_t offset, std::string message) const;
  std::string Found() const;

  SyntaxTree& tree_;
  Lexer lexer_;
  Token token_;
  std::size_t depth_ = 0;
  std::size_t terms_ = 0;
};

}  // namespace wmi::wql
