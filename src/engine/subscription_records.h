// What permanent subscriptions did, as instances of Linux_EventSubscription in ROOT\linux: for whoever asks, in
// whatever process, and so that counting goes on after a restart.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/permanent_subscriptions.h"
#include "store/repository.h"

namespace wmi::engine {

// What was recorded, by path of the binding. Nothing when there is no such class.
Result<std::map<std::string, SubscriptionState>> ReadSubscriptionRecords(const store::Repository& repository);

// Writes these, and takes those of `gone` away, in one transaction. Does nothing when there is no such class.
Status WriteSubscriptionRecords(store::Repository& repository, const std::vector<SubscriptionState>& states,
                                const std::vector<std::string>& gone);

}  // namespace wmi::engine
