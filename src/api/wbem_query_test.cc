// IWbemQuery from inside: lifetimes, limits, and clauses made at random whose tokens are evaluated. What the methods do
// by the contract is a table in tests/conformance/query.cc.
#include "api/wbem_query.h"

#include <gtest/gtest.h>
#include <wbemcli.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "com/com_object.h"
#include "com/com_ptr.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr unsigned kSeed = 6406;
constexpr int kRandomQueries = 2000;
constexpr unsigned kProperties = 6;

HRESULT Parse(WbemQuery& query, const std::string& text) { return query.Parse(L"WQL", WideFromUtf8(text).c_str(), 0); }

template <typename T>
T* Analyse(WbemQuery& query, ULONG type) {
  void* memory = nullptr;
  EXPECT_EQ(WBEM_S_NO_ERROR, query.GetAnalysis(type, 0, &memory));
  return static_cast<T*>(memory);
}

const SWbemRpnEncodedQuery* Rpn(WbemQuery& query) {
  return Analyse<SWbemRpnEncodedQuery>(query, WMIQ_ANALYSIS_RPN_SEQUENCE);
}

TEST(WbemQueryTest, TheLastReleaseFreesWhatNobodyGaveBack) {
  const std::size_t before = com::LiveObjects();
  {
    const ComPtr<WbemQuery> query = com::MakeCom<WbemQuery>();
    ASSERT_EQ(WBEM_S_NO_ERROR, Parse(*query, "ASSOCIATORS OF {A.K=1}"));
    for (int i = 0; i < 3; ++i) Analyse<SWbemAssocQueryInf>(*query, WMIQ_ANALYSIS_ASSOC_QUERY);
    Analyse<wchar_t>(*query, WMIQ_ANALYSIS_QUERY_TEXT);
    EXPECT_EQ(before + 4, com::LiveObjects()) << "the query and three paths";
  }
  EXPECT_EQ(before, com::LiveObjects());
}

TEST(WbemQueryTest, FreeMemoryReleasesThePath) {
  const ComPtr<WbemQuery> query = com::MakeCom<WbemQuery>();
  ASSERT_EQ(WBEM_S_NO_ERROR, Parse(*query, "REFERENCES OF {A.K=1}"));
  const std::size_t before = com::LiveObjects();
  auto* const analysis = Analyse<SWbemAssocQueryInf>(*query, WMIQ_ANALYSIS_ASSOC_QUERY);
  ASSERT_TRUE(analysis);
  const ComPtr<IWbemPath> kept(analysis->m_pPath);
  EXPECT_EQ(WBEM_S_NO_ERROR, query->FreeMemory(analysis));
  EXPECT_EQ(before + 1, com::LiveObjects()) << "a path that was kept lives on";
  ULONG size = 0;
  EXPECT_EQ(WBEM_S_NO_ERROR, kept->GetClassName(&size, nullptr));
  EXPECT_EQ(2u, size);
}

TEST(WbemQueryTest, EachAnalysisHasAPathOfItsOwn) {
  const ComPtr<WbemQuery> query = com::MakeCom<WbemQuery>();
  ASSERT_EQ(WBEM_S_NO_ERROR, Parse(*query, "REFERENCES OF {A.K=1}"));
  auto* const first = Analyse<SWbemAssocQueryInf>(*query, WMIQ_ANALYSIS_ASSOC_QUERY);
  ASSERT_TRUE(first);
  EXPECT_EQ(WBEM_S_NO_ERROR, first->m_pPath->SetClassName(L"Changed"));
  auto* const second = Analyse<SWbemAssocQueryInf>(*query, WMIQ_ANALYSIS_ASSOC_QUERY);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->m_pPath->IsSameClassName(L"A"));
}

TEST(WbemQueryTest, HighHalvesOfNumbersAreNotLookedAt) {
  const ComPtr<WbemQuery> query = com::MakeCom<WbemQuery>();
  constexpr ULONG kHigh = ULONG{0xffffffff} << 32;
  EXPECT_EQ(WBEM_S_NO_ERROR, query->Parse(L"WQL", L"SELECT * FROM A", kHigh));
  void* memory = nullptr;
  EXPECT_EQ(WBEM_S_NO_ERROR, query->GetAnalysis(kHigh | WMIQ_ANALYSIS_RPN_SEQUENCE, kHigh, &memory));
  EXPECT_NE(nullptr, memory);
}

TEST(WbemQueryTest, AsManyTermsAsAQueryMayHave) {
  const ComPtr<WbemQuery> query = com::MakeCom<WbemQuery>();
  std::string text = "SELECT * FROM A WHERE p0 = 0";
  for (std::size_t i = 1; i < limits::kQueryTermsMax; ++i) text += " OR p" + std::to_string(i) + " = 0";
  ASSERT_EQ(WBEM_S_NO_ERROR, Parse(*query, text));
  EXPECT_EQ(2 * limits::kQueryTermsMax - 1, Rpn(*query)->m_uWhereClauseSize);
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, Parse(*query, text + " OR q = 0"));
}

TEST(WbemQueryTest, AsDeepAsAQueryMayBe) {
  const ComPtr<WbemQuery> query = com::MakeCom<WbemQuery>();
  std::string nots;
  for (std::size_t i = 0; i < limits::kQueryDepthMax; ++i) nots += "NOT ";
  ASSERT_EQ(WBEM_S_NO_ERROR, Parse(*query, "SELECT * FROM A WHERE " + nots + "a = 0"));
  EXPECT_EQ(limits::kQueryDepthMax + 1, Rpn(*query)->m_uWhereClauseSize);
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, Parse(*query, "SELECT * FROM A WHERE NOT " + nots + "a = 0"));
}

TEST(WbemQueryTest, AsManyPropertiesAsAListMayHave) {
  const ComPtr<WbemQuery> query = com::MakeCom<WbemQuery>();
  std::string list = "p";
  for (std::size_t i = 1; i < limits::kSelectListMax; ++i) list += ",p";
  ASSERT_EQ(WBEM_S_NO_ERROR, Parse(*query, "SELECT " + list + " FROM A"));
  EXPECT_EQ(limits::kSelectListMax, Rpn(*query)->m_uSelectListSize);
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, Parse(*query, "SELECT " + list + ",p FROM A"));
}

// ---- random clauses -------------------------------------------------------------------------------------------------

// A condition over the properties p0, p1, …, each true or false, told by their bits.
struct Condition {
  enum class Kind { kTest, kNot, kAnd, kOr } kind = Kind::kTest;
  unsigned property = 0;
  bool equals = true;
  std::vector<Condition> children;

  bool Holds(unsigned bits) const {
    switch (kind) {
      case Kind::kTest:
        return ((bits >> property & 1) != 0) == equals;
      case Kind::kNot:
        return !children[0].Holds(bits);
      case Kind::kAnd:
        for (const Condition& child : children) {
          if (!child.Holds(bits)) return false;
        }
        return true;
      case Kind::kOr:
        for (const Condition& child : children) {
          if (child.Holds(bits)) return true;
        }
        return false;
    }
    return false;
  }

  std::string Text() const {
    if (kind == Kind::kTest) return "p" + std::to_string(property) + (equals ? " = 1" : " = 0");
    if (kind == Kind::kNot) return "NOT " + children[0].Enclosed();
    std::string text;
    for (const Condition& child : children) {
      if (!text.empty()) text += kind == Kind::kAnd ? " AND " : " OR ";
      // AND binds tighter, so an AND inside an OR needs no parentheses.
      text += kind == Kind::kOr && child.kind == Kind::kAnd ? child.Text() : child.Enclosed();
    }
    return text;
  }
  std::string Enclosed() const { return kind == Kind::kAnd || kind == Kind::kOr ? "(" + Text() + ")" : Text(); }
};

// Below `end`.
unsigned Pick(std::mt19937& random, unsigned end) { return static_cast<unsigned>(random() % end); }

Condition MakeCondition(std::mt19937& random, int depth) {
  Condition made;
  const unsigned kind = depth == 0 ? 0 : Pick(random, 4);
  made.kind = static_cast<Condition::Kind>(kind);
  if (made.kind == Condition::Kind::kTest) {
    made.property = Pick(random, kProperties);
    made.equals = Pick(random, 2) == 0;
    return made;
  }
  const unsigned count = made.kind == Condition::Kind::kNot ? 1 : 2 + Pick(random, 3);
  for (unsigned i = 0; i < count; ++i) made.children.push_back(MakeCondition(random, depth - 1));
  return made;
}

// The tokens on a stack; a stack that runs empty or is not empty in the end is a failure.
bool Evaluate(const SWbemRpnEncodedQuery& query, unsigned bits) {
  std::vector<bool> stack;
  for (ULONG i = 0; i < query.m_uWhereClauseSize; ++i) {
    const SWbemRpnQueryToken& token = *query.m_ppRpnWhereClause[i];
    if (token.m_uTokenType == WMIQ_RPN_TOKEN_EXPRESSION) {
      const auto property = static_cast<unsigned>(token.m_pLeftIdent->m_ppszNameList[0][1] - L'0');
      stack.push_back(((bits >> property & 1) != 0) == (token.m_Const.m_lLongVal != 0));
    } else if (token.m_uTokenType == WMIQ_RPN_TOKEN_NOT) {
      if (stack.empty()) return ADD_FAILURE() << "NOT of nothing", false;
      stack.back() = !stack.back();
    } else {
      if (stack.size() < 2) return ADD_FAILURE() << "AND or OR of one", false;
      const bool right = stack.back();
      stack.pop_back();
      const bool left = stack.back();
      stack.back() = token.m_uTokenType == WMIQ_RPN_TOKEN_AND ? left && right : left || right;
    }
  }
  EXPECT_EQ(1u, stack.size());
  return stack.size() == 1 && stack.back();
}

TEST(WbemQueryTest, TokensOfRandomClausesMeanWhatTheClauseMeans) {
  std::mt19937 random(kSeed);
  const ComPtr<WbemQuery> query = com::MakeCom<WbemQuery>();
  for (int i = 0; i < kRandomQueries; ++i) {
    const Condition condition = MakeCondition(random, 4);
    const std::string text = "SELECT * FROM A WHERE " + condition.Text();
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", query " + std::to_string(i) + ": " + text);
    ASSERT_EQ(WBEM_S_NO_ERROR, Parse(*query, text));
    const SWbemRpnEncodedQuery* const rpn = Rpn(*query);
    ASSERT_TRUE(rpn);
    for (unsigned bits = 0; bits < 1u << kProperties; ++bits) {
      ASSERT_EQ(condition.Holds(bits), Evaluate(*rpn, bits)) << "bits " << bits;
    }
    ASSERT_EQ(WBEM_S_NO_ERROR, query->FreeMemory(const_cast<SWbemRpnEncodedQuery*>(rpn)));
  }
}

}  // namespace
}  // namespace wmi::api
