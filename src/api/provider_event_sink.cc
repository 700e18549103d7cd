#include "api/provider_event_sink.h"

#include <fmt/format.h>
#include <oleauto.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "api/error_description.h"
#include "api/input.h"
#include "api/services_parts.h"
#include "base/limits.h"
#include "com/abi_call.h"
#include "security/security_descriptor.h"
#include "wql/query.h"
#include "wql/watched.h"

namespace wmi::api {
namespace {

// Queries of one restricted sink.
constexpr std::int32_t kQueriesMax = 1024;

// Runs `body`, which returns a Status, and leaves a description of what it says.
template <typename Body>
HRESULT DescribedCall(Body&& body) noexcept {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    return ReportDescription(body());
  });
}

Result<cim::Object> ReadEvent(IWbemClassObject* object) {
  cim::Object event = TRY(ReadObject(object, ObjectKind::kInstance, "an element of apObjArray"));
  if (event.schema().IsA("__Event")) return event;
  return Status(code::kInvalidClass,
                fmt::format("{} does not derive from __Event, so it cannot be fired", event.schema().name()))
      .WithParameter(event.schema().name());
}

// The page of SetSinkSecurity asks for owner and group.
Result<engine::DescriptorPtr> ReadSinkDescriptor(std::span<const std::uint8_t> bytes) {
  security::SecurityDescriptor descriptor = TRY(security::SecurityDescriptor::FromBytes(bytes));
  if (descriptor.owner && descriptor.group) {
    return std::make_shared<const security::SecurityDescriptor>(std::move(descriptor));
  }
  return Status(code::kInvalidParameter,
                fmt::format("the security descriptor has no {}; set it to the user in whose name the events are fired",
                            descriptor.owner ? "group" : "owner"))
      .WithParameter("pSD");
}

}  // namespace

HRESULT ProviderEventSink::Indicate(long lObjectCount, IWbemClassObject** apObjArray) {
  return DescribedCall([&] { return Fire(lObjectCount, apObjArray); });
}

Status ProviderEventSink::Fire(long count_given, IWbemClassObject** objects) const {
  const auto count = static_cast<std::int32_t>(LowFlags(count_given));
  if (count < 0) return Status(code::kInvalidParameter, "lObjectCount is negative");
  if (static_cast<std::size_t>(count) > limits::kIndicateObjectsMax) {
    return Status(code::kInvalidParameter,
                  fmt::format("lObjectCount is {}; one call takes {} events", count, limits::kIndicateObjectsMax));
  }
  if (count > 0 && objects == nullptr) return IsNull("apObjArray");
  std::vector<cim::Object> events;
  for (std::int32_t i = 0; i < count; ++i) {
    cim::Object event = TRY(ReadEvent(objects[i]));
    if (Passes(event)) events.push_back(std::move(event));
  }
  std::vector<engine::DescriptorPtr> descriptors;
  CollectDescriptors(descriptors);
  engine::FiringPace pace;
  Status fired = outlet_->Fire(events, descriptors, &pace);
  (void)pace.Keep();
  if (fired.code() != code::kCallCancelled) return fired;
  return Status(fired.code(),
                fmt::format("nobody listens to the provider '{}' any more; it shall stop firing", provider_))
      .WithProvider(provider_);
}

bool ProviderEventSink::Passes(const cim::Object& event) const {
  if (outer_ && !outer_->Passes(event)) return false;
  if (restrictions_.empty()) return true;
  return std::any_of(restrictions_.begin(), restrictions_.end(), [&](const Restriction& restriction) {
    const wql::EventQuery& query = restriction.query;
    return event.schema().IsA(query.schema->name()) && (!query.filter || query.filter->Matches(event.row()));
  });
}

HRESULT ProviderEventSink::SetStatus(long, HRESULT, BSTR, IWbemClassObject*) { return WBEM_S_NO_ERROR; }

HRESULT ProviderEventSink::SetSinkSecurity(long lSDLength, BYTE* pSD) {
  return DescribedCall([&] { return SetDescriptor(static_cast<std::int32_t>(LowFlags(lSDLength)), pSD); });
}

Status ProviderEventSink::SetDescriptor(std::int32_t length, const BYTE* bytes) {
  if (length < 0) return Status(code::kInvalidParameter, "lSDLength is negative");
  if (length > 0 && bytes == nullptr) return IsNull("pSD");
  engine::DescriptorPtr descriptor;
  if (length > 0) descriptor = TRY(ReadSinkDescriptor({bytes, static_cast<std::size_t>(length)}));
  MutexLock lock(mutex_);
  descriptor_.swap(descriptor);
  return Status();
}

void ProviderEventSink::CollectDescriptors(std::vector<engine::DescriptorPtr>& descriptors) const {
  if (outer_) outer_->CollectDescriptors(descriptors);
  MutexLock lock(mutex_);
  if (descriptor_) descriptors.push_back(descriptor_);
}

HRESULT ProviderEventSink::IsActive() {
  return com::AbiCall([&]() -> HRESULT { return IsWanted() ? WBEM_S_NO_ERROR : WBEM_S_FALSE; });
}

bool ProviderEventSink::IsWanted() const {
  if (outer_ && !outer_->IsWanted()) return false;
  if (restrictions_.empty()) return outlet_->is_open();
  return std::any_of(restrictions_.begin(), restrictions_.end(),
                     [&](const Restriction& restriction) { return outlet_->IsWanted(restriction.shape); });
}

HRESULT ProviderEventSink::GetRestrictedSink(long lNumQueries, const LPCWSTR* awszQueries, IUnknown* /*pCallback*/,
                                             IWbemEventSink** ppSink) {
  return DescribedCall([&]() -> Status {
    TRY(ClearOutput(ppSink, "ppSink"));
    const auto count = static_cast<std::int32_t>(LowFlags(lNumQueries));
    if (count <= 0 || count > kQueriesMax) {
      return Status(code::kInvalidParameter,
                    fmt::format("lNumQueries is {}; a restricted sink has 1 to {} queries", count, kQueriesMax));
    }
    TRY(CheckGiven(awszQueries, "awszQueries"));
    std::vector<Restriction> restrictions;
    for (std::int32_t i = 0; i < count; ++i) restrictions.push_back(TRY(ReadRestriction(awszQueries[i])));
    *ppSink = com::MakeCom<ProviderEventSink>(outlet_, provider_, std::move(restrictions),
                                              com::ComPtr<ProviderEventSink>(this))
                  .Detach();
    return Status();
  });
}

Result<ProviderEventSink::Restriction> ProviderEventSink::ReadRestriction(const wchar_t* query) const {
  const std::string text = TRY(ReadQuery(L"WQL", query));
  const store::NamespacePtr classes = outlet_->classes();
  if (!classes) return Status(code::kCallCancelled, "nobody listens to this sink any more");
  const auto tree = TRY(wql::Parse(text));
  Restriction read;
  read.query = TRY(wql::BindEvent(*tree, *classes));
  const auto watched = TRY(wql::FindWatched(*tree, read.query, *classes, nullptr));
  read.shape = {read.query.schema, watched ? watched->target : nullptr};
  return read;
}

HRESULT ProviderEventSink::SetBatchingParameters(LONG lFlags, DWORD /*dwMaxBufferSize*/, DWORD /*dwMaxSendLatency*/) {
  return DescribedCall([&]() -> Status {
    switch (LowFlags(lFlags)) {
      case WBEM_FLAG_BATCH_IF_NEEDED:
      case WBEM_FLAG_MUST_BATCH:
      case WBEM_FLAG_MUST_NOT_BATCH:
        return Status();
      default:
        return Status(code::kInvalidParameter,
                      fmt::format("lFlags is 0x{:x}; it is 0 (batch if needed), 1 (must batch) or 2 (must not batch)",
                                  LowFlags(lFlags)));
    }
  });
}

}  // namespace wmi::api
