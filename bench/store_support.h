// A repository on disk for benchmarks, and SQLite without any of ours, for the floors.
#pragma once

#include <sqlite3.h>

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
cim::Object KeptInstance(const cim::ClassPtr& schema, std::uint64_t number);
std::string KeptKey(std::uint64_t number);

// The synthetic schema of 1,438 classes, as many as the DMTF schema has.
const std::string& LargeSchema();

// The tables that the floor uses: key and row, with the settings of a repository.
class PlainStore {
 public:
  explicit PlainStore(const std::string& folder);
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
  sqlite3* database_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* get_ = nullptr;
  sqlite3_stmt* scan_ = nullptr;
};

// Ends the program with a message.
void Require(const Status& status);

}  // namespace wmi::bench
