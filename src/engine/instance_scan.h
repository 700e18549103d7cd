// InstanceScan: the physical part of a read — which providers are asked for which classes, and the rows that come back.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/status.h"
#include "cim/property_set.h"
#include "engine/row_source.h"
#include "provider/provider.h"
#include "wql/predicate.h"

namespace wmi::engine {

class Engine;

// What to read of each class.
struct ScanPlan {
  std::vector<cim::ClassPtr> classes;  // those that have no provider of their own are passed over
  cim::PropertySet visible = cim::PropertySet::All();
  cim::PropertySet needed = cim::PropertySet::All();
  std::shared_ptr<const wql::Predicate> filter;
  bool has_keys = false;
  std::vector<provider::KeyTuple> keys;
  std::size_t rows_max = 0;  // stop after so many; 0: no limit
};

// Used by one thread at a time.
class InstanceScan {
 public:
  InstanceScan(const Engine& engine, ScanPlan plan) : engine_(engine), plan_(std::move(plan)) {}

  // Of the class whose turn it is.
  Placement placement() const;
  // As RowSource::Pull. Ends with kPartialResults, naming the properties, when some could not be read.
  Pulled Pull(const PullRequest& request, Batch& out);
  std::size_t rows() const { return rows_; }

 private:
  // Opens the stream of the next class that has a provider; false when there is none left.
  Result<bool> OpenNext(const std::stop_token& stop);
  provider::InstanceProvider* ProviderOf(const cim::Class& schema) const;
  Status Outcome() const;

  const Engine& engine_;
  const ScanPlan plan_;
  std::size_t next_class_ = 0;
  std::size_t rows_ = 0;
  std::unique_ptr<provider::Request> request_;  // outlives stream_
  std::unique_ptr<provider::InstanceStream> stream_;
  std::set<std::string> denied_;
};

}  // namespace wmi::engine
