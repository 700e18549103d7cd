#include "wql/cover.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace wmi::wql {

namespace {

// One alternative of the normal form: a value, or nothing, for every place. NULL means nothing is known.
using Alternative = std::vector<cim::Value>;
using Alternatives = std::vector<Alternative>;

// How many tests of an AND are compared with each other.
constexpr std::size_t kComparedMax = 64;

bool SameValue(const cim::Value& a, const cim::Value& b) {
  if (a.view().kind() == cim::ValueKind::kText && b.view().kind() == cim::ValueKind::kText) {
    return EqualFolded(a.view().text(), b.view().text());
  }
  return a == b;
}

class Analysis {
 public:
  explicit Analysis(const std::vector<std::size_t>& places) : places_(places) {}

  // The alternatives that cover everything the node accepts. Unrestricted: one alternative without values.
  Alternatives CoverNode(const BoundNode& node) const {
    switch (node.kind) {
      case NodeKind::kAnd:
        return CoverAll(node);
      case NodeKind::kOr:
        return CoverAny(node);
      case NodeKind::kTest:
        break;
    }
    Alternative alternative(places_.size());
    for (const Demand& demand : node.test->demands) {
      const auto place = std::find(places_.begin(), places_.end(), demand.place);
      if (place != places_.end()) alternative[static_cast<std::size_t>(place - places_.begin())] = demand.value;
    }
    return {std::move(alternative)};
  }

 private:
  static bool IsUnrestricted(const Alternative& alternative) {
    return std::all_of(alternative.begin(), alternative.end(), [](const cim::Value& value) { return value.is_null(); });
  }
  static bool IsUnrestricted(const Alternatives& alternatives) {
    return alternatives.size() == 1 && IsUnrestricted(alternatives.front());
  }

  Alternatives CoverAny(const BoundNode& node) const {
    Alternatives all;
    for (const BoundNode& child : node.children) {
      Alternatives more = CoverNode(child);
      if (IsUnrestricted(more)) return more;
      for (Alternative& alternative : more) all.push_back(std::move(alternative));
      if (all.size() > kCoverMax) return {Alternative(places_.size())};
    }
    return all;
  }

  Alternatives CoverAll(const BoundNode& node) const {
    Alternatives all{Alternative(places_.size())};
    for (const BoundNode& child : node.children) {
      const Alternatives more = CoverNode(child);
      // A conjunct that is left out widens the cover and never makes it wrong.
      if (IsUnrestricted(more) || all.size() * more.size() > kCoverMax) continue;
      Alternatives joined;
      for (const Alternative& a : all) {
        for (const Alternative& b : more) {
          if (std::optional<Alternative> both = Join(a, b)) joined.push_back(*std::move(both));
        }
      }
      all = std::move(joined);
    }
    return all;
  }

  // nullopt when they contradict each other.
  static std::optional<Alternative> Join(const Alternative& a, const Alternative& b) {
    Alternative both = a;
    for (std::size_t i = 0; i < b.size(); ++i) {
      if (b[i].is_null()) continue;
      if (both[i].is_null()) {
        both[i] = b[i];
      } else if (!SameValue(both[i], b[i])) {
        return std::nullopt;
      }
    }
    return both;
  }

  const std::vector<std::size_t>& places_;
};

std::string ValueText(cim::ValueView value) {
  switch (value.kind()) {
    case cim::ValueKind::kText:
      return Fold(value.text());
    case cim::ValueKind::kBoolean:
      return std::to_string(value.boolean());
    case cim::ValueKind::kSigned:
      return std::to_string(value.signed_integer());
    default:
      return std::to_string(value.unsigned_integer());
  }
}

// Equal for tuples that mean the same.
std::string Identity(const Alternative& tuple) {
  std::string identity;
  for (const cim::Value& value : tuple) {
    const std::string text = ValueText(value.view());
    identity.append(std::to_string(text.size())).append(1, ':').append(text);
  }
  return identity;
}

bool AreAboutTheSame(const BoundTest& a, const BoundTest& b) {
  if (a.source != b.source) return false;
  if (a.source == Source::kSlot) return a.slot == b.slot;
  return a.source == Source::kSystem && a.system == b.system;
}

bool ExcludeEachOther(const BoundNode& conjunction) {
  std::vector<const BoundTest*> tests;
  for (const BoundNode& child : conjunction.children) {
    if (child.kind != NodeKind::kTest || tests.size() == kComparedMax) continue;
    for (const BoundTest* before : tests) {
      if (AreAboutTheSame(*before, *child.test) && before->comparison.Excludes(child.test->comparison)) return true;
    }
    tests.push_back(&*child.test);
  }
  return false;
}

}  // namespace

std::optional<ValueTuples> Cover(const BoundNode& root, const std::vector<std::size_t>& places) {
  if (places.empty()) return std::nullopt;
  ValueTuples tuples;
  std::unordered_set<std::string> seen;
  for (Alternative& alternative : Analysis(places).CoverNode(root)) {
    for (const cim::Value& value : alternative) {
      if (value.is_null()) return std::nullopt;
    }
    if (seen.insert(Identity(alternative)).second) tuples.push_back(std::move(alternative));
  }
  return tuples;
}

bool IsNever(const BoundNode& root) {
  switch (root.kind) {
    case NodeKind::kTest:
      return false;
    case NodeKind::kOr:
      return std::all_of(root.children.begin(), root.children.end(), IsNever);
    case NodeKind::kAnd:
      return std::any_of(root.children.begin(), root.children.end(), IsNever) || ExcludeEachOther(root);
  }
  return false;
}

}  // namespace wmi::wql
