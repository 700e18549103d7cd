#include "events/event_objects.h"

#include <ctime>
#include <utility>
#include <vector>

namespace wmi::events {
namespace {

constexpr std::uint64_t k1601To1970 = 116'444'736'000'000'000;  // in 100 ns

}  // namespace

std::uint64_t TimeCreatedNow() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return k1601To1970 + static_cast<std::uint64_t>(now.tv_sec) * 10'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 100;
}

cim::Object MakeEvent(const cim::ClassPtr& event, std::initializer_list<EventPart> parts) {
  cim::RowBlockBuilder builder;
  builder.ExpectBytes(event->properties().size() * sizeof(cim::ValueView));
  builder.BeginRow(event);
  if (const auto slot = event->FindSlot("TIME_CREATED")) builder.SetUnsigned(*slot, TimeCreatedNow());
  for (const EventPart& part : parts) {
    const auto slot = event->FindSlot(part.property);
    if (!slot) continue;
    if (const auto* number = std::get_if<std::uint64_t>(&part.value)) {
      builder.SetUnsigned(*slot, *number);
    } else if (const auto* text = std::get_if<std::string>(&part.value)) {
      if (!text->empty()) builder.SetText(*slot, *text);
    } else if (const auto* view = std::get_if<cim::ValueView>(&part.value)) {
      builder.Set(*slot, *view);
    } else if (const auto& object = std::get<cim::Object>(part.value)) {
      builder.Set(*slot, cim::ValueView::OfObject(&object));
    }
  }
  builder.CommitRow();
  std::vector<cim::Object> made;
  builder.Finish(made);
  return std::move(made.front());
}

cim::Object WithTimeCreated(const cim::Object& event) {
  const auto time = event.schema().FindSlot("TIME_CREATED");
  if (!time || !event.slot(*time).is_null()) return event;
  cim::RowBlockBuilder builder;
  builder.BeginRow(event.schema_ptr());
  for (std::size_t slot = 0; slot < event.schema().properties().size(); ++slot) builder.Set(slot, event.slot(slot));
  builder.SetUnsigned(*time, TimeCreatedNow());
  builder.SetOwnQualifiers(event.own_qualifiers_ptr());
  builder.CommitRow();
  std::vector<cim::Object> made;
  builder.Finish(made);
  return std::move(made.front());
}

InstanceEventClasses FindInstanceEventClasses(const cim::ClassFinder& classes) {
  return {classes.FindClass("__InstanceCreationEvent"), classes.FindClass("__InstanceModificationEvent"),
          classes.FindClass("__InstanceDeletionEvent")};
}

}  // namespace wmi::events
