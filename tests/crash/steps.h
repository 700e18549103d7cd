// A story of changes in which every step and every state follows from a number, so that whoever knows how far a writer
// came knows what the repository must hold.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/status.h"
#include "store/repository.h"

namespace wmi::crash {

// What the steps of one writer leave.
struct Story {
  std::map<std::string, std::string> rows;  // key to text
  std::set<std::string> classes;
  std::set<std::string> namespaces;
  bool operator==(const Story&) const = default;
  std::string Describe() const;
};

// The namespace ROOT\crash and its classes, for the first who comes.
Status Prepare(store::Repository& repository);

// Does step `number` (from 1) of this writer: one transaction with several changes.
Status DoStep(store::Repository& repository, const std::string& writer, std::uint64_t number);
// What must be there after steps 1 to `number`.
Story StoryAfter(const std::string& writer, std::uint64_t number);
// What is there of this writer: by enumeration; a row that is not found by its key, too, is a failure.
Result<Story> ReadStory(const store::Repository& repository, const std::string& writer);

// The number of a state: `acknowledged` or the one after it, or a failure that says what differs.
Result<std::uint64_t> FindState(const store::Repository& repository, const std::string& writer,
                                std::uint64_t acknowledged);
// What Verify finds, as one failure.
Status CheckSound(const store::Repository& repository);

// Everything that can be read, as one text: for comparing.
Result<std::string> Everything(const store::Repository& repository);

std::uint64_t RoundsOr(std::uint64_t otherwise);
// The seed that the user asked for, or one of the clock; printed.
std::uint64_t Seed();

}  // namespace wmi::crash
