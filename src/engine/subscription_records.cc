#include "engine/subscription_records.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "cim/datetime.h"
#include "cim/row.h"

namespace wmi::engine {

namespace {

constexpr std::string_view kSpace = "ROOT\\linux";
constexpr std::string_view kClass = "Linux_EventSubscription";

cim::ClassPtr RecordClass(const store::Repository& repository) {
  const store::NamespacePtr classes = repository.FindNamespace(kSpace);
  return classes ? classes->FindClass(kClass) : nullptr;
}

cim::ValueView ValueOf(const cim::Object& object, std::string_view property) {
  const auto slot = object.schema().FindSlot(property);
  return slot ? object.slot(*slot) : cim::ValueView();
}

std::uint64_t NumberOf(const cim::Object& object, std::string_view property) {
  const cim::ValueView value = ValueOf(object, property);
  return value.kind() == cim::ValueKind::kUnsigned ? value.unsigned_integer() : 0;
}

std::string TextOf(const cim::Object& object, std::string_view property) {
  const cim::ValueView value = ValueOf(object, property);
  return value.kind() == cim::ValueKind::kText ? std::string(value.text()) : std::string();
}

struct NamedCondition {
  SubscriptionState::Condition condition;
  const char* name;
};
constexpr std::array<NamedCondition, 4> kConditions = {{{SubscriptionState::Condition::kStarting, "Starting"},
                                                        {SubscriptionState::Condition::kActive, "Active"},
                                                        {SubscriptionState::Condition::kInactive, "Inactive"},
                                                        {SubscriptionState::Condition::kStopped, "Stopped"}}};

SubscriptionState::Condition ConditionOf(std::string_view name) {
  for (const NamedCondition& one : kConditions) {
    if (name == one.name) return one.condition;
  }
  return SubscriptionState::Condition::kStopped;
}

// One instance of the record class.
class Record {
 public:
  explicit Record(const cim::ClassPtr& schema) : schema_(*schema) { row_.BeginRow(schema); }

  // An empty text is NULL.
  void Set(std::string_view property, const std::string& text) {
    const auto slot = schema_.FindSlot(property);
    if (slot && !text.empty()) row_.SetText(*slot, text);
  }
  void Set(std::string_view property, std::uint64_t number) {
    if (const auto slot = schema_.FindSlot(property)) row_.SetUnsigned(*slot, number);
  }
  cim::Object Make() {
    row_.CommitRow();
    std::vector<cim::Object> made;
    row_.Finish(made);
    return std::move(made.front());
  }

 private:
  const cim::Class& schema_;
  cim::RowBlockBuilder row_;
};

cim::Object RecordOf(const cim::ClassPtr& schema, const SubscriptionState& state) {
  Record record(schema);
  record.Set("Binding", state.path);
  record.Set("Filter", state.filter);
  record.Set("Consumer", state.consumer);
  record.Set("Query", state.query);
  record.Set("Creator", state.creator);
  record.Set("CreationDate", state.created);
  record.Set("State", ConditionName(state.condition));
  record.Set("Reason", state.reason);
  record.Set("EventsDelivered", state.figures.delivered);
  record.Set("EventsFailed", state.figures.failed);
  record.Set("EventsLost", state.figures.lost);
  if (state.figures.last_delivery != 0) {
    record.Set("LastDelivery", cim::FormatLocalDatetime(state.figures.last_delivery));
  }
  record.Set("LastFailure", state.figures.last_failure);
  return record.Make();
}

SubscriptionState StateOf(const cim::Object& record) {
  SubscriptionState state;
  state.path = TextOf(record, "Binding");
  state.filter = TextOf(record, "Filter");
  state.consumer = TextOf(record, "Consumer");
  state.query = TextOf(record, "Query");
  state.creator = TextOf(record, "Creator");
  state.created = TextOf(record, "CreationDate");
  state.condition = ConditionOf(TextOf(record, "State"));
  state.reason = TextOf(record, "Reason");
  state.figures.delivered = NumberOf(record, "EventsDelivered");
  state.figures.failed = NumberOf(record, "EventsFailed");
  state.figures.lost = NumberOf(record, "EventsLost");
  const Result<cim::Datetime> last = cim::ParseDatetime(TextOf(record, "LastDelivery"));
  if (last.ok()) state.figures.last_delivery = last->microseconds;
  state.figures.last_failure = TextOf(record, "LastFailure");
  return state;
}

}  // namespace

const char* ConditionName(SubscriptionState::Condition condition) {
  for (const auto& [each, name] : kConditions) {
    if (each == condition) return name;
  }
  return "";
}

Result<std::map<std::string, SubscriptionState>> ReadSubscriptionRecords(const store::Repository& repository) {
  std::map<std::string, SubscriptionState> records;
  if (!RecordClass(repository)) return records;
  for (const cim::Object& record : TRY(repository.ListInstances(kSpace, kClass))) {
    SubscriptionState state = StateOf(record);
    records.insert_or_assign(state.path, state);
  }
  return records;
}

Status WriteSubscriptionRecords(store::Repository& repository, const std::vector<SubscriptionState>& states,
                                const std::vector<std::string>& gone) {
  const cim::ClassPtr schema = RecordClass(repository);
  if (!schema || (states.empty() && gone.empty())) return Status();
  return repository.Change([&](store::Transaction& transaction) -> Status {
    for (const SubscriptionState& state : states) {
      TRY(transaction.PutInstance(kSpace, RecordOf(schema, state), cim::PutMode::kCreateOrUpdate));
    }
    for (const std::string& path : gone) {
      const Status deleted = transaction.DeleteInstance(kSpace, kClass, {cim::Value::Text(path)});
      if (!deleted.ok() && deleted.code() != code::kNotFound) return Status(deleted);
    }
    return Status();
  });
}

}  // namespace wmi::engine
