// SubscriptionPlan: what the repository says about one permanent subscription, and whether that can work.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "cim/row.h"
#include "engine/event_protection.h"
#include "provider/event_consumer.h"
#include "store/repository.h"

namespace wmi::engine {

class Engine;

// A binding with its two ends. A value.
struct SubscriptionPlan {
  std::string name_space;  // of the binding
  std::string path;        // of the binding, full
  std::string filter_path;
  std::string consumer_path;
  cim::Object binding;
  cim::Object filter;    // empty when there is none
  cim::Object consumer;  // likewise
  std::string filter_space;
  std::string consumer_space;
  Status problem;  // why it cannot work, and the way out

  // The consumer, with its machine and namespace.
  std::string FullConsumerPath() const;
  // Where the events happen, and what is asked there.
  std::string EventNamespace() const;
  std::string Query() const;
  std::string Creator() const;
  std::string Created() const;
  std::uint32_t MaximumQueueSize() const;  // bytes; 0: not said
  bool SlowDownProviders() const;

  // Whether what runs would not run otherwise.
  bool IsSameWork(const SubscriptionPlan& other) const;
};

// All bindings of all namespaces, `at_most` of them.
Result<std::vector<SubscriptionPlan>> ReadSubscriptionPlans(const store::Repository& repository, std::size_t at_most);

// Who acts for the consumer of a plan without a problem: built-in code, or a provider that is registered in its
// namespace. kProviderNotFound when there is none. A class is served by who serves its superclass, too.
struct FoundConsumer {
  std::shared_ptr<provider::EventConsumerProvider> registered;  // keeps `provider` when it is not built in
  provider::EventConsumerProvider* provider = nullptr;
};
Result<FoundConsumer> FindConsumer(Engine& engine, const SubscriptionPlan& plan);

// Who may publish to it, as EventAccess of the filter says (contract 6.6); null: everybody. kInvalidParameter, with the
// column, for what is no SDDL.
Result<DescriptorPtr> EventAccessOf(const SubscriptionPlan& plan);
// kAccessDenied when that leaves out `publisher`: the user as whom all events of this process are fired.
Status CheckPublisher(const security::SecurityDescriptor& event_access, const security::Subject& publisher);

// The rules about who wrote it (contract 6.4).
Status CheckCreators(const SubscriptionPlan& plan, const provider::EventConsumerProvider& provider,
                     bool has_polling_query);

}  // namespace wmi::engine
