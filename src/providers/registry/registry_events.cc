#include "providers/registry/registry_events.h"

#include <fmt/format.h>
#include <winreg.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "provider/event_writer.h"
#include "providers/registry/key_watch.h"
#include "win32/registry/open_keys.h"

namespace wmi::registry {
namespace {

using win32::ErrorCode;
using win32::KeyPath;
using win32::RegistryStore;

struct Kind {
  std::string_view class_name;
  std::string_view path_property;
  KeyWatch::Depth depth;
  bool is_value;
};

constexpr Kind kKinds[] = {
    {"RegistryKeyChangeEvent", "KeyPath", KeyWatch::Depth::kKey, false},
    {"RegistryTreeChangeEvent", "RootPath", KeyWatch::Depth::kTree, false},
    {"RegistryValueChangeEvent", "KeyPath", KeyWatch::Depth::kKey, true},
};

// Windows does not tell of the first two either; here it can be said where they are.
struct OtherHive {
  std::string_view name;
  std::string_view instead;
};
constexpr OtherHive kOtherHives[] = {
    {"HKEY_CLASSES_ROOT", "ask for HKEY_LOCAL_MACHINE and a path that begins with SOFTWARE\\Classes"},
    {"HKEY_CURRENT_USER", "ask for HKEY_USERS and a path that begins with the SID of the user"},
    {"HKEY_CURRENT_CONFIG", "this registry has no such hive; ask for HKEY_LOCAL_MACHINE"},
};

Status CheckHive(std::string_view hive) {
  if (EqualFolded(hive, "HKEY_LOCAL_MACHINE") || EqualFolded(hive, "HKEY_USERS")) return Status();
  for (const OtherHive& other : kOtherHives) {
    if (!EqualFolded(hive, other.name)) continue;
    return Status(code::kNotSupported, fmt::format("there are no events of {}; {}", other.name, other.instead))
        .WithParameter(std::string(hive));
  }
  return Status(code::kNotFound, fmt::format("there is no hive '{}'; Hive is HKEY_LOCAL_MACHINE or HKEY_USERS", hive))
      .WithParameter(std::string(hive));
}

Result<KeyPath> KeyOf(const Kind& kind, std::string_view hive, std::string_view names) {
  TRY(CheckHive(hive));
  KeyPath key{std::string(hive)};
  const ErrorCode error = win32::AppendNames(names, key);
  if (error == ERROR_SUCCESS) return key;
  return Status(code::kInvalidParameter,
                fmt::format("{} = '{}' is no path of a key: {}", kind.path_property, names,
                            error == ERROR_BAD_PATHNAME ? "it begins with a backslash" : "it is too long or too deep"))
      .WithParameter(std::string(names));
}

Result<RegistryStore> Registry() {
  std::string root;
  if (win32::UserRegistryRoot(root) == ERROR_SUCCESS) return win32::RegistryAt(std::move(root));
  return Status(code::kNotFound,
                "the registry has no folder: neither OPENWMI_REGISTRY, XDG_STATE_HOME nor HOME is set");
}

// One value as it is, or why it is not.
struct ValueState {
  ErrorCode error = ERROR_SUCCESS;
  win32::RegistryValue value;

  bool operator==(const ValueState& other) const {
    return error == other.error && value.type == other.value.type && value.data == other.value.data;
  }
};

class RegistryListening final : public provider::Listening {
 public:
  // What every event of it says.
  struct Subject {
    cim::ClassPtr schema;
    std::vector<std::string_view> properties;
    std::vector<std::string> values;
    bool is_value = false;  // then the last is its name
  };

  RegistryListening(Subject subject, RegistryStore store, KeyPath key, KeyWatch::Depth depth,
                    std::shared_ptr<provider::EventListener> listener)
      : subject_(std::move(subject)),
        listener_(std::move(listener)),
        watch_(std::move(store), std::move(key), depth,
               {[this] { Changed(); }, [this](Status why) { listener_->Ended(std::move(why)); }}) {}

  Status Start(exec::Reactor& reactor) {
    TRY(watch_.Open());
    if (subject_.is_value) last_ = ReadValue();
    return watch_.Start(reactor);
  }

 private:
  ValueState ReadValue() const {
    ValueState state;
    state.error = watch_.store().Read(watch_.key(), subject_.values.back(), state.value);
    return state;
  }

  void Changed() {
    if (subject_.is_value) {
      ValueState now = ReadValue();
      if (now == last_) return;
      last_ = std::move(now);
    }
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    provider::EventWriter event(subject_.schema, std::chrono::duration_cast<std::chrono::microseconds>(time).count());
    for (std::size_t i = 0; i < subject_.values.size(); ++i) {
      event.SetText(subject_.properties[i], subject_.values[i]);
    }
    listener_->Fire(event.Finish());
  }

  const Subject subject_;
  const std::shared_ptr<provider::EventListener> listener_;
  ValueState last_;
  KeyWatch watch_;  // last: it goes first
};

class RegistrySource final : public provider::EventSource {
 public:
  explicit RegistrySource(const Kind& kind) : kind_(kind) {}

  std::vector<std::string_view> demanded() const override {
    if (kind_.is_value) return {"Hive", kind_.path_property, "ValueName"};
    return {"Hive", kind_.path_property};
  }

  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::EventListener> listener) override {
    RegistryListening::Subject subject{request.schema, demanded(), {}, kind_.is_value};
    for (const cim::Value& value : request.demanded) subject.values.emplace_back(value.view().text());
    KeyPath key = TRY(KeyOf(kind_, subject.values.at(0), subject.values.at(1)));
    if (kind_.is_value && win32::CheckName(subject.values.at(2)) != ERROR_SUCCESS) {
      return Status(code::kInvalidParameter, "ValueName is too long").WithParameter(subject.values.at(2));
    }
    RegistryStore store = TRY(Registry());
    auto listening = std::make_unique<RegistryListening>(std::move(subject), std::move(store), std::move(key),
                                                         kind_.depth, std::move(listener));
    TRY(listening->Start(reactor));
    return std::unique_ptr<provider::Listening>(std::move(listening));
  }

 private:
  const Kind& kind_;
};

}  // namespace

void RegisterRegistryEvents(provider::EventSources& sources) {
  for (const Kind& kind : kKinds) {
    sources.RegisterEvents(std::string(kind.class_name), std::make_unique<RegistrySource>(kind));
  }
}

}  // namespace wmi::registry
