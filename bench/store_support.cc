#include "bench/store_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "engine/mof_file.h"
#include "mof/synthetic_schema_for_test.h"

namespace wmi::bench {
namespace {

constexpr char kRowText[] = "a text of the length that stored texts have";
constexpr std::uint64_t kRowsOfOneFill = 10'000;

cim::Property NewProperty(std::string name, cim::CimType type) {
  cim::Property property;
  property.name = std::move(name);
  property.type = {type, false, ""};
  return property;
}

}  // namespace

void Require(const Status& status) {
  if (status.ok()) return;
  fmt::print(stderr, "bench: {}\n", status.Message());
  std::exit(1);
}

Folder::Folder() {
  const char* const base = std::getenv("TMPDIR");
  path_ = std::string(base != nullptr && *base != '\0' ? base : "/var/tmp") + "/openwmi-bench-XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) {
    std::perror("bench: mkdtemp");
    std::exit(1);
  }
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<store::Repository> OpenStore(const std::string& folder) {
  Result<std::unique_ptr<store::Repository>> opened = store::Repository::Open({"BENCH", folder, {}, nullptr});
  Require(opened.status());
  return std::move(opened).value();
}

void PutKeptClass(store::Repository& repository) {
  cim::ClassDeclaration kept;
  kept.name = "Kept";
  cim::Property key = NewProperty("Name", cim::CimType::kString);
  key.qualifiers.Set({"key", cim::Value::Boolean(true), {cim::CimType::kBoolean, false, ""}, 0, false});
  kept.properties.push_back(std::move(key));
  for (int i = 0; i < 3; ++i) kept.properties.push_back(NewProperty(fmt::format("T{}", i), cim::CimType::kString));
  for (int i = 0; i < 6; ++i) kept.properties.push_back(NewProperty(fmt::format("N{}", i), cim::CimType::kUint32));
  Require(repository.CreateNamespace("ROOT", {}));
  Require(repository.CreateNamespace("ROOT\\bench", {kept}));
}

std::string KeptKey(std::uint64_t number) { return fmt::format("instance number {:08}", number); }

cim::Object KeptInstance(const cim::ClassPtr& schema, std::uint64_t number, std::uint64_t version) {
  cim::RowBlockBuilder builder;
  builder.ExpectBytes(1024);
  builder.BeginRow(schema);
  builder.SetText(0, KeptKey(number));
  for (std::size_t slot = 1; slot < 4; ++slot) builder.SetText(slot, kRowText);
  for (std::size_t slot = 4; slot < 10; ++slot) builder.SetUnsigned(slot, number + version + slot);
  builder.CommitRow();
  std::vector<cim::Object> rows;
  builder.Finish(rows);
  return rows.front();
}

KeptStore::KeptStore(const std::string& folder) : repository(OpenStore(folder)) {
  PutKeptClass(*repository);
  schema = repository->FindNamespace("ROOT\\bench")->FindClass("Kept");
}

void KeptStore::Put(std::uint64_t number) {
  Require(repository->PutInstance("ROOT\\bench", KeptInstance(schema, number), cim::PutMode::kCreateOnly).status());
}

void KeptStore::Update(std::uint64_t number, std::uint64_t version) {
  Require(repository->PutInstance("ROOT\\bench", KeptInstance(schema, number, version), cim::PutMode::kUpdateOnly)
              .status());
}

void KeptStore::FillTo(std::uint64_t count) {
  while (next < count) {
    const std::uint64_t end = std::min(count, next + kRowsOfOneFill);
    Require(repository->Change([&](store::Transaction& transaction) -> Status {
      for (std::uint64_t i = next; i < end; ++i) {
        TRY(transaction.PutInstance("ROOT\\bench", KeptInstance(schema, i), cim::PutMode::kCreateOnly));
      }
      return Status();
    }));
    next = end;
  }
}

namespace {

mof::CompileOptions LargeOptions() {
  mof::CompileOptions options;
  options.default_namespace = "ROOT\\large";
  options.class_update = cim::ClassUpdate::kForce;
  options.open_include = engine::OpenInclude;
  return options;
}

void Expect(const mof::Report& report) {
  if (!report.ok()) Require(report.errors.front());
}

}  // namespace

const mof::Source& LargeSource() {
  static const mof::Source source = [] {
    const char* const file = std::getenv("OPENWMI_BENCH_MOF");
    if (file == nullptr) return mof::Source{"large.mof", mof::SyntheticSchema(1).Classes(kLargeClasses)};
    Result<mof::Source> read = engine::ReadMofFile(file);
    Require(read.status());
    return std::move(read).value();
  }();
  return source;
}

void CheckLarge(engine::Catalogue& catalogue) {
  Require(catalogue.AddNamespace("ROOT\\large"));
  Expect(catalogue.CheckText(LargeSource(), LargeOptions()));
}

void CompileLarge(engine::Catalogue& catalogue) {
  Require(catalogue.AddNamespace("ROOT\\large"));
  Expect(catalogue.CompileText(LargeSource(), LargeOptions(), engine::OnError::kKeepNothing));
}

std::uint64_t FileBytes(const Folder& folder) {
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) bytes += file.file_size();
  return bytes;
}

PlainStore::PlainStore(const std::string& folder, std::size_t row_bytes) : row_(row_bytes, 'r') {
  sqlite3_open((folder + "/plain.db").c_str(), &database_);
  Run("PRAGMA journal_mode=WAL");
  Run("PRAGMA synchronous=FULL");
  Run("CREATE TABLE t (id INTEGER PRIMARY KEY, key BLOB NOT NULL, row BLOB NOT NULL)");
  Run("CREATE UNIQUE INDEX k ON t (key)");
  sqlite3_prepare_v2(database_, "INSERT INTO t (key, row) VALUES (?1, ?2)", -1, &put_, nullptr);
  sqlite3_prepare_v2(database_, "SELECT row FROM t WHERE key = ?1", -1, &get_, nullptr);
  sqlite3_prepare_v2(database_, "SELECT row FROM t", -1, &scan_, nullptr);
}

PlainStore::~PlainStore() {
  for (sqlite3_stmt* statement : {put_, get_, scan_}) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

void PlainStore::Run(const char* text) {
  if (sqlite3_exec(database_, text, nullptr, nullptr, nullptr) == SQLITE_OK) return;
  fmt::print(stderr, "bench: {}: {}\n", text, sqlite3_errmsg(database_));
  std::exit(1);
}

void PlainStore::Begin() { Run("BEGIN IMMEDIATE"); }
void PlainStore::Commit() { Run("COMMIT"); }

void PlainStore::Put(std::uint64_t number) {
  const std::string key = KeptKey(number);
  sqlite3_bind_blob(put_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
  sqlite3_bind_blob(put_, 2, row_.data(), static_cast<int>(row_.size()), SQLITE_STATIC);
  if (sqlite3_step(put_) != SQLITE_DONE) Require(Status(code::kFailed, sqlite3_errmsg(database_)));
  sqlite3_reset(put_);
}

bool PlainStore::Get(std::uint64_t number) {
  const std::string key = KeptKey(number);
  sqlite3_bind_blob(get_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
  const bool found = sqlite3_step(get_) == SQLITE_ROW && sqlite3_column_bytes(get_, 0) > 0;
  sqlite3_reset(get_);
  return found;
}

std::uint64_t PlainStore::Scan() {
  std::uint64_t bytes = 0;
  while (sqlite3_step(scan_) == SQLITE_ROW) bytes += static_cast<std::uint64_t>(sqlite3_column_bytes(scan_, 0));
  sqlite3_reset(scan_);
  return bytes;
}

}  // namespace wmi::bench
