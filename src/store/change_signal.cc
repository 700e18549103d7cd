#include "store/change_signal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <new>

namespace wmi::store {
namespace {

constexpr std::size_t kBytes = 4096;

}  // namespace

std::unique_ptr<ChangeSignal> ChangeSignal::Private() {
  void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return std::unique_ptr<ChangeSignal>(new ChangeSignal(static_cast<Counters*>(memory)));
}

Result<std::unique_ptr<ChangeSignal>> ChangeSignal::Open(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return SystemStatus(code::kAccessDenied, fmt::format("open({})", path), errno);
  void* memory = MAP_FAILED;
  // Allocated and not only made longer: a full disk is found here and not at the first access.
  int failure = posix_fallocate(file, 0, kBytes);
  if (failure == 0) {
    memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    failure = memory == MAP_FAILED ? errno : 0;
  }
  close(file);
  if (failure != 0) {
    return SystemStatus(failure == ENOSPC ? code::kOutOfDiskSpace : code::kFailed, fmt::format("mmap({})", path),
                        failure);
  }
  return std::unique_ptr<ChangeSignal>(new ChangeSignal(static_cast<Counters*>(memory)));
}

ChangeSignal::~ChangeSignal() { munmap(counters_, kBytes); }

ChangeSignal::Mark ChangeSignal::Look() const {
  // `ended` first: a commit that falls between the two reads then looks unfinished and not unseen.
  const std::uint64_t ended = std::atomic_ref(counters_->ended).load(std::memory_order_seq_cst);
  const std::uint64_t begun = std::atomic_ref(counters_->begun).load(std::memory_order_seq_cst);
  return {begun, ended};
}

std::uint64_t ChangeSignal::Begin() { return std::atomic_ref(counters_->begun).fetch_add(1) + 1; }

void ChangeSignal::End(std::uint64_t number) {
  const std::atomic_ref ended(counters_->ended);
  std::uint64_t known = ended.load();
  while (known < number && !ended.compare_exchange_weak(known, number)) {
  }
}

ChangeSignal::Mark ChangeSignal::Settle() {
  const std::uint64_t begun = std::atomic_ref(counters_->begun).load();
  End(begun);
  return {begun, begun};
}

}  // namespace wmi::store
