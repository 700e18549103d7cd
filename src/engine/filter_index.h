// FilterIndex: receivers by what their filters demand, so that an event costs a look-up for each property that any of
// them restricts and the receivers that it may concern, not all of them (docs/events.md, "Filter index").
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/row.h"
#include "cim/value.h"
#include "wql/predicate.h"
#include "wql/restriction.h"

namespace wmi::engine {

// A list that needs no memory of its own while it is short. Not thread-safe.
template <typename Receiver>
class FewReceivers {
 public:
  void Add(const std::shared_ptr<Receiver>& receiver) {
    if (count_ < kFew) {
      few_[count_++] = receiver;
    } else {
      more_.push_back(receiver);
    }
  }
  template <typename Call>
  void ForEach(Call&& call) const {
    for (std::size_t i = 0; i < count_; ++i) call(*few_[i]);
    for (const std::shared_ptr<Receiver>& receiver : more_) call(*receiver);
  }

 private:
  static constexpr std::size_t kFew = 8;
  std::array<std::shared_ptr<Receiver>, kFew> few_;
  std::size_t count_ = 0;
  std::vector<std::shared_ptr<Receiver>> more_;
};

// Each receiver is filed under the values of one property that its filter restricts (wql/restriction.h), or among those
// that are asked about everything. Not thread-safe; calls nobody.
template <typename Receiver>
class FilterIndex {
 public:
  using Entry = std::shared_ptr<Receiver>;
  // Which of its restrictions a receiver is filed under.
  using Place = std::size_t;
  static constexpr Place kUnrestricted = std::numeric_limits<Place>::max();

  // Under the restriction that tells it best from the others. `filter` may be null. When memory is short nothing was
  // added.
  Place Add(const Entry& entry, const wql::Predicate* filter) {
    const Place place = BestPlace(filter);
    if (place == kUnrestricted) {
      unrestricted_.push_back(entry);
      return place;
    }
    try {
      const wql::Restriction& restriction = filter->restrictions()[place];
      Property& property = PropertyAt(restriction.path);
      bool is_first = true;
      for (const cim::Value& value : restriction.values) {
        property.by_value[value].push_back({entry, std::exchange(is_first, false)});
      }
    } catch (const std::bad_alloc&) {
      Remove(entry.get(), filter, place);
      throw;
    }
    return place;
  }

  // What Add was given and gave. Does without memory. The caller has another reference: nothing is destroyed here.
  void Remove(const Receiver* receiver, const wql::Predicate* filter, Place place) noexcept {
    if (place == kUnrestricted)
      return Erase(unrestricted_, [&](const Entry& entry) { return entry.get() == receiver; });
    const wql::Restriction& restriction = filter->restrictions()[place];
    const auto property = FindProperty(restriction.path);
    if (property == properties_.end()) return;
    for (const cim::Value& value : restriction.values) {
      const auto bucket = property->by_value.find(value);
      if (bucket == property->by_value.end()) continue;
      Erase(bucket->second, [&](const Filed& filed) { return filed.entry.get() == receiver; });
      if (bucket->second.empty()) property->by_value.erase(bucket);
    }
    if (property->by_value.empty()) properties_.erase(property);
  }

  bool empty() const { return unrestricted_.empty() && properties_.empty(); }

  // `take(const Entry&)` is called once for each receiver.
  template <typename Take>
  void ForEach(Take&& take) const {
    for (const Entry& entry : unrestricted_) take(entry);
    for (const Property& property : properties_) TakeAll(property, take);
  }

  // `take(const Entry&)` is called once for each receiver whose filter may match, and perhaps for some others.
  template <typename Take>
  void Find(const cim::Object& event, Take&& take) const {
    for (const Entry& entry : unrestricted_) take(entry);
    for (const Property& property : properties_) {
      const wql::RestrictedValue found = wql::RestrictedValueOf(event, property.path);
      if (found.kind == wql::RestrictedValue::Kind::kValue) {
        const auto bucket = property.by_value.find(found.value);
        if (bucket == property.by_value.end()) continue;
        for (const Filed& filed : bucket->second) take(filed.entry);
      } else if (found.kind == wql::RestrictedValue::Kind::kUnknown) {
        TakeAll(property, take);
      }
    }
  }

 private:
  struct Filed {
    Entry entry;
    bool is_first;  // of the values it is filed under
  };
  // Values in the form of wql::Restriction; of those that are looked up text stands as written.
  struct ValueHash {
    using is_transparent = void;
    std::size_t operator()(const cim::Value& value) const { return (*this)(value.view()); }
    std::size_t operator()(cim::ValueView value) const {
      switch (value.kind()) {
        case cim::ValueKind::kText:
          return HashFolded(value.text());
        case cim::ValueKind::kBoolean:
          return value.boolean() ? 1 : 2;
        case cim::ValueKind::kSigned:
          return Mixed(static_cast<std::uint64_t>(value.signed_integer()));
        default:
          return Mixed(value.unsigned_integer());
      }
    }
    // Numbers that follow a pattern, such as multiples of a page, shall not meet in one place.
    static std::size_t Mixed(std::uint64_t bits) {
      bits *= 0x9e3779b97f4a7c15;
      return bits ^ (bits >> 32);
    }
  };
  struct ValueEqual {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return AreEqual(View(a), View(b));
    }
    static cim::ValueView View(const cim::Value& value) { return value.view(); }
    static cim::ValueView View(cim::ValueView value) { return value; }
    static bool AreEqual(cim::ValueView a, cim::ValueView b) {
      if (a.kind() != b.kind()) return false;
      return a.kind() == cim::ValueKind::kText ? EqualFolded(a.text(), b.text()) : cim::SameValue(a, b);
    }
  };
  struct Property {
    std::vector<std::string> path;
    std::unordered_map<cim::Value, std::vector<Filed>, ValueHash, ValueEqual> by_value;
  };
  using Properties = std::vector<Property>;

  template <typename Take>
  static void TakeAll(const Property& property, Take&& take) {
    for (const auto& bucket : property.by_value) {
      for (const Filed& filed : bucket.second) {
        if (filed.is_first) take(filed.entry);
      }
    }
  }

  template <typename List, typename Is>
  static void Erase(List& list, Is&& is) {
    const auto found = std::find_if(list.begin(), list.end(), is);
    if (found == list.end()) return;
    std::swap(*found, list.back());
    list.pop_back();
  }

  typename Properties::iterator FindProperty(const std::vector<std::string>& path) {
    return std::find_if(properties_.begin(), properties_.end(),
                        [&](const Property& property) { return property.path == path; });
  }
  Property& PropertyAt(const std::vector<std::string>& path) {
    const auto found = FindProperty(path);
    return found != properties_.end() ? *found : properties_.emplace_back(Property{path, {}});
  }

  // The one under whose values the fewest are filed: of State = "Stopped" AND Name = "x", asked by thousands with names
  // of their own, it is the name.
  Place BestPlace(const wql::Predicate* filter) {
    Place best = kUnrestricted;
    std::size_t fewest = unrestricted_.max_size();
    if (filter == nullptr) return best;
    const std::vector<wql::Restriction>& restrictions = filter->restrictions();
    for (std::size_t i = 0; i < restrictions.size(); ++i) {
      const std::size_t filed = CountFiled(restrictions[i]);
      if (filed >= fewest) continue;
      fewest = filed;
      best = i;
    }
    return best;
  }
  std::size_t CountFiled(const wql::Restriction& restriction) {
    std::size_t count = 0;
    const auto property = FindProperty(restriction.path);
    if (property == properties_.end()) return count;
    for (const cim::Value& value : restriction.values) {
      const auto bucket = property->by_value.find(value);
      if (bucket != property->by_value.end()) count += bucket->second.size();
    }
    return count;
  }

  std::vector<Entry> unrestricted_;
  Properties properties_;
};

}  // namespace wmi::engine
