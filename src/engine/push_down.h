// How much of a plan goes to who serves a class: what it says that it can use, and no more (contract 7.6). The rest is
// done here, with what it gives.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "engine/class_server.h"
#include "engine/push_provider.h"
#include "engine/scan_plan.h"
#include "provider/provider.h"

namespace wmi::engine {

// What a provider of our own is asked. `stop` is left to be set.
provider::Request PushDown(const ScanPlan& plan, const cim::ClassPtr& schema, const provider::Support& support);

// In words, for the plan: "values of DriveType; 3 of 40 properties". Empty when nothing was handed down but keys, which
// the plan counts (plan_trace.h).
std::string DescribePushDown(const provider::Request& request);

// What a registered provider is asked for the instances of one class: the calls are made one after the other, and an
// object that one of them does not find is just not there.
struct ProviderQuestion {
  std::string operation;  // PlanStep::operation
  std::string detail;     // PlanStep::detail
  std::vector<ProviderCall> calls;
};

// By path where the keys are known and the provider gets objects; by a query where there is more to say than the class
// and the provider takes one; else all instances. A class_name in a query says that they may be asked for if the
// provider refuses it. Session, context and progress are left to be set.
//
// kProviderNotCapable, saying why, when the provider is not registered for any of these.
Result<ProviderQuestion> QuestionFor(const ScanPlan& plan, const cim::Class& schema, const ClassServer& server);

}  // namespace wmi::engine
