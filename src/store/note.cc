#include "store/note.h"

#include <fmt/format.h>

#include "store/encoding/bytes.h"
#include "store/encoding/checksum.h"

namespace wmi::store {

std::string NoteBytes(std::string_view name, std::string_view text) {
  std::string bytes;
  ByteWriter out(bytes);
  out.Fixed64(Checksum({name, text}));
  return bytes.append(text);
}

bool IsSoundNote(std::string_view name, std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t sum = in.Fixed64();
  return !in.failed() && sum == Checksum({name, in.rest()});
}

Result<std::string> ReadNote(sql::Connection& connection, std::string_view name) {
  sql::Statement note = connection.Use("SELECT value FROM meta WHERE name = ?1");
  if (!TRY(note.BindText(1, name).Step())) return std::string();
  const std::string_view bytes = note.Blob(0);
  return IsSoundNote(name, bytes) ? std::string(bytes.substr(sizeof(std::uint64_t))) : std::string();
}

Status WriteNote(sql::Connection& connection, std::string_view name, std::string_view text) {
  const std::string bytes = NoteBytes(name, text);
  sql::Statement write = connection.Use("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)");
  return write.BindText(1, name).BindBlob(2, bytes).Run();
}

Result<std::int64_t> ReadSchemaRevision(sql::Connection& connection) {
  sql::Statement revision = connection.Use("SELECT value FROM meta WHERE name = ?1");
  if (!TRY(revision.BindText(1, kRevisionNote).Step())) return std::int64_t{0};
  // Of all bytes: a damaged one is a state of its own, too.
  return static_cast<std::int64_t>(Checksum({revision.Blob(0)}));
}

Status RenewSchemaRevision(sql::Connection& connection) {
  std::uint64_t number = 0;
  sqlite3_randomness(sizeof number, &number);
  return WriteNote(connection, kRevisionNote, fmt::format("{:016x}", number));
}

}  // namespace wmi::store
