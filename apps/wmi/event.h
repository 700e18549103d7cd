// Event: what happened, as people are told it, free of COM; event_reader.h makes it. Its texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wmi/row.h"

namespace wmi::cli {

struct Change {
  std::string name;
  Value before;
  Value after;
};

struct Event {
  std::int64_t time = 0;        // microseconds since 1970-01-01 UTC
  std::string what;             // created, changed or deleted; of other events their class
  std::string object;           // what it happened to: path of an instance, or "class X"; of other events empty
  std::vector<Change> changes;  // of a changed instance, if it came with what it was before
  Row facts;                    // properties that are not NULL: of the instance, of other events their own
  Row brief;                    // those of them that a line has room for
};

// "18:04:05.123", local time.
std::string ClockText(std::int64_t unix_microseconds);

// "State: Stopped → Running, ExitCode: 0 → 1", or "Name=bash"; each value cut to `value_width` columns, 0: whole.
std::string DetailText(const Event& event, std::size_t value_width);

// Time, Event, Object and Detail: the columns of an event as csv.
Row SummaryRow(const Event& event);
// Time, Event, Object, and then what changed or else the facts: a list of all there is to say.
Row FullRow(const Event& event);

// Lines of a stream, aligned as far as that can be known: columns grow when a text needs it, within bounds. For one
// thread.
class EventLines {
 public:
  // Width of a line; 0: no limit.
  explicit EventLines(std::size_t width) : width_(width) {}
  // With the line break.
  std::string Line(const Event& event);

 private:
  const std::size_t width_;
  std::size_t what_width_ = 7;  // created, changed, deleted
  std::size_t object_width_ = 0;
};

}  // namespace wmi::cli
