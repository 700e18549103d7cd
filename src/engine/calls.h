// The calls that a session can make, each as the source of an operation.
//
// None of these functions parses, looks anything up or fails: that happens in the first turn of the operation, so that
// whatever is wrong with a query, a path or an object is the final status of the call (contract 1.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cim/put_mode.h"
#include "cim/row.h"
#include "engine/call_context.h"
#include "engine/event_protection.h"
#include "engine/operation.h"
#include "engine/plan_trace.h"
#include "engine/row_source.h"
#include "engine/session.h"
#include "security/subject.h"
#include "store/repository.h"

namespace wmi::engine {

class EventSubscription;

// Whether texts in the language of the session are merged in, or may be in what is put (contract 8.9).
enum class Amended { kNo, kYes };

// What goes with a call to those who work for it.
struct CallOptions {
  CallContextPtr context;  // null: none
  WantsProgress wants_progress = WantsProgress::kNo;
  Amended amended = Amended::kNo;
  PlanTracePtr trace = nullptr;  // null: nobody asks what was done
};

enum class Depth { kDeep, kShallow };
enum class QueryResult { kInstances, kPrototype };
// Whether the keys are shown even where the select list left them out (WBEM_FLAG_ENSURE_LOCATABLE).
enum class Locatable { kAsSelected, kAlways };

// ---- reading (read_calls.cc)

struct QueryOptions {
  QueryResult result = QueryResult::kInstances;
  Locatable locatable = Locatable::kAsSelected;
  Depth depth = Depth::kDeep;
};
std::unique_ptr<RowSource> QuerySource(SessionPtr session, std::string query, QueryOptions query_options = {},
                                       CallOptions options = {});
std::unique_ptr<RowSource> InstancesSource(SessionPtr session, std::string class_name, Depth depth,
                                           CallOptions options = {});
// The class or instance at `path`.
std::unique_ptr<RowSource> ObjectSource(SessionPtr session, std::string path, CallOptions options = {});
// Subclasses of `superclass`, all or the direct ones; of the top when it is empty. The class itself is not among them.
std::unique_ptr<RowSource> ClassesSource(SessionPtr session, std::string superclass, Depth depth,
                                         CallOptions options = {});
// An object that is known already.
std::unique_ptr<RowSource> ReadySource(cim::Object object);

// ---- changing (change_calls.cc). They deliver no rows.

std::unique_ptr<RowSource> PutClassSource(SessionPtr session, cim::Object schema, cim::PutMode mode,
                                          store::ClassUpdate update, CallOptions options = {});
std::unique_ptr<RowSource> DeleteClassSource(SessionPtr session, std::string class_name);
// Ending::text is the path of the instance.
std::unique_ptr<RowSource> PutInstanceSource(SessionPtr session, cim::Object instance, cim::PutMode mode,
                                             CallOptions options = {});
std::unique_ptr<RowSource> DeleteInstanceSource(SessionPtr session, std::string path, CallOptions options = {});

// ---- methods (method_call.cc)

// One row, the out-parameters, or none for a method that gives nothing back. `in` may be empty.
std::unique_ptr<RowSource> MethodSource(SessionPtr session, std::string path, std::string method, cim::Object in,
                                        CallOptions options = {});

// ---- namespaces and events (subscription.cc)

// Ending::text is the full name of the namespace `name`, which is relative to that of the session.
std::unique_ptr<RowSource> NamespaceSource(SessionPtr session, std::string name);

// What a subscription says besides its query.
struct SubscriptionOptions {
  // For whom it is; null: for the effective user of the thread that makes the source (contract 6.6).
  security::SubjectPtr subject;
  // The rest is of permanent ones.
  std::size_t queue_bytes = 0;  // of the events that may wait; 0: the usual
  bool slows_down = false;      // whoever fires and can wait, while half of that waits
  std::string consumer_path;    // whom the events are for; empty: whoever reads the operation
  // Of who made it, in binary; empty for a program that asks itself.
  std::vector<std::uint8_t> creator_sid;
  DescriptorPtr event_access;  // who may publish to it; null: everybody
  // Called once events can come, with what takes them, on the thread of the operation; short.
  std::function<void(const std::shared_ptr<EventSubscription>& events)> opened;
};
// Events until it is cancelled (docs/events.md).
std::unique_ptr<RowSource> SubscriptionSource(SessionPtr session, std::string query, SubscriptionOptions options = {});

}  // namespace wmi::engine
