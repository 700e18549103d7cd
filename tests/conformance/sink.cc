#include "sink.h"

namespace wmi::conformance {

// ---- log ------------------------------------------------------------------------------------------------------------

bool SinkLog::WaitFinals(std::size_t count) {
  return WaitFor([&] { return finals_.size() >= count; });
}

bool SinkLog::WaitReferences(long count) {
  return WaitFor([&] { return references_ == count; });
}

bool SinkLog::WaitObjects(std::size_t count) {
  return WaitFor([&] { return objects_.size() >= count; });
}

bool SinkLog::WaitProgress(std::size_t count) {
  return WaitFor([&] { return others_.size() >= count; });
}

std::size_t SinkLog::Batches() {
  std::lock_guard lock(mutex_);
  return batches_.size();
}

std::vector<long> SinkLog::BatchSizes() {
  std::lock_guard lock(mutex_);
  return batches_;
}

std::vector<IWbemClassObjectPtr> SinkLog::Objects() {
  std::lock_guard lock(mutex_);
  return objects_;
}

std::vector<SinkLog::Status> SinkLog::Finals() {
  std::lock_guard lock(mutex_);
  return finals_;
}

std::vector<SinkLog::Status> SinkLog::Others() {
  std::lock_guard lock(mutex_);
  return others_;
}

std::thread::id SinkLog::DestroyedOn() {
  std::lock_guard lock(mutex_);
  return destroyed_on_;
}

HRESULT SinkLog::Outcome() {
  std::lock_guard lock(mutex_);
  return finals_.size() == 1 ? finals_.front().code : WBEM_S_PENDING;
}

void SinkLog::DropObjects() {
  std::vector<IWbemClassObjectPtr> dropped;
  std::lock_guard lock(mutex_);
  dropped.swap(objects_);
}

void SinkLog::ExpectOrderly() {
  EXPECT_FALSE(overlapped_) << "two callbacks of one call at one time (contract 2.4)";
  EXPECT_FALSE(late_) << "a callback after the final status (contract 1.1)";
  EXPECT_FALSE(malformed_) << "Indicate without an object, or with NULL (contract 2.2)";
}

// ---- sink -----------------------------------------------------------------------------------------------------------

class VisitScope {
 public:
  explicit VisitScope(SinkLog& log) : log_(log) {
    if (log_.inside_++ != 0 && !log_.shared_) log_.overlapped_ = true;
    if (!log_.shared_ && !log_.Finals().empty()) log_.late_ = true;
  }
  ~VisitScope() { --log_.inside_; }
  VisitScope(const VisitScope&) = delete;
  VisitScope& operator=(const VisitScope&) = delete;

 private:
  SinkLog& log_;
};

RecordingSink::RecordingSink(SinkLogPtr log, long initial_count) : log_(std::move(log)), count_(initial_count) {
  ++log_->alive_;
  log_->references_ += initial_count;
}

RecordingSink::~RecordingSink() {
  std::lock_guard lock(log_->mutex_);
  log_->destroyed_on_ = std::this_thread::get_id();
  --log_->alive_;
  ++log_->destroyed_;
}

HRESULT RecordingSink::QueryInterface(REFIID riid, void** object) {
  if (riid != IID_IUnknown && riid != IID_IWbemObjectSink) {
    *object = nullptr;
    return E_NOINTERFACE;
  }
  *object = static_cast<IWbemObjectSink*>(this);
  AddRef();
  return S_OK;
}

ULONG RecordingSink::AddRef() {
  ++log_->references_;
  return static_cast<ULONG>(++count_);
}

ULONG RecordingSink::Release() {
  const SinkLogPtr log = log_;  // `this` may go
  const long left = --count_;
  if (left == 0) delete this;
  std::lock_guard lock(log->mutex_);
  --log->references_;
  log->changed_.notify_all();
  return static_cast<ULONG>(left);
}

HRESULT RecordingSink::Indicate(long lObjectCount, IWbemClassObject** apObjArray) {
  const VisitScope visit(*log_);
  if (lObjectCount < 1 || apObjArray == nullptr) {
    log_->malformed_ = true;
    return WBEM_S_NO_ERROR;
  }
  {
    std::lock_guard lock(log_->mutex_);
    log_->batches_.push_back(lObjectCount);
    for (long i = 0; i < lObjectCount; ++i) {
      if (apObjArray[i] == nullptr) log_->malformed_ = true;
      log_->objects_.emplace_back(apObjArray[i]);
    }
    log_->changed_.notify_all();
  }
  return on_indicate ? on_indicate(lObjectCount, apObjArray) : WBEM_S_NO_ERROR;
}

HRESULT RecordingSink::SetStatus(long lFlags, HRESULT hResult, BSTR strParam, IWbemClassObject* pObjParam) {
  const VisitScope visit(*log_);
  const HRESULT answer = on_status ? on_status(lFlags, hResult) : WBEM_S_NO_ERROR;
  std::string text;
  for (const wchar_t* at = strParam; at != nullptr && *at != L'\0'; ++at) text += static_cast<char>(*at);
  std::lock_guard lock(log_->mutex_);
  auto& seen = lFlags == WBEM_STATUS_COMPLETE ? log_->finals_ : log_->others_;
  seen.push_back({lFlags, hResult, strParam != nullptr, std::move(text), IWbemClassObjectPtr(pObjParam),
                  std::this_thread::get_id()});
  log_->changed_.notify_all();
  return answer;
}

}  // namespace wmi::conformance
