// RepositoryEvents: the events of namespaces, classes and stored instances, from what the repository commits
// (contract 6.1).
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "engine/event_hub.h"
#include "store/change.h"
#include "store/repository.h"

namespace wmi::engine {

// Safe from several threads. The repository holds it; both other ones outlive it.
class RepositoryEvents final : public store::ChangeObserver {
 public:
  RepositoryEvents(const store::Repository& repository, EventHub& hub) : repository_(repository), hub_(hub) {}

  bool Wants(store::Change::Subject subject) const noexcept override;
  void Committed(std::vector<store::Change> changes, std::uint64_t left_out) noexcept override;
  // Changes of which nobody was told: there were too many in one commit, or no memory for the event.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  cim::Object EventOf(const store::Change& change) const;

  const store::Repository& repository_;
  EventHub& hub_;
  std::atomic<std::uint64_t> lost_ = 0;
};

}  // namespace wmi::engine
