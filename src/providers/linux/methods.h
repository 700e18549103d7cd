// Methods of the built-in classes: a table per class, and what a method is handed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "provider/provider.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

// One call of a method: its arguments, and the answer that is being put together. Used by one thread; the request and
// the machine outlive it. A method runs on the provider pool and may block, with a deadline of its own.
class MethodCall {
 public:
  MethodCall(const Machine& machine, const provider::MethodRequest& request) : machine_(machine), request_(request) {}

  const Machine& machine() const { return machine_; }
  const std::stop_token& stop() const { return request_.stop; }
  // False when it was called on the class.
  bool has_instance() const { return request_.keys.has_value(); }
  // The key of the instance, in the order of Class::key_slots(); empty when there is none, or it is no text.
  std::string KeyText(std::size_t index = 0) const;

  // In-parameters by name; NULL, missing or of another kind: nothing.
  cim::ValueView In(std::string_view name) const;
  std::optional<std::string> InText(std::string_view name) const;
  std::optional<std::uint64_t> InUnsigned(std::string_view name) const;
  std::optional<std::int64_t> InSigned(std::string_view name) const;
  std::optional<bool> InBoolean(std::string_view name) const;

  // Out-parameters by name; one that the signature does not have is ignored.
  void SetOut(std::string_view name, cim::Value value);
  // The answer, with this ReturnValue.
  Result<cim::Object> Return(std::uint64_t return_value);

 private:
  const Machine& machine_;
  const provider::MethodRequest& request_;
  std::vector<std::pair<std::size_t, cim::Value>> out_;
};

struct MethodRow {
  std::string_view name;
  Result<cim::Object> (*run)(MethodCall& call);
  // For the class's page: what it does here, in Markdown.
  std::string_view note;
};

// Finds the method of the request and runs it; kProviderNotCapable when the table has none of that name.
Result<cim::Object> RunMethod(std::span<const MethodRow> methods, const Machine& machine,
                              const provider::MethodRequest& request);

}  // namespace wmi::linuxos
