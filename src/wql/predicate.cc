#include "wql/predicate.h"

#include <cassert>
#include <string>
#include <utility>

#include "wql/bound.h"
#include "wql/cover.h"

namespace wmi::wql {

namespace {

// Goes down the names of an embedded path from `object`; false when a name is missing or no object is there, and then
// the test is unknown.
bool AskEmbedded(const EmbeddedPath& path, const Comparison& comparison, cim::ValueView value) {
  const cim::DataType* type = nullptr;
  for (const std::string& name : path.names) {
    if (value.kind() != cim::ValueKind::kObject) return false;
    const cim::Object& object = *value.object();
    const std::optional<std::size_t> slot = object.schema().FindSlot(name);
    if (!slot) return false;
    type = &object.schema().properties()[*slot].type;
    value = object.slot(*slot);
  }
  std::string buffer;
  cim::DataType system_type;
  if (path.system) {
    if (value.kind() != cim::ValueKind::kObject) return false;
    if (*path.system != SystemProperty::kThis) value = SystemValue(*path.system, *value.object(), buffer);
    system_type = SystemPropertyType(*path.system);
    type = &system_type;
  }
  if (type == nullptr || type->is_array) return false;
  if (path.by_type.empty()) return comparison.Holds(value);
  const std::optional<Comparison>& typed = path.by_type[static_cast<std::size_t>(type->type)];
  return typed && typed->Holds(value);
}

bool AskSystem(const BoundTest& test, const Subject& subject) {
  std::string buffer;
  return test.comparison.Holds(SystemValue(test.system, subject, buffer));
}

bool Ask(const BoundTest& test, const Subject& subject) {
  // The binder gives queries for classes, which have no slots, tests of the class alone.
  assert(subject.slots != nullptr || test.source == Source::kSystem || test.source == Source::kThis);
  switch (test.source) {
    case Source::kSlot:
      return test.comparison.Holds(subject.slots[test.slot]);
    case Source::kSystem:
      return AskSystem(test, subject);
    case Source::kThis:
      return test.comparison.HoldsForClass(*subject.schema);
    case Source::kEmbedded:
      return AskEmbedded(*test.path, test.comparison, subject.slots[test.slot]);
  }
  return false;
}

// What a test says of every instance of exactly a class; nothing when that depends on the instance.
std::optional<bool> AskClass(const BoundTest& test, const Subject& subject) {
  if (test.source == Source::kThis) return Ask(test, subject);
  if (test.source != Source::kSystem || IsPathProperty(test.system)) return std::nullopt;
  return Ask(test, subject);
}

std::int32_t Emit(BoundNode node, std::int32_t if_true, std::int32_t if_false, std::vector<Program::Step>& steps) {
  if (node.kind == NodeKind::kTest) {
    steps.push_back({*std::move(node.test), if_true, if_false});
    return static_cast<std::int32_t>(steps.size() - 1);
  }
  const bool is_and = node.kind == NodeKind::kAnd;
  std::int32_t next = is_and ? if_true : if_false;
  for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
    next = Emit(std::move(*child), is_and ? next : if_true, is_and ? if_false : next, steps);
  }
  return next;
}

}  // namespace

// Written from the last test to the first, so that every place to go on is known when it is needed.
Program Flatten(BoundNode root) {
  Program program;
  program.start = Emit(std::move(root), Program::kAccept, Program::kReject, program.steps);
  return program;
}

Predicate::Predicate(Program program) : program_(std::make_unique<const Program>(std::move(program))) {}
Predicate::~Predicate() = default;

bool Predicate::Run(const Subject& subject) const {
  std::int32_t at = program_->start;
  while (at >= 0) {
    const Program::Step& step = program_->steps[static_cast<std::size_t>(at)];
    at = Ask(step.test, subject) ? step.if_true : step.if_false;
  }
  return at == Program::kAccept;
}

bool Predicate::Matches(const cim::Row& row) const { return Run({SubjectKind::kInstance, row.schema, row.slots}); }

bool Predicate::MatchesClass(const cim::Class& candidate) const {
  return Run({SubjectKind::kClass, &candidate, nullptr});
}

// Both ways are followed from a test that the class does not decide.
bool Predicate::MayMatch(const cim::Class& schema) const {
  if (program_->start < 0) return program_->start == Program::kAccept;
  std::vector<bool> is_reached(program_->steps.size());
  is_reached[static_cast<std::size_t>(program_->start)] = true;
  const Subject subject{SubjectKind::kInstance, &schema, nullptr};
  // Emit writes a step behind those that it leads to.
  for (std::size_t at = program_->steps.size(); at-- > 0;) {
    if (!is_reached[at]) continue;
    const Program::Step& step = program_->steps[at];
    const std::optional<bool> known = AskClass(step.test, subject);
    for (const auto& [answer, next] : {std::pair(true, step.if_true), std::pair(false, step.if_false)}) {
      if (known && *known != answer) continue;
      if (next == Program::kAccept) return true;
      if (next >= 0) is_reached[static_cast<std::size_t>(next)] = true;
    }
  }
  return false;
}

bool Predicate::IsNever() const { return program_->is_never; }

const std::vector<cim::Value>* Predicate::ValuesAt(std::size_t place) const {
  for (const Program::Values& known : program_->values) {
    if (known.place == place) return &known.values;
  }
  return nullptr;
}

const std::vector<cim::Value>* Predicate::ValuesOf(std::size_t slot) const { return ValuesAt(slot); }
const std::vector<cim::Value>* Predicate::ClassNames() const { return ValuesAt(kClassNamePlace); }

std::optional<std::vector<std::vector<cim::Value>>> Predicate::TuplesOf(const std::vector<std::size_t>& slots) const {
  return program_->tree == nullptr ? std::nullopt : Cover(*program_->tree, slots);
}

const std::vector<Restriction>& Predicate::restrictions() const { return program_->restrictions; }

std::optional<std::vector<std::vector<cim::Value>>> Predicate::KeyTuples() const { return program_->key_tuples; }

}  // namespace wmi::wql
