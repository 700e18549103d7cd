// Subscriptions to events, and namespaces (calls.h).
#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <utility>

#include "base/limits.h"
#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/source_parts.h"
#include "wql/event_query.h"
#include "wql/query.h"

namespace wmi::engine {
namespace {

std::atomic_flag silence_announced = ATOMIC_FLAG_INIT;

// A subscription that will never hear anything must not look like one that works.
void AnnounceSilence(const std::string& query) {
  if (silence_announced.test_and_set()) return;
  fmt::print(stderr,  // NOLINT(banned): the one place where the user can be told
             "openwmi: this version delivers extrinsic events only; the subscription '{}' is alive and will get "
             "nothing\n",
             query);
}

class Subscription final : public RowSource {
 public:
  Subscription(std::shared_ptr<PushPort> port, std::shared_ptr<EventHub::Subscription> held)
      : port_(std::move(port)), held_(std::move(held)) {}
  Pulled Pull(const PullRequest& request, Batch& out) override { return port_->Pull(request, out); }

 private:
  const std::shared_ptr<PushPort> port_;
  const std::shared_ptr<EventHub::Subscription> held_;
};

Result<SourcePtr> BindSubscription(const SessionPtr& session, const std::string& text) {
  const NamespacePtr classes = session->name_space();
  const auto tree = TRY(wql::Parse(text));
  wql::EventQuery query = TRY(wql::BindEvent(*tree, *classes));
  if (query.group) {
    return Status(code::kNotSupported, "this version does not group events; leave GROUP WITHIN out")
        .WithParameter(text);
  }
  if (!query.IsExtrinsic()) AnnounceSilence(text);
  PushPort::Options options;
  options.overflow = PushPort::Overflow::kDropOldest;
  options.rows_max = limits::kEventQueueMax;
  options.filter = std::move(query.filter);
  options.visible = std::move(query.visible);
  options.schema = std::move(query.schema);
  auto port = std::make_shared<PushPort>(std::move(options));
  return SourcePtr(std::make_unique<Subscription>(port, session->engine().events().Subscribe(classes->name(), port)));
}

bool IsAbsolute(std::string_view name) {
  return name.starts_with('\\') || name.starts_with('/') || name.find(':') != std::string_view::npos;
}

}  // namespace

SourcePtr SubscriptionSource(SessionPtr session, std::string query) {
  return Deferred(
      [session = std::move(session), query = std::move(query)] { return BindSubscription(session, query); });
}

SourcePtr NamespaceSource(SessionPtr session, std::string name) {
  return Effect(
      Placement::kExecutor,
      [session = std::move(session), name = std::move(name)](const PullRequest&, Batch&) -> Ending {
        if (name.empty() || IsAbsolute(name)) {
          return Status(code::kInvalidParameter,
                        "the namespace is named relative to this one, as in cimv2 or cimv2\\power")
              .WithParameter(name);
        }
        std::string full = session->name_space()->name() + "\\" + name;
        std::replace(full.begin(), full.end(), '/', '\\');
        const NamespacePtr found = session->engine().catalogue().Find(full);
        if (!found) {
          return Status(code::kInvalidNamespace, fmt::format("there is no namespace '{}'", full)).WithParameter(name);
        }
        Ending ending;
        ending.text = found->name();
        return ending;
      });
}

}  // namespace wmi::engine
