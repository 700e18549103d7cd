// RepositoryEvents: the events of namespaces, classes and stored instances, from what the repository commits
// (contract 6.1).
#pragma once

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

  // The subjects whose events can be of this class or of a subclass.
  static store::SubjectSet SubjectsOf(const cim::Class& event);

  bool Wants(store::Change::Subject subject) const noexcept override;
  void Committed(std::vector<store::Change> changes, std::uint64_t left_out) noexcept override;

 private:
  cim::Object EventOf(const store::Change& change) const;
  // Too much for one commit, too late, or no memory for an event: what it was, nobody knows.
  void TellOfLoss(std::uint64_t count) noexcept;

  const store::Repository& repository_;
  EventHub& hub_;
};

}  // namespace wmi::engine
