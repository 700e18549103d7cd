#include "engine/repository_events.h"

#include <array>
#include <exception>
#include <string>
#include <string_view>

#include "events/event_objects.h"

namespace wmi::engine {
namespace {

using Subject = store::Change::Subject;
using Operation = store::Change::Operation;

// What a subject's events are called, in the order of Operation, and what they hold.
struct Kind {
  std::string_view base;
  std::array<std::string_view, 3> events;
  std::string_view target;
  std::string_view previous;
};

const Kind& KindOf(Subject subject) {
  static constexpr Kind kNamespace{
      "__NamespaceOperationEvent",
      {"__NamespaceCreationEvent", "__NamespaceModificationEvent", "__NamespaceDeletionEvent"},
      "TargetNamespace",
      "PreviousNamespace"};
  static constexpr Kind kClass{"__ClassOperationEvent",
                               {"__ClassCreationEvent", "__ClassModificationEvent", "__ClassDeletionEvent"},
                               "TargetClass",
                               "PreviousClass"};
  static constexpr Kind kInstance{"__InstanceOperationEvent",
                                  {"__InstanceCreationEvent", "__InstanceModificationEvent", "__InstanceDeletionEvent"},
                                  "TargetInstance",
                                  "PreviousInstance"};
  switch (subject) {
    case Subject::kNamespace:
      return kNamespace;
    case Subject::kClass:
      return kClass;
    default:
      return kInstance;
  }
}

// An instance of __NAMESPACE, as its provider gives it.
cim::Object NamespaceObject(const store::Namespace& parent, const std::string& name) {
  const cim::ClassPtr schema = parent.FindClass("__NAMESPACE");
  if (!schema) return {};
  cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  if (const auto slot = schema->FindSlot("Name")) builder.SetText(*slot, name);
  builder.CommitRow();
  std::vector<cim::Object> made;
  builder.Finish(made);
  return std::move(made.front());
}

}  // namespace

bool RepositoryEvents::Wants(Subject subject) const noexcept {
  try {
    const Kind& kind = KindOf(subject);
    for (const std::string_view name : kind.events) {
      if (hub_.IsWanted(name)) return true;
    }
    return hub_.IsWanted(kind.base) || hub_.IsWanted("__Event") || hub_.IsWanted("__IndicationRelated");
  } catch (const std::exception&) {
    return true;  // a look-up has no memory: better too much than too little
  }
}

cim::Object RepositoryEvents::EventOf(const store::Change& change) const {
  const store::NamespacePtr classes = repository_.FindNamespace(change.name_space);
  if (!classes) return {};
  const Kind& kind = KindOf(change.subject);
  const cim::ClassPtr event = classes->FindClass(kind.events[static_cast<std::size_t>(change.operation)]);
  if (!event) return {};
  if (change.subject == Subject::kNamespace) {
    return events::MakeEvent(event, {{kind.target, NamespaceObject(*classes, change.child)}});
  }
  if (change.operation == Operation::kDeletion) return events::MakeEvent(event, {{kind.target, change.before}});
  return events::MakeEvent(event, {{kind.target, change.after}, {kind.previous, change.before}});
}

void RepositoryEvents::Committed(std::vector<store::Change> changes, std::uint64_t left_out) noexcept {
  lost_.fetch_add(left_out, std::memory_order_relaxed);
  for (const store::Change& change : changes) {
    try {
      if (const cim::Object event = EventOf(change)) hub_.Fire(change.name_space, event);
    } catch (const std::bad_alloc&) {
      // The change is done and stays; only its event is lost.
      lost_.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

}  // namespace wmi::engine
