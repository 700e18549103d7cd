// Subject: who asks for access: a user and the groups that he is in, as security identifiers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "security/sid.h"

namespace wmi::security {

// Immutable; safe from several threads. Everybody is also S-1-1-0 and S-1-5-11; root is also an administrator
// (S-1-5-32-544) and the system (S-1-5-18).
class Subject {
 public:
  // The effective user of the calling thread, with his groups as they are for it. Does not block.
  static Subject OfCaller();
  // A user by his number, with his groups by the user database, whose servers may keep the caller waiting: not for
  // threads that must not block. kNotFound when there is no such user, kFailed when the database does not answer. Root
  // and the caller need no database.
  static Result<Subject> OfUser(std::uint32_t uid);
  // Whoever has this identifier, and no groups but those that everybody is in and that root is in: S-1-22-1-0,
  // S-1-5-32-544 and S-1-5-18 stand for root.
  static Subject Named(const Sid& sid);

  bool Has(const Sid& sid) const;
  const Sid& user() const { return sids_.front(); }

 private:
  explicit Subject(const Sid& user) : sids_{user} {}
  void AddGroups(std::span<const std::uint32_t> gids);
  void AddEverybodys();

  std::vector<Sid> sids_;  // the user; behind him the others, sorted
};

using SubjectPtr = std::shared_ptr<const Subject>;

}  // namespace wmi::security
