#include "engine/repository_events.h"

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "base/text.h"
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

// Of all of them.
constexpr std::array<std::string_view, 2> kBases = {"__Event", "__IndicationRelated"};

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

store::SubjectSet RepositoryEvents::SubjectsOf(const cim::Class& event) {
  store::SubjectSet subjects;
  const bool is_base =
      std::any_of(kBases.begin(), kBases.end(), [&](std::string_view base) { return EqualFolded(event.name(), base); });
  for (const Subject subject : {Subject::kNamespace, Subject::kClass, Subject::kInstance}) {
    if (is_base || event.IsA(KindOf(subject).base)) subjects.Add(subject);
  }
  return subjects;
}

bool RepositoryEvents::Wants(Subject subject) const noexcept {
  try {
    const Kind& kind = KindOf(subject);
    for (const std::string_view name : kind.events) {
      if (hub_.IsWanted(name)) return true;
    }
    return hub_.IsWanted(kind.base) ||
           std::any_of(kBases.begin(), kBases.end(), [&](std::string_view base) { return hub_.IsWanted(base); });
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
  for (const store::Change& change : changes) {
    try {
      if (const cim::Object event = EventOf(change)) hub_.Fire(change.name_space, event);
    } catch (const std::bad_alloc&) {
      ++left_out;  // the change is done and stays; only its event is lost
    }
  }
  if (left_out != 0) TellOfLoss(left_out);
}

void RepositoryEvents::TellOfLoss(std::uint64_t count) noexcept {
  try {
    std::vector<std::string_view> classes(kBases.begin(), kBases.end());
    for (const Subject subject : {Subject::kNamespace, Subject::kClass, Subject::kInstance}) {
      const Kind& kind = KindOf(subject);
      classes.push_back(kind.base);
      classes.insert(classes.end(), kind.events.begin(), kind.events.end());
    }
    hub_.CountLost(classes, count);
  } catch (const std::bad_alloc&) {
    return;  // no memory to tell of it either
  }
}

}  // namespace wmi::engine
