#include "this_machine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "providers/linux/register.h"
#include "rules.h"
#include "schema.h"

namespace wmi::classes {
namespace {

// Of the registry for all tests of this program; the engine's rule holds here too: a provider that does not look up is
// asked for everything, and the rest is left out by the caller.
provider::InstanceProvider& ProviderOf(const std::string& class_name) {
  static const provider::Registry* const registry = [] {
    auto* made = new provider::Registry;
    linuxos::RegisterLinuxProviders(*made);
    return made;
  }();
  provider::InstanceProvider* const found = registry->Find(class_name);
  if (found == nullptr) throw std::runtime_error("no provider serves " + class_name);
  return *found;
}

}  // namespace

provider::KeyTuple KeysOf(const cim::Object& row) {
  provider::KeyTuple keys;
  for (const std::size_t slot : row.schema().key_slots()) keys.push_back(cim::Value::Copy(row.slot(slot)));
  return keys;
}

Rows Query(const cim::ClassPtr& schema, std::vector<provider::KeyTuple> keys) {
  provider::InstanceProvider& provider = ProviderOf(schema->name());
  provider::Request request;
  request.schema = schema;
  const bool looks_up = provider.support().keys;
  request.has_keys = !keys.empty() && looks_up;
  if (request.has_keys) request.keys = keys;
  if (!keys.empty() && !looks_up) {
    request.accepts = [&keys](const cim::Row& row) {
      return std::any_of(keys.begin(), keys.end(), [&](const provider::KeyTuple& wanted) {
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          const ValueView value = row.slots[row.schema->key_slots()[i]];
          const bool is_text = value.kind() == ValueKind::kText && wanted[i].view().kind() == ValueKind::kText;
          if (is_text ? !EqualFolded(value.text(), wanted[i].view().text()) : !cim::SameValue(value, wanted[i].view()))
            return false;
        }
        return true;
      });
    };
  }
  auto stream = provider.Open(request);
  Rows result;
  EXPECT_TRUE(stream.ok()) << stream.status().Message();
  if (!stream.ok()) return result;
  for (int pull = 0; pull < 100'000; ++pull) {
    provider::RowWriter writer(request, 64, 1u << 20);
    const auto state = (*stream)->Read(writer);
    EXPECT_TRUE(state.ok()) << state.status().Message();
    result.denied.insert(writer.denied_slots().begin(), writer.denied_slots().end());
    result.incomplete.insert(writer.incomplete().begin(), writer.incomplete().end());
    writer.Finish(result.rows);
    if (!state.ok() || *state == provider::ReadState::kEnd) break;
  }
  return result;
}

Rows QueryByRule(const std::string& class_name) {
  std::vector<provider::KeyTuple> keys;
  for (const std::string& key : Rules::Get().by_class().at(class_name).keys) keys.push_back({cim::Value::Text(key)});
  return Query(Schema::Get().GetClass(class_name), keys);
}

std::vector<std::string> RuledClasses() {
  std::vector<std::string> names;
  for (const auto& [name, rule] : Rules::Get().by_class()) names.push_back(name);
  return names;
}

}  // namespace wmi::classes
