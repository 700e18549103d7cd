// ASSOCIATORS OF and REFERENCES OF (contract 7.2): a path in braces, then words in any order, with blanks between them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "wql/diagnostic.h"
#include "wql/parser.h"

namespace wmi::wql {
namespace {

using Asks = AssociationClause::Asks;
using Flag = AssociationClause::Flag;

// One word of the clause: either it stands alone, or "= name" follows.
struct Word {
  std::string_view text;
  Flag AssociationClause::* flag;
  NamePart AssociationClause::* name;
  Code too_wide;  // for a name that is too long
  bool is_for_references;
};

constexpr Word Alone(std::string_view text, Flag AssociationClause::* flag) {
  return {text, flag, nullptr, code::kInvalidQuery, true};
}

constexpr std::array kWords{
    Word{"AssocClass", nullptr, &AssociationClause::assoc_class, code::kClassNameTooWide, false},
    Alone("ClassDefsOnly", &AssociationClause::class_defs_only),
    Alone("KeysOnly", &AssociationClause::keys_only),
    Word{"RequiredAssocQualifier", nullptr, &AssociationClause::required_assoc_qualifier, code::kQualifierNameTooWide,
         false},
    Word{"RequiredQualifier", nullptr, &AssociationClause::required_qualifier, code::kQualifierNameTooWide, true},
    Word{"ResultClass", nullptr, &AssociationClause::result_class, code::kClassNameTooWide, true},
    Word{"ResultRole", nullptr, &AssociationClause::result_role, code::kPropertyNameTooWide, false},
    Word{"Role", nullptr, &AssociationClause::role, code::kPropertyNameTooWide, true},
    Alone("SchemaOnly", &AssociationClause::schema_only),
};

bool MayStand(const Word& word, Asks asks) { return word.is_for_references || asks == Asks::kAssociators; }

}  // namespace

Status Parser::ParseAssociation() {
  AssociationClause clause;
  clause.asks = At(Keyword::kAssociators) ? Asks::kAssociators : Asks::kReferences;
  Advance();
  if (token_.kind != TokenKind::kName || !IsKeyword(token_.text, "OF")) {
    return Expected(clause.asks == Asks::kAssociators ? "OF after ASSOCIATORS" : "OF after REFERENCES");
  }
  token_ = lexer_.NextPath();
  if (token_.kind != TokenKind::kPath || token_.text.empty()) {
    return Expected("the path of an object in braces, such as {Win32_Service.Name=\"cron\"}");
  }
  clause.path = {token_.text, static_cast<std::uint32_t>(token_.text.data() - tree_.text.data())};
  Advance();
  if (At(Keyword::kWhere)) {
    Advance();
    do {
      TRY(ParseAssociationWord(clause));
    } while (token_.kind != TokenKind::kEnd);
  }
  if (token_.kind != TokenKind::kEnd) return Expected("WHERE or the end of the query");
  tree_.association = clause;
  return Status();
}

Status Parser::ParseAssociationWord(AssociationClause& clause) {
  const auto* const word = std::find_if(kWords.begin(), kWords.end(), [&](const Word& known) {
    return token_.kind == TokenKind::kName && EqualFolded(token_.text, known.text) && MayStand(known, clause.asks);
  });
  if (word == kWords.end()) return UnknownAssociationWord(clause);
  if (word->flag != nullptr) {
    Flag& flag = clause.*word->flag;
    if (flag.is_set) return Expected("each word once");
    flag = {true, token_.offset};
    Advance();
    return token_.kind == TokenKind::kEqual ? Expected("a blank, as the word before has no value") : Status();
  }
  NamePart& name = clause.*word->name;
  if (!name.text.empty()) return Expected("each word once");
  Advance();
  if (token_.kind != TokenKind::kEqual) return Expected("=, the one relation that there is here");
  Advance();
  if (token_.kind == TokenKind::kString) return Expected("a name without quotes");
  token_.keyword = Keyword::kNone;  // nothing but a name can stand here, so it may be any word
  return ParseName(name, word->too_wide, "a name");
}

Status Parser::UnknownAssociationWord(const AssociationClause& clause) const {
  if (At(Keyword::kAnd) || At(Keyword::kOr) || token_.kind == TokenKind::kComma) {
    return Expected("only blanks between the words behind WHERE");
  }
  std::vector<std::string_view> words;
  for (const Word& word : kWords) {
    if (MayStand(word, clause.asks)) words.push_back(word.text);
  }
  const std::string nearest = token_.kind == TokenKind::kName ? NearestName(token_.text, words) : std::string();
  const std::string hint = nearest.empty() ? std::string() : fmt::format(" (did you mean '{}'?)", nearest);
  return Expected(fmt::format("one of {}{}", fmt::join(words, ", "), hint));
}

}  // namespace wmi::wql
