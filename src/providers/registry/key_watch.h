// KeyWatch: notices what any process does to a key of the registry, by inotify on the folders that the registry is
// (docs/registry.md).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/status.h"
#include "exec/reactor.h"
#include "win32/registry/store.h"

namespace wmi::registry {

// Goes on when the key is deleted and made again, also when the whole registry is. For one thread at a time; after
// Start that is the reactor's.
class KeyWatch {
 public:
  enum class Depth { kKey, kTree };

  // What it tells, on the reactor's thread.
  struct Told {
    // The key, its values or the keys directly below it have changed; for a tree anything below it. What was read at
    // once is told once.
    std::function<void()> changed;
    // Nothing more will be told.
    std::function<void(Status why)> ended;
  };

  KeyWatch(win32::RegistryStore store, win32::KeyPath key, Depth depth, Told told);
  ~KeyWatch();
  KeyWatch(const KeyWatch&) = delete;
  KeyWatch& operator=(const KeyWatch&) = delete;

  // From now on everything is noted. kNotFound when there is no such key; kNotSupported for a tree that is too large.
  Status Open();
  // From now on what was noted is told.
  Status Start(exec::Reactor& reactor);

  const win32::RegistryStore& store() const { return store_; }
  const win32::KeyPath& key() const { return key_; }

 private:
  // A folder that is watched.
  struct Folder {
    enum class Kind {
      kAbove,   // on the way to the key: the next folder of the way matters
      kKey,     // the key, or one below it: the keys in it matter, and that it gets values
      kValues,  // the values of such a key
    };
    Kind kind = Kind::kAbove;
    std::string path;
    std::string next = {};                  // kAbove: the file name that the way goes on with,
    const std::string* next_key = nullptr;  // or the key, whose file may have any case
  };
  using Folders = std::unordered_map<int, Folder>;

  // Whether the key is there, and in which folder. Some keys exist without one.
  struct State {
    bool exists = false;
    bool has_folder = false;
    dev_t device = 0;
    ino_t inode = 0;
  };

  // What the messages of one reading come to.
  struct Heard {
    bool changed = false;
    bool is_way_new = false;  // the folders on the way to the key are others now
  };

  Status FollowWay(Folders& into, std::string& key_folder) const;
  Result<bool> Watch(Folder folder, Folders& into) const;
  Status WatchKeys(std::string folder, Folders& into) const;
  Status WatchValues(const std::string& key_folder, Folders& into) const;
  Result<bool> Renew();
  State ReadState(const std::string& key_folder) const;

  void Ready();
  Status Take(std::string_view bytes, Heard& heard);
  Status TakeOne(int number, std::uint32_t mask, std::string_view name, Heard& heard);
  Status TakeOfKey(const Folder& key, std::uint32_t mask, std::string_view name, Heard& heard);
  void Forget(const std::string& path);

  const win32::RegistryStore store_;
  const win32::KeyPath key_;
  const Depth depth_;
  const Told told_;
  int inotify_ = -1;
  Folders folders_;
  State state_;
  bool has_ended_ = false;
  std::unique_ptr<exec::Reactor::Watch> watch_;
};

}  // namespace wmi::registry
