#include "wql/watched.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/types.h"
#include "wql/comparison.h"
#include "wql/diagnostic.h"
#include "wql/predicate.h"
#include "wql/print.h"
#include "wql/system_property.h"

namespace wmi::wql {

namespace {

// Whether events of exactly this class can match.
bool CanHappen(std::string_view event_class, const EventQuery& query, const ClassFinder& classes) {
  const cim::ClassPtr schema = classes.FindClass(event_class);
  if (schema == nullptr || !schema->IsA(query.schema->name())) return false;
  return query.filter == nullptr || query.filter->MayMatch(*schema);
}

// Whether what tells of instances gives events of the class: of one of the three operations, or of all.
bool IsOfOperations(const cim::Class& schema, const ClassFinder& classes) {
  if (!schema.IsA("__InstanceOperationEvent")) return false;
  for (const char* name : {"__InstanceCreationEvent", "__InstanceModificationEvent", "__InstanceDeletionEvent"}) {
    const cim::ClassPtr operation = classes.FindClass(name);
    if (operation != nullptr && operation->IsA(schema.name())) return true;
  }
  return false;
}

// A property that holds the instance. A modification has two of them, which agree in all that stays the same.
bool IsInstance(const NamePart& part) {
  return EqualFolded(part.text, "TargetInstance") || EqualFolded(part.text, "PreviousInstance");
}

// The class or the nearest above it that the other is of; null without one.
cim::ClassPtr CommonClass(cim::ClassPtr one, const cim::Class& other) {
  while (one != nullptr && !other.IsA(one->name())) one = one->superclass();
  return one;
}

// The name of a class may be a word of WQL, as a text after ISA says any.
bool CanBeAsked(const std::string& class_name) {
  std::string text = "SELECT * FROM ";
  text += class_name;
  const auto tree = Parse(text);
  return tree.ok() && tree.value()->class_name.text == class_name;
}

// Whether Bind takes the test about a property of this type.
bool Suits(std::string_view name, const cim::DataType& type, const Expression& test) {
  return Comparison::CheckProperty(name, type, test.op).ok() && Comparison::CheckOperator(name, type, test.op).ok() &&
         Comparison::Make(name, type, test.op, test.constant).ok();
}

// What a test asks about an instance.
struct InstanceTest {
  bool is_class = false;               // ISA, of whatever spelling
  const NamePart* property = nullptr;  // of anything else
};

class ClauseReader {
 public:
  ClauseReader(const SyntaxTree& tree, const ClassFinder& classes, const FixedProperties& is_fixed)
      : tree_(tree), classes_(classes), is_fixed_(is_fixed) {}

  Status FindTarget() {
    target_ = TRY(Demanded(tree_.where));
    while (target_ != nullptr && !CanBeAsked(target_->name())) target_ = target_->superclass();
    return Status();
  }
  const cim::ClassPtr& target() const { return target_; }

  // After FindTarget gave one.
  std::string DataQuery() {
    data_.selects_all = true;
    data_.class_name.text = target_->name();
    data_.where = Keep(tree_.where).index;
    std::string text = Print(data_);
    if (Parse(text).ok()) return text;
    data_.where = kNoExpression;  // the normal form may be longer than a query can be
    return Print(data_);
  }

 private:
  // A part of the clause as a condition on rows.
  struct Kept {
    std::uint32_t index = kNoExpression;  // in data_; none: every row passes
    bool is_exact = false;                // else it lets more pass than the clause does
  };

  std::optional<InstanceTest> AsInstanceTest(const Expression& test) const {
    const NamePart* parts = &tree_.parts[test.property.first];
    if (!IsInstance(parts[0]) || test.property.count > 2) return std::nullopt;
    const bool is_isa = test.op == Operator::kIsA;
    if (test.property.count == 1) return is_isa ? std::optional(InstanceTest{true}) : std::nullopt;
    const std::optional<SystemProperty> system = FindSystemProperty(parts[1].text);
    // __CLASS ISA "C" is another spelling of __this ISA "C".
    if (is_isa && (system == SystemProperty::kClass || system == SystemProperty::kThis)) return InstanceTest{true};
    return InstanceTest{false, &parts[1]};
  }

  // Recursion follows parentheses and NOTs, whose depth the parser bounds. Every demand is looked at, so that each
  // unknown class is found.
  Result<cim::ClassPtr> Demanded(std::uint32_t index) const {
    if (index == kNoExpression) return cim::ClassPtr();
    const Expression& node = tree_.expressions[index];
    if (node.kind == ExpressionKind::kNot) return cim::ClassPtr();
    if (node.kind == ExpressionKind::kTest) return DemandedByTest(node);
    const bool is_and = node.kind == ExpressionKind::kAnd;
    cim::ClassPtr all = TRY(Demanded(node.first_child));
    for (std::uint32_t child = tree_.expressions[node.first_child].next_sibling; child != kNoExpression;
         child = tree_.expressions[child].next_sibling) {
      const cim::ClassPtr one = TRY(Demanded(child));
      if (!is_and) {
        all = one == nullptr ? nullptr : CommonClass(std::move(all), *one);
      } else if (all == nullptr || (one != nullptr && one->IsA(all->name()))) {
        all = one;
      }
    }
    return all;
  }

  Result<cim::ClassPtr> DemandedByTest(const Expression& test) const {
    const std::optional<InstanceTest> asked = AsInstanceTest(test);
    if (!asked) return cim::ClassPtr();
    const bool is_name = !asked->is_class && test.op == Operator::kEqual && test.constant.kind == ConstantKind::kText &&
                         FindSystemProperty(asked->property->text) == SystemProperty::kClass;
    if (!asked->is_class && !is_name) return cim::ClassPtr();
    cim::ClassPtr schema = classes_.FindClass(test.constant.text);
    if (schema == nullptr) return UnknownClass(tree_, {test.constant.text, test.constant.offset}, classes_);
    return schema;
  }

  Kept Keep(std::uint32_t index) {
    const Expression& node = tree_.expressions[index];
    switch (node.kind) {
      case ExpressionKind::kTest:
        return KeepTest(node);
      case ExpressionKind::kNot:
        return KeepNot(node);
      case ExpressionKind::kAnd:
      case ExpressionKind::kOr:
        return KeepChain(node);
    }
    return {};
  }

  // The opposite of more is less.
  Kept KeepNot(const Expression& node) {
    const Kept child = Keep(node.first_child);
    if (child.index == kNoExpression || !child.is_exact) return {};
    Expression kept;
    kept.kind = ExpressionKind::kNot;
    kept.first_child = child.index;
    return {Add(kept), true};
  }

  // Beside AND what cannot be kept is left out; beside OR it opens the whole.
  Kept KeepChain(const Expression& node) {
    const bool is_or = node.kind == ExpressionKind::kOr;
    Expression chain;
    chain.kind = node.kind;
    std::uint32_t last = kNoExpression;
    bool is_exact = true;
    for (std::uint32_t at = node.first_child; at != kNoExpression; at = tree_.expressions[at].next_sibling) {
      const Kept child = Keep(at);
      if (is_or && child.index == kNoExpression) return child;
      is_exact = is_exact && child.is_exact;
      if (child.index == kNoExpression) continue;
      (last == kNoExpression ? chain.first_child : data_.expressions[last].next_sibling) = child.index;
      last = child.index;
    }
    if (chain.first_child == last) return {last, is_exact};  // one or none
    return {Add(chain), is_exact};
  }

  Kept KeepTest(const Expression& test) {
    const std::optional<InstanceTest> asked = AsInstanceTest(test);
    if (!asked) return {};
    if (asked->is_class) {
      if (target_->IsA(test.constant.text)) return {kNoExpression, true};
      return KeepAs("__this", ClassNamed(test));
    }
    std::string_view name = asked->property->text;
    if (const std::optional<SystemProperty> system = FindSystemProperty(name)) {
      // Class, namespace and path are what makes it the same instance.
      if (system == SystemProperty::kThis) return {};
      for (const std::string_view known : SystemPropertyNames()) {
        if (EqualFolded(known, name)) name = known;
      }
      return KeepAs(name, system == SystemProperty::kClass ? ClassNamed(test) : test);
    }
    const std::optional<std::size_t> slot = target_->FindSlot(name);
    if (!slot) return {};  // perhaps of a subclass
    const cim::Property& property = target_->properties()[*slot];
    if (!property.is_key && (!is_fixed_ || !is_fixed_(*target_, *slot))) return {};
    // A constant that does not suit gives no events and no error, but an error here.
    return Suits(property.name, property.type, test) ? KeepAs(property.name, test) : Kept{};
  }

  // With the name of the class as that spells it.
  Expression ClassNamed(const Expression& test) {
    Expression named = test;
    if (cim::ClassPtr schema = classes_.FindClass(test.constant.text)) {
      named.constant.text = schema->name();
      named_.push_back(std::move(schema));
    }
    return named;
  }

  Kept KeepAs(std::string_view name, Expression test) {
    test.property = {static_cast<std::uint32_t>(data_.parts.size()), 1};
    data_.parts.push_back({name, 0});
    return {Add(test), true};
  }

  std::uint32_t Add(Expression node) {
    node.next_sibling = kNoExpression;
    data_.expressions.push_back(node);
    return static_cast<std::uint32_t>(data_.expressions.size() - 1);
  }

  const SyntaxTree& tree_;
  const ClassFinder& classes_;
  const FixedProperties& is_fixed_;
  cim::ClassPtr target_;
  SyntaxTree data_;  // looks into tree_, target_ and named_
  std::vector<cim::ClassPtr> named_;
};

}  // namespace

Result<std::optional<Watched>> FindWatched(const SyntaxTree& tree, const EventQuery& query, const ClassFinder& classes,
                                           const FixedProperties& is_fixed) {
  if (!IsOfOperations(*query.schema, classes)) return std::optional<Watched>();
  Watched watched;
  if (query.filter == nullptr || !query.filter->IsNever()) {
    watched.creation = CanHappen("__InstanceCreationEvent", query, classes);
    watched.modification = CanHappen("__InstanceModificationEvent", query, classes);
    watched.deletion = CanHappen("__InstanceDeletionEvent", query, classes);
  }
  ClauseReader reader(tree, classes, is_fixed);
  TRY(reader.FindTarget());
  watched.target = reader.target();
  if (watched.target != nullptr) watched.data_query = reader.DataQuery();
  return std::optional(std::move(watched));
}

}  // namespace wmi::wql
