// A repository on disk for benchmarks, and SQLite without any of ours, for the floors.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "engine/catalogue.h"
#include "store/repository.h"

namespace wmi::bench {

// A new folder in $TMPDIR, else /var/tmp, which is on a disk; gone with this.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Open, with the namespaces ROOT and ROOT\bench and the class Kept (a string key and nine properties).
std::unique_ptr<store::Repository> OpenStore(const std::string& folder);
void PutKeptClass(store::Repository& repository);
// `version`: other values under the same key.
cim::Object KeptInstance(const cim::ClassPtr& schema, std::uint64_t number, std::uint64_t version = 0);
std::string KeptKey(std::uint64_t number);

// A repository with a class Kept, and how many instances of it were put: the next has the number `next`.
struct KeptStore {
  explicit KeptStore(const std::string& folder);
  void Put(std::uint64_t number);
  // Of one that is there. What does not change is not written, so each needs another version.
  void Update(std::uint64_t number, std::uint64_t version);
  // Many in one transaction.
  void FillTo(std::uint64_t count);

  std::unique_ptr<store::Repository> repository;
  cim::ClassPtr schema;
  std::uint64_t next = 0;
};

// A schema of 1,438 classes, as many as the DMTF schema has: synthetic, or the file that $OPENWMI_BENCH_MOF names. It
// goes into ROOT\large, which CompileLarge makes when it is not there.
inline constexpr std::size_t kLargeClasses = 1438;
const mof::Source& LargeSource();
void CheckLarge(engine::Catalogue& catalogue);
void CompileLarge(engine::Catalogue& catalogue);

// What the files of a repository take.
std::uint64_t FileBytes(const Folder& folder);

// The tables that the floor uses: key and row, with the settings of a repository.
class PlainStore {
 public:
  static constexpr std::size_t kKeptBytes = 250;  // a row of Kept
  explicit PlainStore(const std::string& folder, std::size_t row_bytes = kKeptBytes);
  ~PlainStore();
  PlainStore(const PlainStore&) = delete;
  PlainStore& operator=(const PlainStore&) = delete;
  void Begin();
  void Commit();
  void Put(std::uint64_t number);
  bool Get(std::uint64_t number);
  std::uint64_t Scan();

 private:
  void Run(const char* text);
  const std::string row_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* get_ = nullptr;
  sqlite3_stmt* scan_ = nullptr;
};

// Ends the program with a message.
void Require(const Status& status);

}  // namespace wmi::bench
