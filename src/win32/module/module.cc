#include "win32/module/module.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <climits>
#include <map>
#include <memory>
#include <utility>

#include "base/mutex.h"

namespace wmi::win32 {
namespace {

// DllMain as C, and as C++ with the types that sources write for its parameters: HINSTANCE or HANDLE, then DWORD,
// ULONG or UINT.
constexpr const char* kDllMainNames[] = {"DllMain", "_Z7DllMainP11HINSTANCE__mPv", "_Z7DllMainPvmS_",
                                         "_Z7DllMainP11HINSTANCE__jPv", "_Z7DllMainPvjS_"};
using DllMainFunction = BOOL (*)(HINSTANCE, DWORD, LPVOID);

// What dlopen() gave, closed at the end.
class Library {
 public:
  Library() = default;
  explicit Library(void* handle) : handle_(handle) {}
  ~Library() {
    if (handle_ != nullptr) dlclose(handle_);
  }
  Library(Library&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Library& operator=(Library&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  void* handle() const { return handle_; }

 private:
  void* handle_ = nullptr;
};

// A module that LoadModule has loaded. `attached` tells its state: others than `attaching_thread` wait while it is
// kAttaching.
enum class Attachment { kAttaching, kDone, kFailed };
struct Loaded {
  Library library;
  unsigned long count = 0;
  Attachment attachment = Attachment::kAttaching;
  pid_t attaching_thread = 0;
};

struct Modules {
  Mutex mutex;
  CondVar attached;
  std::map<HMODULE, std::shared_ptr<Loaded>> loaded WMI_GUARDED_BY(mutex);
};

// Lives as long as the process: modules unload themselves while it exits.
Modules& GetModules() {
  static auto* const modules = new Modules;
  return *modules;
}

link_map* LinkMapOf(const void* address) {
  Dl_info info = {};
  void* map = nullptr;
  return dladdr1(address, &info, &map, RTLD_DL_LINKMAP) == 0 ? nullptr : static_cast<link_map*>(map);
}

std::string ProgramPath() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
  return length < 0 ? std::string() : std::string(path, static_cast<std::size_t>(length));
}

// The library of a module that is loaded, counted once more.
Library LibraryOf(HMODULE module) {
  if (module == nullptr || module == ProgramModule()) return Library(dlopen(nullptr, RTLD_LAZY));
  const link_map* const map = LinkMapOf(module);
  return Library(map == nullptr ? nullptr : dlopen(map->l_name, RTLD_LAZY | RTLD_NOLOAD));
}

DllMainFunction DllMainOf(HMODULE module) {
  for (const char* name : kDllMainNames) {
    if (void* const symbol = ModuleSymbol(module, name)) return reinterpret_cast<DllMainFunction>(symbol);
  }
  return nullptr;
}

// FALSE also for a DllMain that throws.
BOOL CallDllMain(HMODULE module, DWORD reason) noexcept {
  const DllMainFunction dll_main = DllMainOf(module);
  if (dll_main == nullptr) return TRUE;
  try {
    return dll_main(module, reason, nullptr);
  } catch (...) {
    return FALSE;
  }
}

HMODULE ModuleOfLibrary(void* handle) {
  link_map* map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, static_cast<void*>(&map)) != 0) return nullptr;
  return ModuleOfAddress(map->l_ld);
}

// The dynamic linker knows no codes, only words.
ErrorCode ErrorOfLoad(const std::string& path) {
  const bool missing = path.find('/') != std::string::npos ? access(path.c_str(), F_OK) != 0 : true;
  return missing ? ERROR_MOD_NOT_FOUND : ERROR_BAD_EXE_FORMAT;
}

// Waits until another thread has attached the module; the thread that does so itself goes on, as on Windows.
ErrorCode AwaitAttachment(Modules& modules, MutexLock& lock, const Loaded& loaded) WMI_REQUIRES(modules.mutex) {
  // No deadline: DllMain runs on another thread now and has one way to end, returning.
  while (loaded.attachment == Attachment::kAttaching && loaded.attaching_thread != gettid()) {
    modules.attached.Wait(lock);
  }
  return loaded.attachment == Attachment::kFailed ? ERROR_DLL_INIT_FAILED : ERROR_SUCCESS;
}

}  // namespace

HMODULE ModuleOfAddress(const void* address) {
  Dl_info info = {};
  return dladdr(address, &info) == 0 ? nullptr : static_cast<HMODULE>(info.dli_fbase);
}

HMODULE ProgramModule() {
  return ModuleOfAddress(reinterpret_cast<const void*>(getauxval(AT_ENTRY)));  // NOLINT(performance-no-int-to-ptr)
}

bool IsModule(HMODULE module) { return module != nullptr && ModuleOfAddress(module) == module; }

ErrorCode ModulePath(HMODULE module, std::string& path) {
  if (module == nullptr || module == ProgramModule()) {
    path = ProgramPath();
  } else {
    const link_map* const map = IsModule(module) ? LinkMapOf(module) : nullptr;
    path = map == nullptr ? std::string() : map->l_name;
  }
  return path.empty() ? ERROR_MOD_NOT_FOUND : ERROR_SUCCESS;
}

namespace {

struct Search {
  const std::string& name;
  HMODULE found;
};

int Compare(dl_phdr_info* info, std::size_t /*size*/, void* argument) {
  Search& search = *static_cast<Search*>(argument);
  const std::string path = info->dlpi_name == nullptr ? std::string() : info->dlpi_name;
  if (path.empty() || info->dlpi_phnum == 0) return 0;  // the program itself
  if (path != search.name && path.substr(path.rfind('/') + 1) != search.name) return 0;
  for (ElfW(Half) i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the linker tells addresses as numbers
    search.found = ModuleOfAddress(reinterpret_cast<const void*>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr));
    return 1;
  }
  return 0;
}

}  // namespace

HMODULE FindModule(const std::string& name) {
  if (name.empty()) return nullptr;
  const std::string program = ProgramPath();
  if (name == program || name == program.substr(program.rfind('/') + 1)) return ProgramModule();
  Search search = {name, nullptr};
  dl_iterate_phdr(Compare, &search);
  return search.found;
}

void* ModuleSymbol(HMODULE module, const char* name) {
  const Library library = LibraryOf(module);
  if (library.handle() == nullptr) return nullptr;
  void* const symbol = dlsym(library.handle(), name);
  // dlsym() looks into the dependencies of a module, too; those of the program are what it can call.
  if (module == nullptr || module == ProgramModule()) return symbol;
  return symbol != nullptr && ModuleOfAddress(symbol) == module ? symbol : nullptr;
}

ErrorCode LoadModule(const std::string& path, HMODULE& module, LoadFailure& failure) {
  const auto fail = [&](ErrorCode error, std::string text) {
    failure = {error, std::move(text)};
    return error;
  };
  module = nullptr;
  if (path.empty()) return fail(ERROR_MOD_NOT_FOUND, "the path of the module is empty");
  Library library(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (library.handle() == nullptr) {
    const char* const words = dlerror();
    return fail(ErrorOfLoad(path), words != nullptr ? words : "the dynamic linker cannot load it");
  }
  const HMODULE found = ModuleOfLibrary(library.handle());
  if (found == nullptr) return fail(ERROR_BAD_EXE_FORMAT, path + ": has no address");
  Modules& modules = GetModules();
  MutexLock lock(modules.mutex);
  std::shared_ptr<Loaded>& entry = modules.loaded[found];
  const bool first = entry == nullptr;
  if (first) {
    entry = std::make_shared<Loaded>();
    entry->library = std::move(library);
    entry->attaching_thread = gettid();
  }
  const std::shared_ptr<Loaded> loaded = entry;
  ++loaded->count;
  ErrorCode error = ERROR_SUCCESS;
  if (first) {
    lock.Unlock();
    const BOOL attached = CallDllMain(found, DLL_PROCESS_ATTACH);
    lock.Lock();
    loaded->attachment = attached ? Attachment::kDone : Attachment::kFailed;
    if (!attached) modules.loaded.erase(found);
    error = attached ? ERROR_SUCCESS : ERROR_DLL_INIT_FAILED;
    modules.attached.NotifyAll();
  } else {
    error = AwaitAttachment(modules, lock, *loaded);
  }
  lock.Unlock();  // the library may go with `loaded`
  if (error != ERROR_SUCCESS) return fail(error, path + ": its DllMain returned FALSE");
  module = found;
  return ERROR_SUCCESS;
}

ErrorCode CountModule(HMODULE module) {
  Library library = LibraryOf(module);
  if (library.handle() == nullptr) return ERROR_MOD_NOT_FOUND;
  Modules& modules = GetModules();
  MutexLock lock(modules.mutex);
  std::shared_ptr<Loaded>& entry = modules.loaded[module];
  if (entry == nullptr) {
    // Loaded by the dynamic linker: nobody attaches or detaches it.
    entry = std::make_shared<Loaded>();
    entry->library = std::move(library);
    entry->attachment = Attachment::kDone;
    entry->attaching_thread = -1;
  }
  ++entry->count;
  return ERROR_SUCCESS;
}

ErrorCode UnloadModule(HMODULE module) {
  std::shared_ptr<Loaded> gone;  // closed with no lock held
  Modules& modules = GetModules();
  MutexLock lock(modules.mutex);
  const auto at = modules.loaded.find(module);
  if (at == modules.loaded.end()) return ERROR_MOD_NOT_FOUND;
  if (--at->second->count > 0) return ERROR_SUCCESS;
  gone = std::move(at->second);
  modules.loaded.erase(at);
  lock.Unlock();
  if (gone->attaching_thread != -1) CallDllMain(module, DLL_PROCESS_DETACH);
  return ERROR_SUCCESS;
}

}  // namespace wmi::win32
