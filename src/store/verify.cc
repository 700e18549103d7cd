#include "store/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "cim/class.h"
#include "cim/row.h"
#include "store/encoding/class_code.h"
#include "store/encoding/row_code.h"
#include "store/instance_index.h"
#include "store/key_text.h"
#include "store/namespace.h"
#include "store/note.h"
#include "store/stored_rows.h"
#include "store/world_reader.h"

namespace wmi::store {
namespace {

constexpr std::size_t kRowsAtOnce = 256;
// How many instructions of SQLite's machine lie between two looks at the stop token.
constexpr int kInstructionsBetweenLooks = 20000;

Status Stopped() { return Status(code::kCallCancelled, "the check of the repository was stopped before its end"); }

// What says nothing about the repository, and so is no finding.
bool IsFailure(Code code) {
  return code == code::kCallCancelled || code == code::kOutOfMemory || code == code::kTimedOut;
}

// Definitions out of the snapshot, with its connection.
class SnapshotSource final : public ClassSource {
 public:
  explicit SnapshotSource(sql::Connection& connection) : connection_(connection) {}
  Result<cim::ClassDeclaration> ReadDefinition(Id definition) const override {
    sql::Statement body = connection_.Use("SELECT body FROM definitions WHERE id = ?1");
    if (!TRY(body.Bind(1, definition).Step())) return Status(code::kCriticalError, "its definition is missing");
    return DecodeDeclaration(body.Blob(0));
  }

 private:
  sql::Connection& connection_;
};

// Lets a long statement of SQLite be stopped; for the time of its life.
class StopWatch {
 public:
  StopWatch(sql::Connection& connection, const std::stop_token& stop) : connection_(connection) {
    sqlite3_progress_handler(
        connection_.get(), kInstructionsBetweenLooks,
        [](void* token) { return static_cast<const std::stop_token*>(token)->stop_requested() ? 1 : 0; },
        const_cast<std::stop_token*>(&stop));
  }
  ~StopWatch() { sqlite3_progress_handler(connection_.get(), 0, nullptr, nullptr); }
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;

 private:
  sql::Connection& connection_;
};

// Rows of one class that were decoded and are still to be looked at.
class Batch final : public ObjectSink {
 public:
  void Note(Id instance, std::string_view key) { places_.emplace_back(instance, key); }
  const std::vector<std::pair<Id, std::string>>& places() const { return places_; }
  void Clear() { places_.clear(); }

 private:
  std::vector<std::pair<Id, std::string>> places_;
};

// A class while its instances are read.
struct ClassState {
  ClassState(NamespacePtr schema_space, const StoredClassPtr& read)
      : name_space(std::move(schema_space)), stored(read), decoder(read), has_indexes(HasIndexes(*read->schema)) {}
  NamespacePtr name_space;
  StoredClassPtr stored;
  RowDecoder decoder;
  const bool has_indexes;
  Batch batch;
};

// One run. For one thread.
class Verification {
 public:
  Verification(sql::Connection& connection, const std::string& server, const VerifyCallback& progress,
               const std::stop_token& stop)
      : connection_(connection), server_(server), progress_(progress), stop_(stop) {}

  Result<VerifyReport> Run() {
    const StopWatch watch(connection_, stop_);
    TRY(connection_.Execute("BEGIN"));
    const Status status = RunParts();
    const Status ended = connection_.is_idle() ? Status() : connection_.Execute("ROLLBACK");
    static_cast<void>(ended);  // it only read
    if (stop_.stop_requested()) return Stopped();
    if (!status.ok()) return status;
    return std::move(report_);
  }

 private:
  using Part = Status (Verification::*)();

  // Each part by itself: what one cannot read says nothing about the next.
  Status RunParts() {
    const std::pair<const char*, Part> parts[] = {
        {"the tables", &Verification::CheckTables},
        {"the file", &Verification::CheckFile},
        {"the table of namespaces", &Verification::CheckNamespaces},
        {"the table of classes", &Verification::CheckClassRows},
        {"the classes", &Verification::CheckClasses},
        {"the table of definitions", &Verification::CheckDefinitions},
        {"the table of layouts", &Verification::CheckLayouts},
        {"the table of notes", &Verification::CheckNotes},
        {"the table of instances", &Verification::CheckInstances},
        {"the numbers of instances", &Verification::CheckCounts},
        {"the table of property values", &Verification::CheckPropertyValues},
        {"the table of references", &Verification::CheckReferences},
    };
    for (const auto& [place, part] : parts) {
      if (stop_.stop_requested()) return Stopped();
      const Status status = (this->*part)();
      if (status.ok()) continue;
      if (IsFailure(status.code())) return status;
      Find(place, status.Message());
    }
    return Status();
  }

  void Find(std::string place, std::string what) {
    ++report_.findings_total;
    if (report_.findings.size() < VerifyReport::kFindingsMax) {
      report_.findings.push_back({std::move(place), std::move(what)});
    }
  }
  void Say(std::string_view stage, std::uint64_t done, std::uint64_t total) const {
    if (progress_) progress_({stage, done, total});
  }
  std::string ClassPlace(Id id) const {
    const auto name = class_names_.find(id);
    return name == class_names_.end() ? fmt::format("class number {}", id) : name->second;
  }

  // ---- the file

  using SchemaRow = std::tuple<std::string, std::string, std::string>;
  static Result<std::vector<SchemaRow>> ReadSchema(sql::Connection& connection) {
    std::vector<SchemaRow> rows;
    sql::Statement schema =
        connection.Use("SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'");
    while (TRY(schema.Step())) rows.emplace_back(schema.Text(0), schema.Text(1), schema.Text(2));
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  // What the file says its tables are like decides how values compare.
  Status CheckTables() {
    const std::unique_ptr<sql::Connection> fresh = TRY(sql::Connection::Open(":memory:", sql::Access::kWrite));
    TRY(fresh->Execute(TableDefinitions().c_str()));
    const std::vector<SchemaRow> wanted = TRY(ReadSchema(*fresh));
    const std::vector<SchemaRow> found = TRY(ReadSchema(connection_));
    for (const SchemaRow& row : wanted) {
      if (!std::binary_search(found.begin(), found.end(), row)) {
        Find("the tables",
             fmt::format("the {} {} is missing, or is not as it was made", std::get<0>(row), std::get<1>(row)));
      }
    }
    sql::Statement version = connection_.Use("PRAGMA user_version");
    if (TRY(version.Step()) && (version.Integer(0) < 1 || version.Integer(0) > kFormatVersion)) {
      Find("the file", fmt::format("it says that its format is {}, which there never was", version.Integer(0)));
    }
    return Status();
  }

  Status CheckFile() {
    Say("file", 0, 1);
    sql::Statement check = connection_.Use("PRAGMA integrity_check(100)");
    while (TRY(check.Step())) {
      if (check.Text(0) != "ok") Find("the file", std::string(check.Text(0)));
    }
    Say("file", 1, 1);
    return Status();
  }

  // ---- namespaces and classes

  Status CheckNamespaces() {
    sql::Statement rows = connection_.Use("SELECT id, folded, name, sum FROM namespaces");
    while (TRY(rows.Step())) {
      const std::string name(rows.Text(2));
      space_names_.emplace(rows.Integer(0), name);
      ++report_.namespaces;
      if (rows.Integer(3) != NamespaceSum(name))
        Find(name, "the row of the namespace is damaged: its checksum differs");
      if (rows.Text(1) != Fold(name)) Find(name, "the row of the namespace is damaged: its two names differ");
    }
    for (const auto& [id, name] : space_names_) {
      const std::size_t end = name.rfind('\\');
      if (end == std::string::npos) continue;
      const std::string parent = name.substr(0, end);
      const bool found = std::any_of(space_names_.begin(), space_names_.end(),
                                     [&](const auto& other) { return EqualFolded(other.second, parent); });
      if (!found) Find(name, fmt::format("the namespace around it, {}, is missing", parent));
    }
    return Status();
  }

  Status CheckClassRows() {
    sql::Statement rows = connection_.Use(
        "SELECT id, namespace, folded, name, superclass, definition, sum, instances, "
        "(SELECT retired IS NOT NULL FROM definitions WHERE definitions.id = definition) FROM classes");
    while (TRY(rows.Step())) {
      const Id id = rows.Integer(0);
      const std::string name(rows.Text(3));
      const auto space = space_names_.find(rows.Integer(1));
      const std::string place = space == space_names_.end() ? name : fmt::format("{}:{}", space->second, name);
      class_names_.emplace(id, place);
      counts_.emplace(id, rows.Integer(7));
      if (space == space_names_.end()) {
        Find(place, fmt::format("the class is in namespace number {}, which does not exist", rows.Integer(1)));
      }
      if (rows.Integer(6) != ClassSum(rows.Integer(1), name, rows.Text(4), rows.Integer(5))) {
        Find(place, "the row of the class is damaged: its checksum differs");
      }
      if (rows.Text(2) != Fold(name)) Find(place, "the row of the class is damaged: its two names differ");
      if (rows.Integer(8) != 0) Find(place, "its definition is marked as no more in use");
      expected_instances_ += static_cast<std::uint64_t>(std::max<std::int64_t>(0, rows.Integer(7)));
    }
    return Status();
  }

  Status CheckClasses() {
    const WorldPtr world = TRY(ReadWorld(connection_, server_, std::make_shared<SnapshotSource>(connection_), World()));
    std::uint64_t done = 0;
    for (const auto& [name, space] : *world) {
      for (const std::string& class_name : space->ClassNames()) {
        if (stop_.stop_requested()) return Stopped();
        if (done++ % kRowsAtOnce == 0) Say("classes", done, class_names_.size());
        ++report_.classes;
        const StoredClassPtr stored = space->FindStored(class_name);
        const std::string place = fmt::format("{}:{}", name, class_name);
        if (stored == nullptr) {
          const Status damage = space->DamageOf(class_name);
          Find(place, fmt::format("the class cannot be read: {}",
                                  damage.ok() ? "its superclass cannot be read" : damage.Message()));
          continue;
        }
        if (stored->schema->name() != class_name) {
          Find(place, fmt::format("its definition is that of {}", stored->schema->name()));
        }
        states_.emplace(stored->id, std::make_unique<ClassState>(space, stored));
      }
    }
    return Status();
  }

  Status CheckDefinitions() {
    sql::Statement rows =
        connection_.Use("SELECT id, body FROM definitions WHERE id NOT IN (SELECT definition FROM classes)");
    while (TRY(rows.Step())) {
      const Result<cim::ClassDeclaration> decoded = DecodeDeclaration(rows.Blob(1));
      if (!decoded.ok()) Find(fmt::format("definition number {}", rows.Integer(0)), decoded.status().Message());
    }
    return Status();
  }

  Status CheckLayouts() {
    sql::Statement rows = connection_.Use("SELECT id, body FROM layouts");
    while (TRY(rows.Step())) {
      if (LayoutId(rows.Blob(1)) != rows.Integer(0)) {
        Find(fmt::format("layout number {}", rows.Integer(0)), "the row is damaged: its checksum differs");
      }
    }
    return Status();
  }

  Status CheckNotes() {
    sql::Statement rows = connection_.Use("SELECT name, value FROM meta");
    while (TRY(rows.Step())) {
      const std::string name(rows.Text(0));
      if (!IsSoundNote(name, rows.Blob(1))) Find("the note " + name, "the row is damaged: its checksum differs");
    }
    return Status();
  }

  // ---- instances

  Status CheckInstances() {
    sql::Statement rows = connection_.Use("SELECT id, class, root, key, row FROM instances ORDER BY id");
    while (TRY(rows.Step())) {
      if (report_.instances++ % kRowsAtOnce == 0) {
        if (stop_.stop_requested()) return Stopped();
        Say("instances", report_.instances, std::max(expected_instances_, report_.instances));
      }
      TRY(CheckRow(rows));
    }
    for (const auto& [id, state] : states_) TRY(CheckBatch(*state));
    Say("instances", report_.instances, report_.instances);
    return Status();
  }

  Status CheckRow(const sql::Statement& rows) {
    const Id id = rows.Integer(0);
    const Id class_id = rows.Integer(1);
    const RowAddress address{class_id, rows.Integer(2), rows.Blob(3)};
    --counts_[class_id];
    const auto found = states_.find(class_id);
    if (found == states_.end()) {
      if (!class_names_.contains(class_id)) {
        Find(InstancePlace(id, class_id), "its class does not exist");
      } else {
        ByteReader in{std::string_view()};
        const Result<RowHead> head = ReadRowHead(in, rows.Blob(4), address);
        if (!head.ok()) Find(InstancePlace(id, class_id), head.status().Message());
      }
      return Status();
    }
    ClassState& state = *found->second;
    if (address.key_root != state.stored->key_root) {
      Find(InstancePlace(id, class_id),
           "it is stored among instances of another class, where its key is not looked for");
    }
    Status decoded = state.decoder.Decode(connection_, address, rows.Blob(4), state.batch);
    if (!decoded.ok()) {
      if (IsFailure(decoded.code())) return decoded;
      Find(InstancePlace(id, class_id), decoded.Message());
      return Status();
    }
    state.batch.Note(id, address.key);
    return state.batch.places().size() < kRowsAtOnce ? Status() : CheckBatch(state);
  }

  std::string InstancePlace(Id id, Id class_id) const {
    return fmt::format("instance number {} of {}", id, ClassPlace(class_id));
  }

  Status CheckBatch(ClassState& state) {
    const std::vector<cim::Object> rows = state.batch.Take();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& [id, key] = state.batch.places()[i];
      if (KeyText(rows[i]) != key) Find(InstancePlace(id, state.stored->id), "its key is not that of its values");
      if (state.has_indexes) TRY(CheckIndexesOf(state, id, rows[i]));
    }
    state.batch.Clear();
    return Status();
  }

  Status CheckIndexesOf(const ClassState& state, Id id, const cim::Object& row) {
    for (const IndexedValue& indexed : IndexedValues(row)) {
      ++values_expected_;
      sql::Statement entry = connection_.Use(
          "SELECT 1 FROM property_values WHERE class = ?1 AND property = ?2 AND value = ?3 AND instance = ?4");
      entry.Bind(1, state.stored->id).BindText(2, indexed.property).BindBlob(3, indexed.value).Bind(4, id);
      if (!TRY(entry.Step())) {
        Find(InstancePlace(id, state.stored->id), fmt::format("the index of {} does not have it", indexed.property));
      }
    }
    std::set<std::pair<std::string, std::string>> references;  // an array may name one target twice
    for (ReferenceValue& reference : ReferenceValues(row, state.name_space->name(), server_)) {
      references.emplace(std::move(reference.target), std::move(reference.property));
    }
    references_expected_ += references.size();
    for (const auto& [target, property] : references) {
      sql::Statement entry =
          connection_.Use("SELECT 1 FROM instance_references WHERE target = ?1 AND instance = ?2 AND property = ?3");
      entry.BindText(1, target).Bind(2, id).BindText(3, property);
      if (!TRY(entry.Step())) {
        Find(InstancePlace(id, state.stored->id), fmt::format("what its {} refers to does not know it", property));
      }
    }
    return Status();
  }

  Status CheckCounts() {
    for (const auto& [id, left] : counts_) {
      if (left != 0 && class_names_.contains(id)) {
        Find(ClassPlace(id), fmt::format("it counts {} instances {} than it has", left < 0 ? -left : left,
                                         left < 0 ? "fewer" : "more"));
      }
    }
    return Status();
  }

  // All that must be there are; with the same number there are no others.
  Status CheckPropertyValues() {
    return CheckNumber("SELECT count(*) FROM property_values", values_expected_, "the table of property values");
  }
  Status CheckReferences() {
    return CheckNumber("SELECT count(*) FROM instance_references", references_expected_, "the table of references");
  }
  Status CheckNumber(const char* text, std::uint64_t expected, const char* place) {
    sql::Statement count = connection_.Use(text);
    const std::uint64_t found = TRY(count.Step()) ? static_cast<std::uint64_t>(count.Integer(0)) : 0;
    if (found != expected) Find(place, fmt::format("it has {} entries where the instances give {}", found, expected));
    return Status();
  }

  sql::Connection& connection_;
  const std::string& server_;
  const VerifyCallback& progress_;
  const std::stop_token& stop_;
  VerifyReport report_;

  std::map<Id, std::string> space_names_;
  std::unordered_map<Id, std::string> class_names_;  // with their namespaces
  std::unordered_map<Id, std::int64_t> counts_;      // what the classes say, less what was found
  std::unordered_map<Id, std::unique_ptr<ClassState>> states_;
  std::uint64_t expected_instances_ = 0;
  std::uint64_t values_expected_ = 0;
  std::uint64_t references_expected_ = 0;
};

}  // namespace

Result<VerifyReport> Verify(Database& database, const std::string& server, const VerifyCallback& progress,
                            const std::stop_token& stop) {
  if (stop.stop_requested()) return Stopped();
  const Reader reader = TRY(database.Read());
  return Verification(*reader, server, progress, stop).Run();
}

}  // namespace wmi::store
