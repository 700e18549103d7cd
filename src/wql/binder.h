// The binder: looks up the names of a syntax tree and converts its constants. Third stage; declared to other modules by
// wql/query.h (Bind), this header is for the module itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "wql/bound.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::wql {

// Whether an expression stands under an odd number of NOTs.
enum class Polarity { kPlain, kNegated };

// Binds one tree. Use once. Not thread-safe.
class Binder {
 public:
  Binder(const SyntaxTree& tree, const ClassFinder& classes) : tree_(tree), classes_(classes) {}

  Result<BoundQuery> Run();

 private:
  // What a property path leads to.
  struct Target {
    Source source = Source::kSlot;
    SystemProperty system = SystemProperty::kClass;
    std::size_t slot = 0;
    cim::DataType type;
    bool is_type_known = true;  // false behind an embedded object whose class does not say
  };

  Status BindClass();
  Status BindSelectList();
  Result<BoundNode> BindExpression(std::uint32_t index, Polarity polarity);
  Result<BoundTest> BindTest(const Expression& expression);
  Result<Target> Resolve(const PropertyPath& path);
  Result<Target> ResolveFirst(const NamePart& part);
  Status ResolveEmbedded(const PropertyPath& path, Target& target);
  Status UnknownProperty(const NamePart& part) const;
  Result<Comparison> MakeComparison(const Expression& expression, const Target& target) const;
  std::shared_ptr<const EmbeddedPath> MakeEmbedded(const Expression& expression) const;
  void NoteKeys(const Expression& expression, BoundTest& test) const;
  void NotePathKeys(const Expression& expression, BoundTest& test) const;
  void Need(const Target& target, cim::PropertySet& set) const;

  Status Error(Code code, std::size_t offset, std::string message) const;
  std::string PathText(const PropertyPath& path) const;
  const NamePart& Part(const PropertyPath& path, std::size_t index) const { return tree_.parts[path.first + index]; }

  const SyntaxTree& tree_;
  const ClassFinder& classes_;
  BoundQuery query_;
};

}  // namespace wmi::wql
