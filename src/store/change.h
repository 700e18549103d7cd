// What a commit changed, for those who wait for it (contract 6.1: class, namespace and stored-instance events).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cim/row.h"

namespace wmi::store {

// One change that was committed. What its names look like does not matter: a class or an instance of a system class
// that a client put is told like any other.
//
// - An instance: put or deleted. A put that changes nothing is no change.
// - A class: put, when it differs from what was there, or deleted. A class that is deleted takes its subclasses and all
//   their instances along: first the instances of a class, then the class, subclasses before their superclass. What a
//   change of a class does to its subclasses is not told.
// - A namespace: made or deleted, those inside first. What is in it when it is made or deleted is not told.
struct Change {
  enum class Subject : std::uint8_t { kNamespace, kClass, kInstance };
  enum class Operation : std::uint8_t { kCreation, kModification, kDeletion };

  Subject subject = Subject::kInstance;
  Operation operation = Operation::kCreation;
  std::string name_space;  // where, spelled as it was created; for a namespace its parent, empty for ROOT
  std::string child;       // of a namespace: the last part of its name
  // The class or instance; both empty for a namespace.
  cim::Object before;  // empty for a creation, and for a modification that mended what was damaged
  cim::Object after;   // empty for a deletion
};

inline constexpr std::size_t kSubjectCount = 3;

// Some subjects. A value.
class SubjectSet {
 public:
  constexpr bool Has(Change::Subject subject) const { return (bits_ & BitOf(subject)) != 0; }
  constexpr void Add(Change::Subject subject) { bits_ |= BitOf(subject); }
  constexpr bool is_empty() const { return bits_ == 0; }
  friend constexpr SubjectSet operator|(SubjectSet a, SubjectSet b) {
    a.bits_ |= b.bits_;
    return a;
  }

 private:
  static constexpr unsigned BitOf(Change::Subject subject) { return 1U << static_cast<unsigned>(subject); }
  unsigned bits_ = 0;
};

// What one commit tells at most; the first changes are told, those behind are counted.
inline constexpr std::size_t kChangesToldMax = 100'000;
inline constexpr std::size_t kChangeBytesToldMax = std::size_t{256} << 20;  // of the objects; the last may go beyond

// Is told what this process commits through Repository::Change. What other processes commit is noted down for those who
// ask (store/change_log.h). Nobody is told of what Repository::Exclusive does, such as a restore;
// Repository::untold_commits counts such commits.
class ChangeObserver {
 public:
  virtual ~ChangeObserver() = default;

  // Asked when a transaction begins. What nobody wants is not noted down and costs nothing. Whoever becomes interested
  // later is told from the next transaction on. On any thread.
  virtual bool Wants(Change::Subject subject) const noexcept = 0;

  // After each commit that did something wanted, in the order of commits, on a thread that commits, before the calls
  // that made the changes return. `changes` are in the order in which they were made. `left_out` changes are not among
  // them: those past the limits above, and deletions of what was damaged and cannot be shown.
  //
  // The repository may be looked at, and shows these changes. It must not be changed from here, and everybody who
  // changes it waits: be short.
  virtual void Committed(std::vector<Change> changes, std::uint64_t left_out) noexcept = 0;
};

}  // namespace wmi::store
