// P16: a check of a million instances while others write, and the opening of a repository whose process was killed
// with a long log. (That nothing is lost by kills and torn writes is what tests/crash is for.)
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "bench/store_support.h"
#include "store/verify.h"

namespace wmi::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kVerified = 1'000'000;
constexpr std::uint64_t kLogBytes = 100'000'000;
constexpr std::uint64_t kRowsAtOnce = 10'000;

// SQLite's own check of the same file, and a look at every byte of every row.
double SecondsOfPlainCheck(const std::string& folder) {
  sqlite3* database = nullptr;
  sqlite3_open((folder + "/repository.db").c_str(), &database);
  const auto start = Clock::now();
  for (const char* text : {"PRAGMA integrity_check", "SELECT sum(length(row)) FROM instances"}) {
    if (sqlite3_exec(database, text, nullptr, nullptr, nullptr) != SQLITE_OK) {
      Require(Status(code::kFailed, sqlite3_errmsg(database)));
    }
  }
  const double seconds = SecondsSince(start);
  sqlite3_close(database);
  return seconds;
}

void RunVerify() {
  const Folder folder;
  KeptStore store(folder.path());
  store.FillTo(kVerified);
  const double floor = SecondsOfPlainCheck(folder.path());

  std::atomic<bool> is_over = false;
  std::atomic<std::uint64_t> puts = 0;
  std::thread writer([&] {
    for (std::uint64_t i = 1; !is_over; ++i, ++puts) store.Update(i * 7919 % kVerified, i);
  });
  const auto start = Clock::now();
  const Result<store::VerifyReport> report = store::Verify(*store.repository->database(), store.repository->server());
  const double seconds = SecondsSince(start);
  is_over = true;
  writer.join();
  Require(report.status());
  if (!report->is_sound() || report->instances != kVerified) Require(Status(code::kFailed, "verify is wrong"));
  Report("P16", "verify_1000000_instances_s", seconds, floor, Target::kAtMost, 5);
  Report("P16", "puts_per_second_meanwhile", static_cast<double>(puts) / seconds);
}

// Puts until the log is long, which a reader that never ends keeps from being emptied; then waits to be killed.
[[noreturn]] void WriteLongLog(const std::string& folder, int ready) {
  KeptStore store(folder);
  store.FillTo(1);
  const Result<store::Reader> reader = store.repository->database()->Read();
  Require(reader.status());
  Require((*reader)->Execute("BEGIN; SELECT count(*) FROM instances"));
  const std::string log = folder + "/repository.db-wal";
  while (std::filesystem::file_size(log) < kLogBytes) store.FillTo(store.next + kRowsAtOnce);
  const std::uint64_t count = store.next;
  if (write(ready, &count, sizeof count) != sizeof count) _exit(1);
  for (;;) pause();
}

// The log once through the page cache.
double SecondsOfReading(const std::string& path) {
  static std::array<char, 1 << 16> bytes;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const auto start = Clock::now();
  while (read(file, bytes.data(), bytes.size()) > 0) {
  }
  const double seconds = SecondsSince(start);
  close(file);
  return seconds;
}

void RunRecovery() {
  const Folder folder;
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0) Require(Status(code::kFailed, "no pipe"));
  const pid_t child = fork();
  if (child == 0) WriteLongLog(folder.path(), ready[1]);
  close(ready[1]);
  std::uint64_t count = 0;
  const bool is_ready = read(ready[0], &count, sizeof count) == sizeof count;
  close(ready[0]);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  if (!is_ready) Require(Status(code::kFailed, "the process that was to be killed failed"));

  const std::string log = folder.path() + "/repository.db-wal";
  const double megabytes = static_cast<double>(std::filesystem::file_size(log)) / 1e6;
  const double floor = SecondsOfReading(log);
  const auto start = Clock::now();
  const std::unique_ptr<store::Repository> repository = OpenStore(folder.path());
  const auto last = repository->FindInstance("ROOT\\bench", "Kept", {cim::Value::Text(KeptKey(count - 1))});
  const double seconds = SecondsSince(start);
  Require(last.status());
  if (!*last || repository->instance_count() != count) Require(Status(code::kFailed, "recovery lost something"));
  Report("P16", "recovery_s_per_100_mb", seconds / megabytes * 100, floor / megabytes * 100, Target::kAtMost, 1);
}

}  // namespace

void RunP16() {
  RunRecovery();
  RunVerify();
}

}  // namespace wmi::bench
