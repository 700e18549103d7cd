#include "store/salvage.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "cim/row.h"
#include "store/encoding/class_code.h"
#include "store/encoding/row_code.h"
#include "store/folder_lock.h"
#include "store/instance_index.h"
#include "store/note.h"
#include "store/stored_rows.h"
#include "store/world_reader.h"

namespace wmi::store {
namespace {

constexpr const char* kNewFolder = "/salvage.new";

// Why the copy cannot go on; damage of the old file is no reason.
bool IsFailure(const Status& status) { return !status.ok() && status.code() != code::kCriticalError; }

class CopiedDefinitions final : public ClassSource {
 public:
  explicit CopiedDefinitions(sql::Connection& connection) : connection_(connection) {}
  Result<cim::ClassDeclaration> ReadDefinition(Id definition) const override {
    sql::Statement body = connection_.Use("SELECT body FROM definitions WHERE id = ?1");
    if (!TRY(body.Bind(1, definition).Step())) return Status(code::kCriticalError, "its definition is lost");
    return DecodeDeclaration(body.Blob(0));
  }

 private:
  sql::Connection& connection_;
};

// From the old tables to the new ones, inside a transaction of the new ones. Rows keep their numbers, which their
// checksums cover.
class Rescue {
 public:
  Rescue(sql::Connection& from, sql::Connection& to, const std::string& server, SalvageReport& report)
      : from_(from), to_(to), server_(server), report_(report) {}

  Status Run() {
    TRY(CopyNamespaces());
    TRY(CopyDefinitions());
    TRY(CopyClasses());
    TRY(DropUnreadableClasses());
    TRY(CopyLayouts());
    TRY(CopyInstances());
    TRY(WriteCounts());
    return CopyNotes();
  }

 private:
  using TakeRow = std::function<Status(const sql::Statement&)>;

  void Lose(std::string place, std::string what) {
    ++report_.lost_total;
    if (report_.lost.size() < VerifyReport::kFindingsMax) report_.lost.push_back({std::move(place), std::move(what)});
  }

  // Rows with a number above `after`, until the end or until nothing can be read; `last` is the last one.
  Status ReadRows(const char* text, Id after, const TakeRow& take, Id& last) {
    sql::Statement rows = from_.Use(text);
    rows.Bind(1, after);
    while (TRY(rows.Step())) {
      last = rows.Integer(0);
      TRY(take(rows));
    }
    return Status();
  }
  bool CanReadAfter(const char* text, Id after) {
    sql::Statement rows = from_.Use(text);
    return rows.Bind(1, after).Step().ok();
  }

  // All rows of a table, ascending, over pages that cannot be read.
  Status ReadTable(const char* table, const char* text, const TakeRow& take) {
    Id last = std::numeric_limits<Id>::min();
    for (;;) {
      Status status = ReadRows(text, last, take, last);
      if (status.ok() || IsFailure(status)) return status;
      if (std::string_view(table) != "instances") schema_is_whole_ = false;
      Lose(table, fmt::format("rows after number {}: {}", std::max<Id>(last, 0), status.Message()));
      // The first place behind it from which it goes on: farther and farther, then back by halves.
      const Id start = std::max<Id>(last, 0);
      Id step = 1;
      while (!CanReadAfter(text, start + step)) {
        if (step > std::numeric_limits<Id>::max() / 4 - start) return Status();
        step *= 2;
      }
      Id low = start + step / 2;
      Id high = start + step;
      while (high - low > 1) {
        const Id middle = low + (high - low) / 2;
        (CanReadAfter(text, middle) ? high : low) = middle;
      }
      last = high;
    }
  }

  Status CopyNamespaces() {
    return ReadTable("namespaces", "SELECT id, folded, name, sum FROM namespaces WHERE id > ?1 ORDER BY id",
                     [this](const sql::Statement& row) -> Status {
                       if (row.Integer(3) != NamespaceSum(row.Text(2)) || row.Text(1) != Fold(row.Text(2))) {
                         schema_is_whole_ = false;
                         Lose(std::string(row.Text(2)), "the namespace: its row is damaged");
                         return Status();
                       }
                       sql::Statement put =
                           to_.Use("INSERT OR IGNORE INTO namespaces (id, folded, name, sum) VALUES (?1, ?2, ?3, ?4)");
                       put.Bind(1, row.Integer(0)).BindText(2, row.Text(1)).BindText(3, row.Text(2));
                       TRY(put.Bind(4, row.Integer(3)).Run());
                       ++report_.namespaces;
                       spaces_.insert(row.Integer(0));
                       return Status();
                     });
  }

  Status CopyDefinitions() {
    return ReadTable("definitions", "SELECT id, body FROM definitions WHERE id > ?1 AND retired IS NULL ORDER BY id",
                     [this](const sql::Statement& row) -> Status {
                       if (!DecodeDeclaration(row.Blob(1)).ok()) return Status();  // told with its class
                       sql::Statement put = to_.Use("INSERT OR IGNORE INTO definitions (id, body) VALUES (?1, ?2)");
                       return put.Bind(1, row.Integer(0)).BindBlob(2, row.Blob(1)).Run();
                     });
  }

  Status CopyClasses() {
    return ReadTable(
        "classes",
        "SELECT id, namespace, folded, name, superclass, definition, sum FROM classes WHERE id > ?1 ORDER BY id",
        [this](const sql::Statement& row) -> Status {
          const bool is_sound = row.Integer(6) == ClassSum(row.Integer(1), row.Text(3), row.Text(4), row.Integer(5)) &&
                                row.Text(2) == Fold(row.Text(3)) && spaces_.contains(row.Integer(1));
          if (!is_sound) {
            schema_is_whole_ = false;
            Lose(std::string(row.Text(3)), "the class: its row is damaged, or its namespace is lost");
            return Status();
          }
          sql::Statement put = to_.Use(
              "INSERT OR IGNORE INTO classes (id, namespace, folded, name, superclass, definition, sum) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
          put.Bind(1, row.Integer(0)).Bind(2, row.Integer(1)).BindText(3, row.Text(2)).BindText(4, row.Text(3));
          return put.BindText(5, row.Text(4)).Bind(6, row.Integer(5)).Bind(7, row.Integer(6)).Run();
        });
  }

  Status DropUnreadableClasses() {
    world_ = TRY(ReadWorld(to_, server_, std::make_shared<CopiedDefinitions>(to_), World()));
    for (const auto& [name, space] : *world_) {
      for (const std::string& class_name : space->ClassNames()) {
        const StoredClassPtr stored = space->FindStored(class_name);
        if (stored != nullptr) {
          decoders_.emplace(stored->id, std::make_unique<RowDecoder>(stored));
          space_of_.emplace(stored->id, space->name());
          ++report_.classes;
          continue;
        }
        schema_is_whole_ = false;
        Lose(fmt::format("{}:{}", name, class_name), "the class: " + space->DamageOf(class_name).Message());
        sql::Statement drop = to_.Use("DELETE FROM classes WHERE id = ?1");
        TRY(drop.Bind(1, space->IdOf(class_name)).Run());
      }
    }
    return Status();
  }

  Status CopyLayouts() {
    return ReadTable("layouts", "SELECT id, body FROM layouts WHERE id > ?1 ORDER BY id",
                     [this](const sql::Statement& row) -> Status {
                       if (LayoutId(row.Blob(1)) != row.Integer(0)) return Status();  // told with its rows
                       sql::Statement put = to_.Use("INSERT OR IGNORE INTO layouts (id, body) VALUES (?1, ?2)");
                       return put.Bind(1, row.Integer(0)).BindBlob(2, row.Blob(1)).Run();
                     });
  }

  Status CopyInstances() {
    return ReadTable("instances", "SELECT id, class, root, key, row FROM instances WHERE id > ?1 ORDER BY id",
                     [this](const sql::Statement& row) { return CopyInstance(row); });
  }

  Status CopyInstance(const sql::Statement& row) {
    const Id id = row.Integer(0);
    const Id class_id = row.Integer(1);
    const auto decoder = decoders_.find(class_id);
    const std::string place = fmt::format("instance number {}", id);
    if (decoder == decoders_.end()) {
      Lose(place, fmt::format("its class, number {}, is lost", class_id));
      return Status();
    }
    const StoredClass& stored = decoder->second->stored();
    ObjectSink sink;
    Status decoded = decoder->second->Decode(to_, {class_id, row.Integer(2), row.Blob(3)}, row.Blob(4), sink);
    if (IsFailure(decoded)) return decoded;
    if (!decoded.ok() || row.Integer(2) != stored.key_root) {
      Lose(fmt::format("{} of {}", place, stored.schema->name()), decoded.Message());
      return Status();
    }
    sql::Statement put =
        to_.Use("INSERT OR IGNORE INTO instances (id, class, root, key, row) VALUES (?1, ?2, ?3, ?4, ?5)");
    put.Bind(1, id).Bind(2, class_id).Bind(3, row.Integer(2)).BindBlob(4, row.Blob(3)).BindBlob(5, row.Blob(4));
    TRY(put.Run());
    if (to_.changes() == 0) {
      Lose(fmt::format("{} of {}", place, stored.schema->name()), "another row has its key");
      return Status();
    }
    ++report_.instances;
    return WriteIndexes(stored, id, sink.Take().front());
  }

  Status WriteIndexes(const StoredClass& stored, Id id, const cim::Object& row) {
    for (const IndexedValue& indexed : IndexedValues(row)) {
      sql::Statement put =
          to_.Use("INSERT OR IGNORE INTO property_values (class, property, value, instance) VALUES (?1, ?2, ?3, ?4)");
      put.Bind(1, stored.id).BindText(2, indexed.property).BindBlob(3, indexed.value).Bind(4, id);
      TRY(put.Run());
    }
    for (const ReferenceValue& reference : ReferenceValues(row, space_of_.at(stored.id), server_)) {
      sql::Statement put =
          to_.Use("INSERT OR IGNORE INTO instance_references (target, instance, property) VALUES (?1, ?2, ?3)");
      TRY(put.BindText(1, reference.target).Bind(2, id).BindText(3, reference.property).Run());
    }
    return Status();
  }

  Status WriteCounts() {
    return to_.Execute(
        "UPDATE classes SET instances = (SELECT count(*) FROM instances WHERE class = classes.id); "
        "DELETE FROM definitions WHERE id NOT IN (SELECT definition FROM classes)");
  }

  // The notes say which schema is installed; where classes are lost it is to be installed again. Where anything is lost
  // the MOF on the autorecover list is to be compiled again: then the note stays that every new file begins with.
  Status CopyNotes() {
    TRY(RenewSchemaRevision(to_));
    std::vector<std::pair<std::string, std::string>> notes;
    Status read = ReadNotes(notes);
    if (IsFailure(read)) return read;
    if (!read.ok()) Lose("meta", "notes about the repository: " + read.Message());
    if (report_.lost_total == 0) TRY(WriteNote(to_, kRecoveryNote, ""));
    for (const auto& [name, text] : notes) {
      const bool is_of_schema = name != kRecoveryNote;
      if (is_of_schema ? schema_is_whole_ : report_.lost_total == 0) TRY(WriteNote(to_, name, text));
    }
    return Status();
  }

  Status ReadNotes(std::vector<std::pair<std::string, std::string>>& notes) {
    sql::Statement rows = from_.Use("SELECT name, value FROM meta WHERE name <> 'schema_revision'");
    while (TRY(rows.Step())) {
      const std::string name(rows.Text(0));
      if (!IsSoundNote(name, rows.Blob(1))) {
        Lose("meta", "a note about the repository: its checksum differs");
        continue;
      }
      notes.emplace_back(name, rows.Blob(1).substr(sizeof(std::uint64_t)));
    }
    return Status();
  }

  sql::Connection& from_;
  sql::Connection& to_;
  const std::string& server_;
  SalvageReport& report_;
  std::unordered_set<Id> spaces_;
  WorldPtr world_;
  std::unordered_map<Id, std::unique_ptr<RowDecoder>> decoders_;
  std::unordered_map<Id, std::string> space_of_;
  bool schema_is_whole_ = true;
};

// Somebody else's database: its tables can be read, and ours are not among them.
bool IsForeign(sql::Connection& connection) {
  sql::Statement tables = connection.Use(
      "SELECT count(*), coalesce(sum(name IN ('namespaces', 'classes', 'instances')), 0) FROM sqlite_schema "
      "WHERE type = 'table'");
  const Result<bool> found = tables.Step();
  return found.ok() && *found && tables.Integer(0) > 0 && tables.Integer(1) == 0;
}

Status Move(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT) return Status();
  return SystemStatus(code::kAccessDenied, fmt::format("rename({})", from), errno);
}

// The old file gets a second name first, so that there is a repository at every moment; a log must not lie beside a
// file that it does not belong to.
Status Replace(const std::string& folder, const std::string& damaged) {
  const std::string file = folder + "/repository.db";
  if (link(file.c_str(), damaged.c_str()) != 0) {
    return SystemStatus(errno == ENOSPC ? code::kOutOfDiskSpace : code::kAccessDenied, fmt::format("link({})", file),
                        errno);
  }
  TRY(Move(file + "-wal", damaged + "-wal"));
  unlink((file + "-shm").c_str());
  return Move(folder + kNewFolder + "/repository.db", file);
}

Status CopySound(const std::string& folder, const std::string& server, SalvageReport& report) {
  auto old = TRY(sql::Connection::Open(folder + "/repository.db", sql::Access::kRead));
  if (IsForeign(*old)) {
    return Status(code::kInvalidOperation,
                  fmt::format("{}/repository.db is a database, but was never a repository; set OPENWMI_REPOSITORY to "
                              "another folder",
                              folder));
  }
  const std::unique_ptr<Database> fresh =
      TRY(Database::Open({.folder = folder + kNewFolder, .vfs = nullptr, .access = sql::Access::kWrite}));
  sql::Connection& to = fresh->writer();
  TRY(to.Execute("BEGIN IMMEDIATE"));
  TRY(Rescue(*old, to, server, report).Run());
  return to.Execute("COMMIT");
}

}  // namespace

std::string SalvageReport::Summary() const {
  return fmt::format(
      "the repository was damaged: {} namespaces, {} classes and {} instances were saved, {} things were lost; the "
      "damaged file is {}",
      namespaces, classes, instances, lost_total, damaged_file);
}

Result<SalvageReport> Salvage(const std::string& folder, const std::string& server) {
  const std::string file = folder + "/repository.db";
  if (access(file.c_str(), F_OK) != 0) return SystemStatus(code::kNotFound, fmt::format("access({})", file), errno);
  const std::unique_ptr<FolderLock> lock = TRY(FolderLock::Take(folder, FolderLock::Kind::kExclusive));
  SalvageReport report;
  report.damaged_file =
      fmt::format("{}.damaged-{:%Y%m%dT%H%M%SZ}", file, fmt::gmtime(std::chrono::system_clock::now()));
  for (int number = 2; access(report.damaged_file.c_str(), F_OK) == 0; ++number) {
    report.damaged_file =
        fmt::format("{}.damaged-{:%Y%m%dT%H%M%SZ}-{}", file, fmt::gmtime(std::chrono::system_clock::now()), number);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder + kNewFolder, ignored);
  Status status = CopySound(folder, server, report);
  if (status.ok()) status = Replace(folder, report.damaged_file);
  std::filesystem::remove_all(folder + kNewFolder, ignored);
  if (!status.ok()) return status;
  return report;
}

}  // namespace wmi::store
