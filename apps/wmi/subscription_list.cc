#include "wmi/subscription_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cim/datetime.h"
#include "wmi/json.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

constexpr std::string_view kAdministrators = "S-1-5-32-544";
constexpr std::string_view kUserSid = "S-1-22-1-";

std::string Creator(const std::string& sid) {
  if (sid == kAdministrators) return sid + " (Administrators: root)";
  if (sid.starts_with(kUserSid)) return fmt::format("{} (user {})", sid, sid.substr(kUserSid.size()));
  return sid;
}

std::string Line(std::string_view name, std::string_view value) {
  return value.empty() ? std::string() : fmt::format("  {:<11}{}\n", name, EscapeControls(std::string(value)));
}

nlohmann::ordered_json TextOrNull(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

}  // namespace

void SubscriptionList::OnHost(const char* process, const char* folder) {
  host_ = process;
  folder_ = folder;
}

void SubscriptionList::OnSubscription(const api::HostedSubscription& told) {
  subscriptions_.push_back({told.path, told.filter, told.consumer, told.query, told.creator, told.created, told.state,
                            told.reason, told.delivered, told.failed, told.lost, told.last_delivery,
                            told.last_failure});
}

std::string SubscriptionList::Summary() const {
  const std::size_t count = subscriptions_.size();
  const auto active = std::count_if(subscriptions_.begin(), subscriptions_.end(),
                                    [](const Subscription& one) { return one.state == "Active"; });
  return fmt::format("{} permanent {}, {} active", count, count == 1 ? "subscription" : "subscriptions", active);
}

std::string SubscriptionList::TextOf(const Subscription& subscription) {
  std::string text = EscapeControls(subscription.path) + '\n';
  text += Line("State:", subscription.state);
  text += Line("Reason:", subscription.reason);
  text += Line("Query:", subscription.query);
  text += Line("Filter:", subscription.filter);
  text += Line("Consumer:", subscription.consumer);
  text += Line("Made by:", Creator(subscription.creator));
  text += Line("Made on:", subscription.created.empty() ? "" : ReadableDateTime(subscription.created));
  text += Line("Events:", fmt::format("{} delivered, {} failed, {} lost", subscription.delivered, subscription.failed,
                                      subscription.lost));
  if (subscription.last_delivery != 0) {
    text += Line("Last:", ReadableDateTime(cim::FormatLocalDatetime(subscription.last_delivery)));
  }
  text += Line("Failure:", subscription.last_failure);
  return text;
}

std::string SubscriptionList::Text() const {
  std::string text = host_.empty() ? "Nobody hosts them, so none is active: run wmi host\n"
                                   : fmt::format("Hosted by process {}\n", host_);
  text = fmt::format("{}. {}", Summary(), text);
  for (const Subscription& subscription : subscriptions_) text += '\n' + TextOf(subscription);
  return text;
}

std::string SubscriptionList::Json(int indent) const {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::string lines;
  for (const Subscription& one : subscriptions_) {
    nlohmann::ordered_json json;
    json["binding"] = one.path;
    json["state"] = one.state;
    json["reason"] = TextOrNull(one.reason);
    json["query"] = TextOrNull(one.query);
    json["filter"] = one.filter;
    json["consumer"] = one.consumer;
    json["creator"] = one.creator;
    json["created"] = TextOrNull(one.created);
    json["delivered"] = one.delivered;
    json["failed"] = one.failed;
    json["lost"] = one.lost;
    json["lastDelivery"] = one.last_delivery == 0 ? nlohmann::ordered_json()
                                                  : nlohmann::ordered_json(cim::FormatLocalDatetime(one.last_delivery));
    json["lastFailure"] = TextOrNull(one.last_failure);
    if (indent < 0) lines += Dump(json, indent) + '\n';
    list.push_back(std::move(json));
  }
  return indent < 0 ? lines : Dump(list, indent) + '\n';
}

}  // namespace wmi::cli
