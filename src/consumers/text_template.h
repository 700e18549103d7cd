// TextTemplate: a text with places that an event fills, such as "%TargetInstance.Name% has stopped" (contract 6.5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/row.h"

namespace wmi::consumers {

// A value. Filling it is safe from several threads.
class TextTemplate {
 public:
  // kInvalidParameter, with the column, for a text that is no template.
  static Result<TextTemplate> Parse(std::string_view text);

  // The text for this event. What the event does not have, or has as NULL, leaves its place empty. It is never longer
  // than the limit of the module: what lies beyond is cut off.
  std::string Fill(const cim::Object& event) const;

 private:
  struct Part {
    std::string literal;
    std::vector<std::string> path;  // of a place: the property, and those inside it; empty for a literal
  };
  std::vector<Part> parts_;
};

}  // namespace wmi::consumers
