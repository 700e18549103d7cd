// Session: a connection to one namespace, and in whose name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "engine/byte_quota.h"
#include "engine/deadline.h"
#include "exec/task.h"
#include "store/namespace.h"

namespace wmi::engine {

class Engine;

// Who calls: the Linux user in whose name an operation runs.
struct Principal {
  std::uint32_t uid = 0;
  static Principal OfCaller();  // the effective user of the calling thread
  bool operator==(const Principal&) const = default;
};

// English, as the schema of the product is.
inline constexpr char kDefaultLocale[] = "ms_409";

// Immutable; safe from several threads; shared by the operations started through it.
class Session {
 public:
  // Made by Engine::Connect.
  Session(Engine& engine, store::NamespacePtr name_space, Principal principal, exec::Lane lane, Duration time_limit,
          std::shared_ptr<ByteQuota> quota, std::string locale = kDefaultLocale)
      : engine_(engine),
        connected_to_(std::move(name_space)),
        principal_(principal),
        lane_(lane),
        time_limit_(time_limit),
        quota_(std::move(quota)),
        locale_(std::move(locale)) {}

  Engine& engine() const { return engine_; }
  // The namespace as it is now. A call takes it once and so sees one state of the schema.
  store::NamespacePtr name_space() const;
  const Principal& principal() const { return principal_; }
  exec::Lane lane() const { return lane_; }
  // Of a call that does not say its own.
  Duration time_limit() const { return time_limit_; }
  // What the results of this connection may take.
  const std::shared_ptr<ByteQuota>& quota() const { return quota_; }
  // The namespace inside this one that holds texts in the language of the caller: "ms_409" (contract 8.9).
  const std::string& locale() const { return locale_; }

 private:
  Engine& engine_;
  const store::NamespacePtr connected_to_;
  const Principal principal_;
  const exec::Lane lane_;
  const Duration time_limit_;
  const std::shared_ptr<ByteQuota> quota_;
  const std::string locale_;
};

using SessionPtr = std::shared_ptr<const Session>;

}  // namespace wmi::engine
