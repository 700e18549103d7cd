// The plan of a query as `wmi explain` shows it: steps as the engine tells them (instances of OpenWMI_PlanStep), and
// the rows that a person reads.
#pragma once

#include <string>
#include <vector>

#include "wmi/row.h"
#include "wmi/writer.h"

namespace wmi::cli {

// The properties of a step, which the forms for programs print under these names.
const std::vector<std::string>& PlanStepColumns();

// The steps as text. Table and list have times in milliseconds and leave out what says nothing: columns in which no
// step has a value, and the counts of steps that read no objects. The other forms have every property of every step.
std::string PlanText(const std::vector<Row>& steps, WriterOptions options);

}  // namespace wmi::cli
