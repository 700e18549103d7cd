#include "fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <new>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace wmi::crash {
namespace {

constexpr int kShmLocks = SQLITE_SHM_NLOCK;
// What a disk writes in one piece.
constexpr std::size_t kSector = 512;

// One write or cut that was not synced.
struct Pending {
  std::size_t offset = 0;
  std::string bytes;
  bool is_cut = false;  // to `offset` bytes
};

struct Handle;

struct File {
  std::string now;
  std::string synced;
  bool exists_on_disk = false;  // its name was synced
  std::vector<Pending> pending;
  std::set<Handle*> handles;
  // The shared memory of the write-ahead log's index.
  std::vector<std::unique_ptr<char[]>> regions;
  std::set<Handle*> mapped;
  struct ShmLock {
    std::set<Handle*> shared;
    Handle* exclusive = nullptr;
  };
  std::array<ShmLock, kShmLocks> shm_locks;
};
using FilePtr = std::shared_ptr<File>;

struct Handle {
  FilePtr file;
  std::string name;
  std::uint64_t life = 0;
  int level = SQLITE_LOCK_NONE;
  bool delete_on_close = false;
};

// What SQLite allocates.
struct OpenFile {
  sqlite3_file base;
  Handle* handle;
};

Handle& HandleOf(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file)->handle; }

void Apply(std::string& content, const Pending& write, std::size_t bytes) {
  if (write.is_cut) {
    content.resize(std::min(content.size(), write.offset));
    return;
  }
  if (content.size() < write.offset + bytes) content.resize(write.offset + bytes);
  content.replace(write.offset, bytes, write.bytes, 0, bytes);
}

}  // namespace

struct FaultVfs::State {
  mutable Mutex mutex;
  std::map<std::string, FilePtr> files;
  std::map<std::string, FilePtr> deleted;  // without a sync of the folder: they may come back
  std::uint64_t life = 1;
  struct Plan {
    std::uint64_t pass = 0;  // 0: none
    Failure failure = Failure::kError;
    Length length = Length::kOnce;
  };
  std::array<Plan, 3> plans;
  std::size_t size_max = kNoLimit;
  std::uint64_t writes_left = UINT64_MAX;
  sqlite3_vfs vfs{};
  sqlite3_vfs* system = nullptr;

  bool IsDead(const Handle& handle) const { return handle.life != life || writes_left == 0; }
  // SQLITE_OK, or why the operation fails now.
  int Enter(Operation operation) {
    if (operation != Operation::kRead && writes_left != UINT64_MAX && writes_left > 0) --writes_left;
    Plan& plan = plans[static_cast<std::size_t>(operation)];
    if (plan.pass == 0 || --plan.pass > 0) return SQLITE_OK;
    if (plan.length == Length::kFromThere) plan.pass = 1;
    if (plan.failure == Failure::kFull) return SQLITE_FULL;
    // A read that ends too early, too: SQLite's own file system reports it so unless the file ends there.
    if (operation == Operation::kRead) return SQLITE_IOERR_READ;
    return operation == Operation::kWrite ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC;
  }
  std::size_t Size() const {
    std::size_t size = 0;
    for (const auto& [name, file] : files) size += file->now.size();
    return size;
  }
};

struct Calls {
  using State = FaultVfs::State;
  static inline State* state = nullptr;

  static int Close(sqlite3_file* base) {
    MutexLock lock(state->mutex);
    Handle* handle = reinterpret_cast<OpenFile*>(base)->handle;
    ReleaseShm(*handle);
    handle->file->handles.erase(handle);
    if (handle->delete_on_close) state->files.erase(handle->name);
    delete handle;
    return SQLITE_OK;
  }

  static int Read(sqlite3_file* base, void* out, int amount, sqlite3_int64 offset) {
    MutexLock lock(state->mutex);
    const Handle& handle = HandleOf(base);
    std::memset(out, 0, static_cast<std::size_t>(amount));
    if (state->IsDead(handle)) return SQLITE_IOERR_READ;
    const int failure = state->Enter(FaultVfs::Operation::kRead);
    if (failure != SQLITE_OK) return failure;
    const std::string& content = handle.file->now;
    const auto from = static_cast<std::size_t>(offset);
    const std::size_t there = from >= content.size() ? 0 : content.size() - from;
    const std::size_t bytes = std::min(there, static_cast<std::size_t>(amount));
    if (bytes != 0) std::memcpy(out, content.data() + from, bytes);
    return bytes == static_cast<std::size_t>(amount) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }

  static int Write(sqlite3_file* base, const void* in, int amount, sqlite3_int64 offset) {
    MutexLock lock(state->mutex);
    const Handle& handle = HandleOf(base);
    if (state->IsDead(handle)) return SQLITE_IOERR_WRITE;
    const int failure = state->Enter(FaultVfs::Operation::kWrite);
    Pending write{static_cast<std::size_t>(offset),
                  std::string(static_cast<const char*>(in), static_cast<std::size_t>(amount))};
    std::string& content = handle.file->now;
    const std::size_t end = write.offset + write.bytes.size();
    const bool is_full = end > content.size() && state->Size() + end - content.size() > state->size_max;
    if (failure != SQLITE_OK || is_full) {
      // Part of it may have been written.
      Apply(content, write, std::min(write.bytes.size() / 2, content.size() - std::min(content.size(), write.offset)));
      write.bytes.resize(write.bytes.size() / 2);
      if (end <= content.size()) handle.file->pending.push_back(std::move(write));
      return failure != SQLITE_OK ? failure : SQLITE_FULL;
    }
    Apply(content, write, write.bytes.size());
    handle.file->pending.push_back(std::move(write));
    return SQLITE_OK;
  }

  static int Truncate(sqlite3_file* base, sqlite3_int64 size) {
    MutexLock lock(state->mutex);
    const Handle& handle = HandleOf(base);
    if (state->IsDead(handle)) return SQLITE_IOERR_TRUNCATE;
    Pending cut{static_cast<std::size_t>(size), "", true};
    Apply(handle.file->now, cut, 0);
    handle.file->pending.push_back(std::move(cut));
    return SQLITE_OK;
  }

  static int Sync(sqlite3_file* base, int) {
    MutexLock lock(state->mutex);
    const Handle& handle = HandleOf(base);
    if (state->IsDead(handle)) return SQLITE_IOERR_FSYNC;
    const int failure = state->Enter(FaultVfs::Operation::kSync);
    if (failure != SQLITE_OK) return failure;
    handle.file->synced = handle.file->now;
    handle.file->pending.clear();
    // SQLite's own file system syncs the folder with the first sync of a new log or journal.
    if (!handle.file->exists_on_disk) state->deleted.clear();
    handle.file->exists_on_disk = true;
    return SQLITE_OK;
  }

  static int FileSize(sqlite3_file* base, sqlite3_int64* size) {
    MutexLock lock(state->mutex);
    const Handle& handle = HandleOf(base);
    if (state->IsDead(handle)) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(handle.file->now.size());
    return SQLITE_OK;
  }

  // ---- locks

  static int HighestOfOthers(const Handle& handle) {
    int highest = SQLITE_LOCK_NONE;
    for (const Handle* other : handle.file->handles) {
      if (other != &handle && other->life == state->life) highest = std::max(highest, other->level);
    }
    return highest;
  }

  static int Lock(sqlite3_file* base, int level) {
    MutexLock lock(state->mutex);
    Handle& handle = HandleOf(base);
    if (state->IsDead(handle)) return SQLITE_IOERR_LOCK;
    if (handle.level >= level) return SQLITE_OK;
    const int others = HighestOfOthers(handle);
    if (level == SQLITE_LOCK_SHARED && others >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    if (level >= SQLITE_LOCK_RESERVED && others >= SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_EXCLUSIVE && others >= SQLITE_LOCK_SHARED) {
      handle.level = SQLITE_LOCK_PENDING;
      return SQLITE_BUSY;
    }
    handle.level = level;
    return SQLITE_OK;
  }

  static int Unlock(sqlite3_file* base, int level) {
    MutexLock lock(state->mutex);
    Handle& handle = HandleOf(base);
    handle.level = std::min(handle.level, level);
    return SQLITE_OK;
  }

  static int CheckReservedLock(sqlite3_file* base, int* result) {
    MutexLock lock(state->mutex);
    const Handle& handle = HandleOf(base);
    *result = handle.level >= SQLITE_LOCK_RESERVED || HighestOfOthers(handle) >= SQLITE_LOCK_RESERVED ? 1 : 0;
    return SQLITE_OK;
  }

  static int FileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int SectorSize(sqlite3_file*) { return 4096; }
  // As for files on Linux: a write that is torn leaves its neighbours as they are.
  static int DeviceCharacteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  // ---- shared memory

  static int ShmMap(sqlite3_file* base, int region, int size, int extend, void volatile** out) {
    MutexLock lock(state->mutex);
    Handle& handle = HandleOf(base);
    *out = nullptr;
    if (state->IsDead(handle)) return SQLITE_IOERR_SHMMAP;
    File& file = *handle.file;
    file.mapped.insert(&handle);
    const auto index = static_cast<std::size_t>(region);
    if (index >= file.regions.size()) {
      if (extend == 0) return SQLITE_OK;
      while (index >= file.regions.size()) {
        file.regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
      }
    }
    *out = file.regions[index].get();
    return SQLITE_OK;
  }

  static int ShmLock(sqlite3_file* base, int first, int count, int flags) {
    MutexLock lock(state->mutex);
    Handle& handle = HandleOf(base);
    File& file = *handle.file;
    const bool is_unlock = (flags & SQLITE_SHM_UNLOCK) != 0;
    const bool is_shared = (flags & SQLITE_SHM_SHARED) != 0;
    if (!is_unlock && state->IsDead(handle)) return SQLITE_IOERR_SHMLOCK;
    for (int i = first; i < first + count && !is_unlock; ++i) {
      const File::ShmLock& slot = file.shm_locks[static_cast<std::size_t>(i)];
      if (slot.exclusive != nullptr && slot.exclusive != &handle) return SQLITE_BUSY;
      const std::size_t own = slot.shared.count(&handle);
      if (!is_shared && slot.shared.size() > own) return SQLITE_BUSY;
    }
    for (int i = first; i < first + count; ++i) {
      File::ShmLock& slot = file.shm_locks[static_cast<std::size_t>(i)];
      if (is_unlock) {
        slot.shared.erase(&handle);
        if (slot.exclusive == &handle) slot.exclusive = nullptr;
      } else if (is_shared) {
        slot.shared.insert(&handle);
      } else {
        slot.exclusive = &handle;
      }
    }
    return SQLITE_OK;
  }

  static void ShmBarrier(sqlite3_file*) { std::atomic_thread_fence(std::memory_order_seq_cst); }

  static void ReleaseShm(Handle& handle) {
    File& file = *handle.file;
    for (File::ShmLock& slot : file.shm_locks) {
      slot.shared.erase(&handle);
      if (slot.exclusive == &handle) slot.exclusive = nullptr;
    }
    file.mapped.erase(&handle);
    if (file.mapped.empty()) file.regions.clear();
  }

  static int ShmUnmap(sqlite3_file* base, int) {
    MutexLock lock(state->mutex);
    ReleaseShm(HandleOf(base));
    return SQLITE_OK;
  }

  // ---- the file system

  static const sqlite3_io_methods* Methods() {
    static const sqlite3_io_methods methods = [] {
      sqlite3_io_methods table{};
      table.iVersion = 2;
      table.xClose = Close;
      table.xRead = Read;
      table.xWrite = Write;
      table.xTruncate = Truncate;
      table.xSync = Sync;
      table.xFileSize = FileSize;
      table.xLock = Lock;
      table.xUnlock = Unlock;
      table.xCheckReservedLock = CheckReservedLock;
      table.xFileControl = FileControl;
      table.xSectorSize = SectorSize;
      table.xDeviceCharacteristics = DeviceCharacteristics;
      table.xShmMap = ShmMap;
      table.xShmLock = ShmLock;
      table.xShmBarrier = ShmBarrier;
      table.xShmUnmap = ShmUnmap;
      return table;
    }();
    return &methods;
  }

  static int Open(sqlite3_vfs*, const char* name, sqlite3_file* base, int flags, int* out_flags) {
    MutexLock lock(state->mutex);
    auto* open_file = reinterpret_cast<OpenFile*>(base);
    open_file->base.pMethods = nullptr;
    if (state->writes_left == 0) return SQLITE_CANTOPEN;
    static std::uint64_t nameless = 0;
    const std::string key = name == nullptr ? "nameless " + std::to_string(++nameless) : std::string(name);
    auto found = state->files.find(key);
    if (found == state->files.end()) {
      if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
      found = state->files.emplace(key, std::make_shared<File>()).first;
    }
    auto handle = std::make_unique<Handle>();
    handle->file = found->second;
    handle->name = key;
    handle->life = state->life;
    handle->delete_on_close = name == nullptr || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->file->handles.insert(handle.get());
    open_file->handle = handle.release();
    open_file->base.pMethods = Methods();
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int Delete(sqlite3_vfs*, const char* name, int sync_folder) {
    MutexLock lock(state->mutex);
    if (state->writes_left == 0) return SQLITE_IOERR_DELETE;
    const auto found = state->files.find(name);
    if (found == state->files.end()) return SQLITE_IOERR_DELETE_NOENT;
    if (sync_folder == 0 && found->second->exists_on_disk) state->deleted[name] = found->second;
    state->files.erase(found);
    return SQLITE_OK;
  }

  static int Access(sqlite3_vfs*, const char* name, int, int* result) {
    MutexLock lock(state->mutex);
    const auto found = state->files.find(name);
    *result = found != state->files.end() ? 1 : 0;
    return SQLITE_OK;
  }

  static int FullPathname(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }
  static int Randomness(sqlite3_vfs*, int size, char* out) {
    return state->system->xRandomness(state->system, size, out);
  }
  static int Sleep(sqlite3_vfs*, int microseconds) { return state->system->xSleep(state->system, microseconds); }
  static int CurrentTime(sqlite3_vfs*, double* out) { return state->system->xCurrentTime(state->system, out); }
  static int GetLastError(sqlite3_vfs*, int, char*) { return 0; }
};

FaultVfs::FaultVfs() : state_(std::make_unique<State>()) {
  Calls::state = state_.get();
  state_->system = sqlite3_vfs_find(nullptr);
  sqlite3_vfs& vfs = state_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = 1024;
  vfs.zName = kName;
  vfs.xOpen = Calls::Open;
  vfs.xDelete = Calls::Delete;
  vfs.xAccess = Calls::Access;
  vfs.xFullPathname = Calls::FullPathname;
  vfs.xRandomness = Calls::Randomness;
  vfs.xSleep = Calls::Sleep;
  vfs.xCurrentTime = Calls::CurrentTime;
  vfs.xGetLastError = Calls::GetLastError;
  sqlite3_vfs_register(&vfs, 0);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
  Calls::state = nullptr;
}

void FaultVfs::FailAt(Operation operation, std::uint64_t pass, Failure failure, Length length) {
  MutexLock lock(state_->mutex);
  state_->plans[static_cast<std::size_t>(operation)] = {pass, failure, length};
}

void FaultVfs::FailNoMore() {
  MutexLock lock(state_->mutex);
  state_->plans = {};
  state_->size_max = kNoLimit;
}

void FaultVfs::LimitSize(std::size_t bytes) {
  MutexLock lock(state_->mutex);
  state_->size_max = bytes;
}

std::size_t FaultVfs::size() const {
  MutexLock lock(state_->mutex);
  return state_->Size();
}

void FaultVfs::StopAfter(std::uint64_t count) {
  MutexLock lock(state_->mutex);
  state_->writes_left = count;
}

bool FaultVfs::has_stopped() const {
  MutexLock lock(state_->mutex);
  return state_->writes_left == 0;
}

void FaultVfs::LosePower(std::mt19937_64& random) {
  MutexLock lock(state_->mutex);
  ++state_->life;
  state_->writes_left = UINT64_MAX;
  for (auto& [name, file] : state_->deleted) {
    if (random() % 2 == 0) state_->files.emplace(name, file);
  }
  state_->deleted.clear();
  const std::uint64_t mode = random() % 3;  // nothing, everything in some mix, or only the first writes
  for (auto next = state_->files.begin(); next != state_->files.end();) {
    const auto after = std::make_shared<File>();
    const File& before = *next->second;
    after->now = before.synced;
    const std::size_t first_writes = before.pending.empty() ? 0 : random() % (before.pending.size() + 1);
    for (std::size_t i = 0; i < before.pending.size(); ++i) {
      const Pending& write = before.pending[i];
      const bool is_kept = mode == 1 ? random() % 2 == 0 : mode == 2 && i < first_writes;
      if (!is_kept) continue;
      // Sectors from the start, and sometimes half of one.
      std::size_t bytes = write.bytes.size();
      if (random() % 4 == 0 && bytes > kSector) bytes = random() % (bytes / kSector) * kSector;
      if (random() % 8 == 0) bytes = std::min(bytes, kSector / 2);
      Apply(after->now, write, bytes);
    }
    if (!before.exists_on_disk && random() % 2 == 0) {
      next = state_->files.erase(next);  // not even its name
      continue;
    }
    after->synced = after->now;
    after->exists_on_disk = true;
    next->second = after;
    ++next;
  }
}

}  // namespace wmi::crash
