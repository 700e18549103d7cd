// SubscriptionList: the permanent subscriptions of a repository, as text and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/host_tool.h"

namespace wmi::cli {

// A copy of what the library tells.
class SubscriptionList final : public api::SubscriptionReceiver {
 public:
  void OnHost(const char* process, const char* folder) override;
  void OnSubscription(const api::HostedSubscription& subscription) override;

  // For people.
  std::string Text() const;
  // A list; a negative indent: an object a line.
  std::string Json(int indent) const;
  // "3 permanent subscriptions, 2 of them active".
  std::string Summary() const;

 private:
  struct Subscription {
    std::string path;
    std::string filter;
    std::string consumer;
    std::string query;
    std::string creator;
    std::string created;
    std::string state;
    std::string reason;
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;
    std::uint64_t lost = 0;
    std::int64_t last_delivery = 0;
    std::string last_failure;
  };

  static std::string TextOf(const Subscription& subscription);

  std::string host_;
  std::string folder_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace wmi::cli
