// Notes: what a repository keeps about itself, in the table `meta`, each with a checksum.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "store/sql/connection.h"

namespace wmi::store {

// How much of the autorecover list was compiled since the repository was made, or made again out of a damaged one: the
// number of its last file, 0 at first. Empty when all of it was.
inline constexpr std::string_view kRecoveryNote = "recovery";

// The state of all classes; as ReadSchemaRevision says.
inline constexpr std::string_view kRevisionNote = "schema_revision";

// A note as it is kept: eight bytes of checksum over name and text, then the text.
std::string NoteBytes(std::string_view name, std::string_view text);
bool IsSoundNote(std::string_view name, std::string_view bytes);

// Empty when there is none, and for one that is damaged: whoever wrote it then does again what it said was done.
Result<std::string> ReadNote(sql::Connection& connection, std::string_view name);
// Inside a transaction of the caller.
Status WriteNote(sql::Connection& connection, std::string_view name, std::string_view text);

// The number of the state of all classes; it changes with every change of a class or namespace, to one that no other
// state of any repository has.
Result<std::int64_t> ReadSchemaRevision(sql::Connection& connection);
Status RenewSchemaRevision(sql::Connection& connection);

}  // namespace wmi::store
