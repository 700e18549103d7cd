#include "api/com_event_provider.h"

#include <fmt/format.h>

#include <vector>

#include "api/provider_call.h"
#include "api/provider_event_sink.h"
#include "base/text.h"
#include "com/server_call.h"
#include "engine/engine.h"

namespace wmi::api {

ComEventProvider::~ComEventProvider() { Stop(); }

Status ComEventProvider::EnsureLoaded(const engine::EventInquiry& inquiry) {
  if (use_) return Status();
  use_ = TRY(provider_->Load(inquiry.session->engine(), nullptr));
  events_ = use_->As<IWbemEventProvider>();
  queries_ = use_->As<IWbemEventProviderQuerySink>();
  security_ = use_->As<IWbemEventProviderSecurity>();
  if (events_) return Status();
  Stop();
  return ProviderLoadFailure(provider_->identity(), "it has no interface IWbemEventProvider");
}

Result<engine::Admission> ComEventProvider::Admit(const engine::EventInquiry& inquiry) {
  TRY(EnsureLoaded(inquiry));
  if (!security_) return engine::Admission::kSubjectToDescriptors;
  const std::wstring query = WideFromUtf8(inquiry.query);
  const std::vector<std::uint8_t>& sid = inquiry.creator_sid;
  std::string thrown;
  const Code code = EnterProvider(thrown, [&] {
    const com::ServerCall call;
    return security_->AccessCheck(L"WQL", query.c_str(), static_cast<long>(sid.size()),
                                  sid.empty() ? nullptr : sid.data());
  });
  if (code == code::kSubjectToSds) return engine::Admission::kSubjectToDescriptors;
  if (!Failed(code)) return engine::Admission::kInFull;
  return ProviderStatus(code, name(),
                        thrown.empty() ? "its IWbemEventProviderSecurity::AccessCheck refused the query with"
                                       : "its IWbemEventProviderSecurity::AccessCheck",
                        thrown);
}

// The sink comes first: a provider may start to fire when it hears of the first query.
Status ComEventProvider::Begin(const engine::EventInquiry& inquiry,
                               const std::shared_ptr<engine::EventOutlet>& outlet) {
  std::string thrown;
  if (!is_providing_) {
    const com::ComPtr<ProviderEventSink> sink = com::MakeCom<ProviderEventSink>(outlet, name());
    const Code code = EnterProvider(thrown, [&] {
      const com::ServerCall call;
      return events_->ProvideEvents(sink.get(), 0);
    });
    if (Failed(code)) {
      return ProviderLoadFailure(provider_->identity(),
                                 thrown.empty()
                                     ? fmt::format("IWbemEventProvider::ProvideEvents returned {}", CodeInWords(code))
                                     : fmt::format("IWbemEventProvider::ProvideEvents threw an exception: {}", thrown));
    }
    is_providing_ = true;
  }
  if (!queries_) return Status();
  std::wstring language = L"WQL";
  std::wstring query = WideFromUtf8(inquiry.query);
  told_.insert(inquiry.id);
  EnterProvider(thrown, [&] {
    const com::ServerCall call;
    return queries_->NewQuery(inquiry.id, language.data(), query.data());
  });
  return Status();
}

void ComEventProvider::End(std::uint32_t id) {
  if (told_.erase(id) == 0) return;
  std::string thrown;
  EnterProvider(thrown, [&] {
    const com::ServerCall call;
    return queries_->CancelQuery(id);
  });
}

void ComEventProvider::Stop() {
  std::string thrown;
  EnterProvider(thrown, [&] {
    security_.Reset();
    queries_.Reset();
    events_.Reset();
    return code::kOk;
  });
  use_.reset();
  is_providing_ = false;
  told_.clear();
}

}  // namespace wmi::api
