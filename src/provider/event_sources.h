// EventSources: for which classes Linux tells what happens, and who listens to it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "provider/change_source.h"

namespace wmi::provider {

// Filled by the composition root before the engine starts, read-only afterwards.
class EventSources {
 public:
  // Changes of the instances of a class that a built-in provider serves.
  void RegisterChanges(std::string class_name, std::unique_ptr<ChangeSource> source) {
    changes_.insert_or_assign(std::move(class_name), std::move(source));
  }
  // Events of a class of its own.
  void RegisterEvents(std::string class_name, std::unique_ptr<EventSource> source) {
    events_.insert_or_assign(std::move(class_name), std::move(source));
  }
  // Null when nobody tells: who wants to know has to look again.
  ChangeSource* FindChanges(std::string_view class_name) const { return Find(changes_, class_name); }
  // Null when no built-in source fires events of exactly this class.
  EventSource* FindEvents(std::string_view class_name) const { return Find(events_, class_name); }

 private:
  template <typename Source>
  using Map = std::unordered_map<std::string, std::unique_ptr<Source>, FoldedHash, FoldedEqual>;

  template <typename Source>
  static Source* Find(const Map<Source>& sources, std::string_view name) {
    const auto found = sources.find(name);
    return found == sources.end() ? nullptr : found->second.get();
  }

  Map<ChangeSource> changes_;
  Map<EventSource> events_;
};

}  // namespace wmi::provider
