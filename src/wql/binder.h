// The binder: looks up the names of a syntax tree and converts its constants. Third stage; declared to other modules by
// wql/query.h (Bind) and wql/event_query.h (BindEvent), this header is for the module itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "wql/bound.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::wql {

// Whether an expression stands under an odd number of NOTs.
enum class Polarity { kPlain, kNegated };

// What the query is for: some mistakes have codes of their own in event queries (contract 1.3).
enum class Purpose { kData, kEvents };

// Binds one tree. Use once. Not thread-safe.
class Binder {
 public:
  Binder(const SyntaxTree& tree, const ClassFinder& classes, Purpose purpose)
      : tree_(tree), classes_(classes), purpose_(purpose) {}

  // Not for a statement about associations.
  Result<BoundQuery> Run();
  // After Run: the paths of the BY list as names, the first as the class spells it. The caller's from now on.
  std::vector<std::vector<std::string>> TakeGroupPaths() { return std::move(group_paths_); }

 private:
  // What a property path leads to.
  struct Target {
    Source source = Source::kSlot;
    SystemProperty system = SystemProperty::kClass;
    std::size_t slot = 0;
    cim::DataType type;
    bool is_type_known = true;  // false behind an embedded object whose class does not say
  };

  Status CheckPurpose() const;
  Status BindClass();
  Status CheckEventClass() const;
  Status BindSelectList();
  Status BindWhere();
  Status BindGroupList();
  Status BindExpression(std::uint32_t index, Polarity polarity, BoundNode& out);
  Status BindLeaf(const Expression& expression, Polarity polarity, BoundNode& out);
  Result<BoundTest> BindTest(const Expression& expression);
  Result<Target> Resolve(const PropertyPath& path) const;
  Result<Target> ResolveFirst(const NamePart& part) const;
  Status ResolveEmbedded(const PropertyPath& path, Target& target) const;
  Status UnknownProperty(const NamePart& part) const;
  Result<Comparison> MakeComparison(const Expression& expression, const Target& target) const;
  std::shared_ptr<const EmbeddedPath> MakeEmbedded(const Expression& expression) const;
  void NoteDemands(const Expression& expression, BoundTest& test);
  void NotePathKeys(const Expression& expression, BoundTest& test);
  void Demands(BoundTest& test, std::size_t place, cim::Value value);
  void Need(const Target& target, cim::PropertySet& set) const;

  // The code that a mistake has in this kind of query.
  Code CodeFor(Code in_events) const { return purpose_ == Purpose::kEvents ? in_events : code::kInvalidQuery; }
  Status Error(Code code, std::size_t offset, std::string message) const;
  std::string PathText(const PropertyPath& path) const;
  const NamePart& Part(const PropertyPath& path, std::size_t index) const { return tree_.parts[path.first + index]; }

  const SyntaxTree& tree_;
  const ClassFinder& classes_;
  Purpose purpose_;
  BoundQuery query_;
  // The places that some test demands a value of, the first few of them.
  static constexpr std::size_t kDemandedMax = 16;
  std::vector<std::size_t> demanded_;
  std::vector<std::vector<std::string>> group_paths_;
};

}  // namespace wmi::wql
