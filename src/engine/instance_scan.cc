#include "engine/instance_scan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/engine.h"

namespace wmi::engine {

provider::InstanceProvider* InstanceScan::ProviderOf(const cim::Class& schema) const {
  return engine_.providers().Find(schema.name());
}

Placement InstanceScan::placement() const {
  const cim::Class* schema = nullptr;
  if (stream_) {
    schema = request_->schema.get();
  } else {
    for (std::size_t i = next_class_; i < plan_.classes.size() && !schema; ++i) {
      if (ProviderOf(*plan_.classes[i])) schema = plan_.classes[i].get();
    }
  }
  if (!schema) return Placement::kExecutor;
  return ProviderOf(*schema)->blocking() == provider::Blocking::kPossible ? Placement::kProvider : Placement::kExecutor;
}

Result<bool> InstanceScan::OpenNext(const std::stop_token& stop) {
  while (next_class_ < plan_.classes.size()) {
    const cim::ClassPtr& schema = plan_.classes[next_class_++];
    provider::InstanceProvider* provider = ProviderOf(*schema);
    if (!provider) {
      if (!schema->is_dynamic()) continue;
      return Status(code::kProviderNotFound, fmt::format("no provider is registered for the class {}", schema->name()))
          .WithProvider(std::string(schema->qualifiers().Text("provider")));
    }
    auto request = std::make_unique<provider::Request>();
    request->schema = schema;
    request->needed = plan_.needed;
    request->visible = plan_.visible;
    request->has_keys = plan_.has_keys;
    request->keys = plan_.keys;
    request->filter = plan_.filter;
    request->stop = stop;
    stream_ = TRY(provider->Open(*request));
    request_ = std::move(request);
    return true;
  }
  return false;
}

Pulled InstanceScan::Pull(const PullRequest& request, Batch& out) {
  if (!stream_) {
    // One class a turn: the next one may have to run elsewhere.
    Result<bool> opened = OpenNext(request.stop);
    if (!opened.ok()) return Pulled::End(opened.status());
    if (!opened.value()) return Pulled::End(Outcome());
  }
  std::size_t rows_max = request.rows_max;
  if (plan_.rows_max) rows_max = std::min(rows_max, plan_.rows_max - rows_);
  provider::RowWriter writer(*request_, rows_max, request.bytes_max);
  Result<provider::ReadState> read = stream_->Read(writer);
  for (std::size_t slot : writer.denied_slots()) denied_.insert(request_->schema->properties()[slot].name);
  rows_ += writer.rows();
  writer.Finish(out);
  if (!read.ok()) {
    return Pulled::End(read.status().WithProvider(std::string(request_->schema->qualifiers().Text("provider"))));
  }
  if (plan_.rows_max && rows_ >= plan_.rows_max) return Pulled::End(Outcome());
  if (read.value() == provider::ReadState::kEnd) {
    stream_.reset();
    request_.reset();
    if (next_class_ == plan_.classes.size()) return Pulled::End(Outcome());
  }
  return Pulled::More();
}

Status InstanceScan::Outcome() const {
  if (denied_.empty()) return Status();
  return Status(code::kPartialResults,
                fmt::format("not permitted to read {} of every instance; it is NULL there", fmt::join(denied_, ", ")));
}

}  // namespace wmi::engine
