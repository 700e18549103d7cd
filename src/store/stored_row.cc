#include "store/stored_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/check.h"
#include "cim/instance_qualifiers.h"
#include "store/guid.h"
#include "store/key_text.h"

namespace wmi::store {
namespace {

Status Fault(Code code, const cim::Class& schema, const std::string& property, std::string_view what) {
  ErrorDetail detail;
  detail.parameter = fmt::format("{}.{}", schema.name(), property);
  detail.message = fmt::format("{}: {}", detail.parameter, what);
  return Status(code, std::move(detail));
}

bool MayBeNull(const cim::Property& property) {
  const cim::QualifierSet& qualifiers = property.qualifiers;
  return !qualifiers.IsTrue("not_null") && !qualifiers.IsTrue("indexed") && !qualifiers.IsTrue("index");
}

// Contract 8.5: strings of keys are without characters below U+0020.
bool HasControlCharacter(cim::ValueView value) {
  if (value.kind() != cim::ValueKind::kText) return false;
  const std::string_view text = value.text();
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// Values that the class of the object has and the class in the namespace has no more would be lost silently.
Status CheckNothingIsLost(const cim::Class& schema, const cim::Object& object) {
  if (&object.schema() == &schema) return Status();
  for (std::size_t slot = 0; slot < object.schema().properties().size(); ++slot) {
    const cim::Property& property = object.schema().properties()[slot];
    if (schema.FindSlot(property.name) || !object.IsVisible(slot) || object.slot(slot).is_null()) continue;
    return Fault(code::kInvalidObject, schema, property.name,
                 "the class has no such property (any more); fetch the object again");
  }
  return Status();
}

Result<cim::Value> KeyValue(const cim::Class& schema, const cim::Property& property, cim::ValueView value,
                            NullKeys null_keys) {
  if (HasControlCharacter(value)) {
    return Fault(code::kInvalidObject, schema, property.name, "a key cannot hold characters below U+0020");
  }
  if (!value.is_null()) return cim::Value::Copy(value);
  if (null_keys == NullKeys::kGenerate && property.type.type == cim::CimType::kString) {
    return cim::Value::Text(TRY(NewGuid()));
  }
  return Fault(code::kIllegalNull, schema, property.name,
               property.type.type == cim::CimType::kString
                   ? "the key is NULL, so it names no instance to update"
                   : "the key is NULL; only keys of type string get a value by themselves");
}

// A row alone in its block, which takes no more memory than it needs: it may stay long.
cim::Object BuildRow(const cim::ClassPtr& schema, const std::vector<cim::ValueView>& values,
                     cim::InstanceQualifiersPtr qualifiers) {
  std::size_t bytes = (values.size() + 1) * sizeof(cim::ValueView);
  for (const cim::ValueView value : values) {
    if (value.kind() == cim::ValueKind::kText) bytes += value.text().size();
    if (value.kind() != cim::ValueKind::kArray) continue;
    bytes += (value.items().size() + 1) * sizeof(cim::ValueView);
    for (const cim::ValueView item : value.items()) {
      if (item.kind() == cim::ValueKind::kText) bytes += item.text().size();
    }
  }
  cim::RowBlockBuilder builder;
  builder.ExpectBytes(bytes);
  builder.BeginRow(schema);
  for (std::size_t slot = 0; slot < values.size(); ++slot) builder.Set(slot, values[slot]);
  if (qualifiers != nullptr) builder.SetOwnQualifiers(std::move(qualifiers));
  builder.CommitRow();
  std::vector<cim::Object> rows;
  builder.Finish(rows);
  return std::move(rows.front());
}

// The values of one row, slot by slot.
class RowMaker {
 public:
  RowMaker(const cim::ClassPtr& schema, const cim::Object& object, NullKeys null_keys, const StoredRow& find_stored)
      : schema_(schema),
        object_(object),
        null_keys_(null_keys),
        find_stored_(find_stored),
        values_(schema->properties().size()) {}

  Result<cim::Object> Make() {
    TRY(CheckNothingIsLost(*schema_, object_));
    TRY(FillKeys());
    for (std::size_t slot = 0; slot < schema_->properties().size(); ++slot) {
      if (!schema_->properties()[slot].is_key) TRY(Fill(slot));
    }
    return BuildRow(schema_, values_, TRY(Qualifiers()));
  }

 private:
  // The qualifiers of the object itself, of properties by name.
  Result<cim::InstanceQualifiersPtr> Qualifiers() const {
    const cim::InstanceQualifiersPtr& given = object_.own_qualifiers_ptr();
    if (given == nullptr || &object_.schema() == schema_.get()) return given;
    cim::InstanceQualifiers own;
    own.of_object = given->of_object;
    for (const auto& [slot, of_property] : given->of_properties) {
      const auto target = schema_->FindSlot(object_.schema().properties()[slot].name);
      if (target) own.EnsureProperty(*target) = of_property;
    }
    return cim::MakeInstanceQualifiers(*schema_, std::move(own));
  }

  std::optional<std::size_t> SlotInObject(std::size_t slot) const {
    if (&object_.schema() == schema_.get()) return slot;
    return object_.schema().FindSlot(schema_->properties()[slot].name);
  }

  // The value that the object gives, null when it does not show the property.
  Result<std::optional<cim::ValueView>> Given(std::size_t slot) const {
    const cim::Property& property = schema_->properties()[slot];
    const std::optional<std::size_t> from = SlotInObject(slot);
    if (!from || !object_.IsVisible(*from)) return std::optional<cim::ValueView>();
    const cim::ValueView value = object_.slot(*from);
    const Status status = cim::CheckValue(property.type, value);
    if (status.ok()) return std::optional<cim::ValueView>(value);
    const Code code = status.code() == code::kQuotaViolation ? status.code() : code::kInvalidObject;
    return Fault(code, *schema_, property.name, status.Message());
  }

  Status FillKeys() {
    for (const std::size_t slot : schema_->key_slots()) {
      const cim::Property& property = schema_->properties()[slot];
      const std::optional<cim::ValueView> given = TRY(Given(slot));
      if (!given) {
        return Fault(code::kNoKey, *schema_, property.name,
                     "the object was fetched without this key; select it, or fetch the whole object");
      }
      keys_.push_back(TRY(KeyValue(*schema_, property, *given, null_keys_)));
    }
    // Only now, because views do not survive that keys_ grows.
    for (std::size_t i = 0; i < keys_.size(); ++i) values_[schema_->key_slots()[i]] = keys_[i].view();
    const bool gives_all = &object_.schema() == schema_.get() && object_.visible().is_all();
    if (!gives_all) stored_ = find_stored_(KeyText(keys_));
    return Status();
  }

  Status Fill(std::size_t slot) {
    const cim::Property& property = schema_->properties()[slot];
    const std::optional<cim::ValueView> given = TRY(Given(slot));
    const cim::ValueView otherwise = stored_ ? stored_.slot(slot) : property.default_value.view();
    const cim::ValueView value = given ? *given : otherwise;
    if (value.is_null() && !MayBeNull(property)) {
      return Fault(code::kIllegalNull, *schema_, property.name, "the property must not be NULL; give it a value");
    }
    values_[slot] = value;
    return Status();
  }

  const cim::ClassPtr& schema_;
  const cim::Object& object_;
  const NullKeys null_keys_;
  const StoredRow& find_stored_;
  cim::Object stored_;
  KeyTuple keys_;
  // Look into the object, the stored row, the class and keys_.
  std::vector<cim::ValueView> values_;
};

}  // namespace

Result<cim::Object> MakeStoredRow(const cim::ClassPtr& schema, const cim::Object& object, NullKeys null_keys,
                                  const StoredRow& find_stored) {
  return RowMaker(schema, object, null_keys, find_stored).Make();
}

}  // namespace wmi::store
