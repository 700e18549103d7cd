#include "wql/key_lookup.h"

#include <cstdint>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/text.h"

namespace wmi::wql {

namespace {

// One alternative of the normal form: a value, or nothing, for every key. NULL means nothing is known.
using Alternative = std::vector<cim::Value>;
using Alternatives = std::vector<Alternative>;

bool SameKey(const cim::Value& a, const cim::Value& b) {
  if (a.view().kind() == cim::ValueKind::kText && b.view().kind() == cim::ValueKind::kText) {
    return EqualFolded(a.view().text(), b.view().text());
  }
  return a == b;
}

class KeyAnalysis {
 public:
  explicit KeyAnalysis(std::size_t key_count) : key_count_(key_count) {}

  // The alternatives that cover everything the node accepts. Unrestricted: one alternative without values.
  Alternatives Cover(const BoundNode& node) const {
    switch (node.kind) {
      case NodeKind::kAnd:
        return CoverAll(node);
      case NodeKind::kOr:
        return CoverAny(node);
      case NodeKind::kTest:
        break;
    }
    Alternative alternative(key_count_);
    for (const auto& [key, value] : node.test->keys) alternative[key] = value;
    return {std::move(alternative)};
  }

 private:
  static bool IsUnrestricted(const Alternative& alternative) {
    for (const cim::Value& value : alternative) {
      if (!value.is_null()) return false;
    }
    return true;
  }
  static bool IsUnrestricted(const Alternatives& alternatives) {
    return alternatives.size() == 1 && IsUnrestricted(alternatives.front());
  }

  Alternatives CoverAny(const BoundNode& node) const {
    Alternatives all;
    for (const BoundNode& child : node.children) {
      Alternatives more = Cover(child);
      if (IsUnrestricted(more)) return more;
      for (Alternative& alternative : more) all.push_back(std::move(alternative));
      if (all.size() > kKeyTuplesMax) return {Alternative(key_count_)};
    }
    return all;
  }

  Alternatives CoverAll(const BoundNode& node) const {
    Alternatives all{Alternative(key_count_)};
    for (const BoundNode& child : node.children) {
      const Alternatives more = Cover(child);
      // A conjunct that is left out widens the cover and never makes it wrong.
      if (IsUnrestricted(more) || all.size() * more.size() > kKeyTuplesMax) continue;
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
      } else if (!SameKey(both[i], b[i])) {
        return std::nullopt;
      }
    }
    return both;
  }

  std::size_t key_count_;
};

std::string KeyText(cim::ValueView key) {
  switch (key.kind()) {
    case cim::ValueKind::kText:
      return Fold(key.text());
    case cim::ValueKind::kBoolean:
      return std::to_string(key.boolean());
    case cim::ValueKind::kSigned:
      return std::to_string(key.signed_integer());
    default:
      return std::to_string(key.unsigned_integer());
  }
}

// Equal for tuples that name the same instance.
std::string Identity(const Alternative& tuple) {
  std::string identity;
  for (const cim::Value& key : tuple) {
    const std::string text = KeyText(key.view());
    identity.append(std::to_string(text.size())).append(1, ':').append(text);
  }
  return identity;
}

}  // namespace

std::optional<KeyTuples> FindKeyTuples(const BoundNode& root, const cim::Class& schema) {
  const std::size_t key_count = schema.key_slots().size();
  if (key_count == 0) return std::nullopt;
  KeyTuples tuples;
  std::unordered_set<std::string> seen;
  for (Alternative& alternative : KeyAnalysis(key_count).Cover(root)) {
    for (const cim::Value& value : alternative) {
      if (value.is_null()) return std::nullopt;
    }
    if (seen.insert(Identity(alternative)).second) tuples.push_back(std::move(alternative));
  }
  return tuples;
}

}  // namespace wmi::wql
