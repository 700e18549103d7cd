// SnapshotProvider: a class with instances, made of a Traits type that says everything about it:
//
//   struct TimeZone {
//     using View = TimeZoneView;                                  // derived from ViewBase
//     static constexpr std::string_view kClass = "Win32_TimeZone";
//     static constexpr std::string_view kAbout = "One instance: …";  // Markdown, for the class's page
//     static std::span<const Source> Sources();
//     static std::span<const Column<View>> Columns();
//     // Appends the instances; reads no more than asked.sources. A status of kPartialResults with a message: some are
//     // missing, and why.
//     static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
//     // Optional:
//     static constexpr bool kLooksUp = true;   // Load gives exactly asked.request.keys when has_keys, without a scan
//     static constexpr bool kMayBlock = true;  // runs on the provider pool
//     static constexpr auto kNarrowed = std::array{"Name"};  // properties of which Load reads asked.request.allowed
//     static std::span<const MethodRow> Methods();
//     static Result<std::string> Put(const Machine& machine, const provider::PutRequest& request);
//     static Status Delete(const Machine& machine, const provider::DeleteRequest& request);
//   };
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "providers/linux/host.h"
#include "providers/linux/methods.h"
#include "providers/linux/snapshot_stream.h"

namespace wmi::linuxos {

// What a loader is asked.
struct Asked {
  SourceSet sources = 0;
  const provider::Request& request;

  bool Wants(SourceSet source) const { return (sources & source) != 0; }
  bool stopped() const { return request.stop.stop_requested(); }
};

template <typename Traits>
class SnapshotProvider final : public provider::InstanceProvider {
 public:
  using View = typename Traits::View;

  explicit SnapshotProvider(Machine machine) : machine_(std::move(machine)) {}

  provider::Blocking blocking() const override {
    if constexpr (requires { Traits::kMayBlock; }) {
      return Traits::kMayBlock ? provider::Blocking::kPossible : provider::Blocking::kNever;
    } else {
      return provider::Blocking::kNever;
    }
  }

  provider::Support support() const override {
    provider::Support support;
    support.keys = requires { Traits::kLooksUp; };
    if constexpr (requires { Traits::kNarrowed; }) {
      support.narrowed.assign(Traits::kNarrowed.begin(), Traits::kNarrowed.end());
    }
    return support;
  }

  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override {
    // The rows are exactly those asked for already: Load looked them up, or was not told of keys.
    return OpenSnapshot<View>(
        Traits::Columns(), request, 0,
        [this, &request](SourceSet sources, std::vector<View>& out) {
          return Traits::Load(machine_, Asked{sources, request}, out);
        },
        [](const View&, const provider::KeyTuple&) { return true; });
  }

  Result<std::string> Put(const provider::PutRequest& request) override {
    if constexpr (requires { Traits::Put(machine_, request); }) {
      return Traits::Put(machine_, request);
    } else {
      return InstanceProvider::Put(request);
    }
  }

  Status Delete(const provider::DeleteRequest& request) override {
    if constexpr (requires { Traits::Delete(machine_, request); }) {
      return Traits::Delete(machine_, request);
    } else {
      return InstanceProvider::Delete(request);
    }
  }

  Result<cim::Object> Execute(const provider::MethodRequest& request) override {
    if constexpr (requires { Traits::Methods(); }) {
      return RunMethod(Traits::Methods(), machine_, request);
    } else {
      return InstanceProvider::Execute(request);
    }
  }

 private:
  const Machine machine_;
};

}  // namespace wmi::linuxos
