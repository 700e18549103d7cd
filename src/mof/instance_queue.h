// InstanceQueue: the instances of a compilation that wait for aliases which are defined further down (contract 8.7).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "cim/put_mode.h"
#include "mof/diagnostics.h"
#include "mof/instance_compiler.h"
#include "mof/syntax.h"

namespace wmi::mof {

// An instance with the circumstances of the place where it stands.
struct QueuedInstance {
  InstanceSyntax syntax;
  std::string_view file;
  std::string_view text;  // of the file, decoded
  std::string name_space;
  cim::PutMode mode = cim::PutMode::kCreateOrUpdate;
  std::size_t number = 0;  // of the object in the compilation
  Offset begin = 0;
  Offset end = 0;
};

// Not thread-safe.
class InstanceQueue {
 public:
  // Puts an instance whose aliases are all known: its path, or nullopt after reporting why not.
  using Put = std::function<std::optional<AliasPath>(const QueuedInstance&)>;
  // Says what is wrong with an instance that can never be put.
  using Complain = std::function<void(const QueuedInstance&, Code, Offset, std::string message)>;

  InstanceQueue(Put put, Complain complain) : put_(std::move(put)), complain_(std::move(complain)) {}

  // Puts it, and those that waited for it, or keeps it. One that needs something broken is dropped without a word,
  // since one error is enough.
  void Add(QueuedInstance instance);
  // An instance with this alias was wrong.
  void AddBroken(std::string_view alias);
  // At the end: whatever still waits needs an alias that nobody defines, or waits for itself.
  void Finish();

  // Null when it stands for nothing yet. Valid until the next change.
  const AliasPath* Find(std::string_view alias) const;

 private:
  enum class State { kMentioned, kWaiting, kKnown, kBroken };
  struct Alias {
    State state = State::kMentioned;
    AliasPath path;
    std::vector<std::size_t> waiting;  // indexes into waiting_
  };
  struct Mention {
    std::string_view alias;
    Offset offset;
  };
  struct Waiting {
    QueuedInstance instance;
    std::vector<Mention> missing;
    std::size_t unsettled = 0;
    bool is_done = false;
  };

  static std::vector<Mention> MentionsOf(const InstanceSyntax& syntax);
  Alias& Ensure(std::string_view alias);
  const Mention* FirstInState(const Waiting& waiting, State state) const;
  void Settle(std::string_view alias, std::optional<AliasPath> path);
  void DropBroken(std::string_view alias);
  std::size_t FindCircle(std::size_t start) const;

  Put put_;
  Complain complain_;
  std::unordered_map<std::string, Alias, FoldedHash, FoldedEqual> aliases_;
  std::unordered_map<std::string, std::size_t, FoldedHash, FoldedEqual> definers_;  // aliases of waiting instances
  std::vector<Waiting> waiting_;
};

}  // namespace wmi::mof
