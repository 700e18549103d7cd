// The native provider SPI: what a built-in class implements to be asked for instances (architecture, "Providers").
//
// A provider opens a stream per query; the engine pulls rows from it a batch at a time and applies the filter. It reads
// only what `Request::needed` names. An instance that vanishes while being read is skipped; a property that Linux does
// not have, or that may not be read, stays NULL (and is noted as denied in the second case).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "cim/class.h"
#include "cim/property_set.h"
#include "cim/put_mode.h"
#include "cim/row.h"

namespace wmi::wql {
class Predicate;
}

namespace wmi::provider {

// The values of all keys of one instance, in the order of Class::key_slots().
using KeyTuple = std::vector<cim::Value>;

// Who gets all instances of a class.
enum class Listing {
  kAlways,
  // Only who asks for the class by its own name, by keys or by values of Support::narrowed: to list them all takes
  // very long, such as a walk over the disks. A query of a superclass goes without and is told so.
  kByOwnNameOnly,
};

// What a provider makes use of in a Request. It is handed no more than that, and what it does not do is done for it:
// the writer drops the rows that it gives beyond what was asked. A value.
struct Support {
  // Request::keys: it looks up. One that does not is asked for all instances.
  bool keys = true;
  // Request::needed: it leaves out the rest. One that does not is asked for all properties.
  bool needed = true;
  // Request::allowed: the properties, by name, of which it wants to know the values that matter, because it can tell
  // early which instances to leave out.
  std::vector<std::string_view> narrowed = {};
  Listing listing = Listing::kAlways;
};

// What is asked of a provider. Lives as long as the stream that was opened for it.
struct Request {
  // The values of one property outside which no row can match, in its type. Texts compare without case.
  struct Allowed {
    std::size_t slot = 0;
    std::vector<cim::Value> values;
  };

  cim::ClassPtr schema;
  // The slots to fill: shown or tested. Others may stay at their defaults.
  cim::PropertySet needed = cim::PropertySet::All();
  // The slots a client will see.
  cim::PropertySet visible = cim::PropertySet::All();
  // Only these instances, when `has_keys`; those that do not exist are simply not written.
  bool has_keys = false;
  std::vector<KeyTuple> keys;
  // What the WHERE clause says of Support::narrowed; a property that it leaves open is not listed.
  std::vector<Allowed> allowed;
  // The WHERE clause, null for none, and a test that rows must pass besides, empty for none. The writer applies both.
  std::shared_ptr<const wql::Predicate> filter;
  std::function<bool(const cim::Row& row)> accepts;
  // Set when the caller has lost interest.
  std::stop_token stop;

  // Whether a row with this value in a narrowed property may match.
  bool Allows(std::size_t slot, cim::ValueView value) const;
  bool IsNarrowed(std::size_t slot) const;
};

// Takes the rows of one pull. Not thread-safe.
class RowWriter {
 public:
  RowWriter(const Request& request, std::size_t rows_max, std::size_t bytes_max);

  // A row starts with the defaults of the class and ends with Commit (which drops it when the filter says no) or Drop.
  void Begin();
  void Set(std::size_t slot, cim::ValueView value) { builder_.Set(slot, value); }
  void SetBoolean(std::size_t slot, bool value) { builder_.SetBoolean(slot, value); }
  void SetSigned(std::size_t slot, std::int64_t value) { builder_.SetSigned(slot, value); }
  void SetUnsigned(std::size_t slot, std::uint64_t value) { builder_.SetUnsigned(slot, value); }
  void SetReal(std::size_t slot, double value) { builder_.SetReal(slot, value); }
  // Of the row itself (cim/instance_qualifiers.h).
  void SetOwnQualifiers(std::shared_ptr<const cim::InstanceQualifiers> qualifiers) {
    builder_.SetOwnQualifiers(std::move(qualifiers));
  }
  // Bytes that are not UTF-8 are replaced by U+FFFD.
  void SetText(std::size_t slot, std::string_view text);
  // The property exists but the caller may not read it: it is NULL and the call ends with partial results.
  void SetDenied(std::size_t slot);
  // Some instances or values could not be had, and why, in a sentence: the call ends with partial results. May be said
  // several times; the same is told once.
  void SetIncomplete(std::string_view reason);
  void Commit();
  void Drop();

  // Enough for this pull: return kMore.
  bool full() const;
  std::size_t rows() const { return builder_.rows(); }
  // Committed and dropped ones, with those that the filter did not let pass.
  std::size_t examined() const { return examined_; }
  // How far the work is, from a provider that knows its size: reaches a client that asked for WBEM_FLAG_SEND_STATUS.
  void SetProgress(std::uint64_t done, std::uint64_t total) { progress_ = {done, total}; }
  struct Progress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
  };
  const std::optional<Progress>& progress() const { return progress_; }

  // Names of the properties that were denied in committed rows.
  const std::set<std::size_t>& denied_slots() const { return denied_; }

  // The reasons of SetIncomplete.
  const std::set<std::string>& incomplete() const { return incomplete_; }

  // Moves the rows out.
  void Finish(std::vector<cim::Object>& out) { builder_.Finish(out); }

 private:
  const Request& request_;
  cim::RowBlockBuilder builder_;
  std::size_t rows_max_;
  std::size_t bytes_max_;
  TimePoint started_;
  std::size_t examined_ = 0;
  std::optional<Progress> progress_;
  std::set<std::size_t> denied_;
  std::set<std::size_t> row_denied_;
  std::set<std::string> incomplete_;
};

enum class ReadState { kMore, kEnd };

// One enumeration or look-up in progress. Used by one thread at a time, not always the same one.
class InstanceStream {
 public:
  virtual ~InstanceStream() = default;
  // Writes rows until the writer is full (kMore) or there are no more (kEnd). Returns soon after a stop was requested.
  virtual Result<ReadState> Read(RowWriter& writer) = 0;
};

// Whether a provider's code only does short, bounded work (regular files of /proc and /sys) and may run on executor
// threads, or may block (statvfs on a dead mount, D-Bus, NSS) and runs on the provider pool.
enum class Blocking { kNever, kPossible };

// A change that is asked of a provider. The engine has checked names, types and keys against the class.
struct PutRequest {
  cim::Object instance;
  cim::PutMode mode = cim::PutMode::kCreateOrUpdate;
  std::stop_token stop;
};

struct DeleteRequest {
  cim::ClassPtr schema;
  KeyTuple keys;
  std::stop_token stop;
};

struct MethodRequest {
  cim::ClassPtr schema;
  const cim::Method* method = nullptr;  // of `schema`
  // The instance, with its keys; not set when the method is called on the class.
  std::optional<KeyTuple> keys;
  // The in-parameters, checked against the signature; an empty object when there are none.
  cim::Object in;
  std::stop_token stop;
};

// Serves the instances of one class. Safe from several threads.
class InstanceProvider {
 public:
  virtual ~InstanceProvider() = default;
  virtual Blocking blocking() const { return Blocking::kNever; }
  // What Open makes use of. The same at all times.
  virtual Support support() const { return {}; }
  // `request` outlives the stream.
  virtual Result<std::unique_ptr<InstanceStream>> Open(const Request& request) = 0;

  // Changes run on the provider pool, whatever blocking() says. A class that is only read answers
  // kProviderNotCapable.
  // The relative path of what was written.
  virtual Result<std::string> Put(const PutRequest& request);
  virtual Status Delete(const DeleteRequest& request);
  // An instance of method->out, or an empty object for a method that gives nothing back.
  virtual Result<cim::Object> Execute(const MethodRequest& request);
};

// Which provider serves which class. Filled by the composition root before the engine starts, read-only afterwards.
class Registry {
 public:
  void Register(std::string class_name, std::unique_ptr<InstanceProvider> provider);
  // Null when nobody serves the class.
  InstanceProvider* Find(std::string_view class_name) const;

 private:
  std::unordered_map<std::string, std::unique_ptr<InstanceProvider>, FoldedHash, FoldedEqual> providers_;
};

}  // namespace wmi::provider
