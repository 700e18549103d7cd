#include "wmi/row_stream.h"

#include <sys/eventfd.h>
#include <unistd.h>
#include <windows.h>

#include <cstdint>
#include <iterator>

namespace wmi::cli {

RowStream::RowStream() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

RowStream::~RowStream() {
  if (event_ >= 0) ::close(event_);
}

void RowStream::Wake() {
  const std::uint64_t one = 1;
  if (::write(event_, &one, sizeof one) < 0) return;  // the counter is full, so the descriptor is readable
}

RowStream::Taken RowStream::Take() {
  std::uint64_t count = 0;
  if (::read(event_, &count, sizeof count) < 0) count = 0;  // nothing new; look all the same
  Taken taken;
  MutexLock lock(mutex_);
  taken.objects.swap(queue_);
  taken.percent = percent_;
  if (outcome_) taken.outcome = outcome_;
  room_.NotifyAll();
  return taken;
}

void RowStream::Close() {
  std::vector<ObjectPtr> dropped;  // outlives the lock: nothing foreign is called under it
  MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(queue_);
  room_.NotifyAll();
}

ULONG RowStream::AddRef() { return ++references_; }

ULONG RowStream::Release() {
  const ULONG left = --references_;
  if (left == 0) delete this;
  return left;
}

HRESULT RowStream::QueryInterface(REFIID id, void** object) {
  if (object == nullptr) return E_POINTER;
  *object = nullptr;
  if (id != IID_IUnknown && id != IID_IWbemObjectSink) return E_NOINTERFACE;
  *object = static_cast<IWbemObjectSink*>(this);
  AddRef();
  return S_OK;
}

HRESULT RowStream::Indicate(long count, IWbemClassObject** objects) {
  std::vector<ObjectPtr> batch;
  batch.reserve(static_cast<std::size_t>(count));
  for (long i = 0; i < count; ++i) batch.emplace_back(objects[i]);
  {
    MutexLock lock(mutex_);
    // No deadline: the reader of the output may take all the time it wants, and Close ends every wait.
    while (!closed_ && queue_.size() >= kQueuedObjectsMax) room_.Wait(lock);
    if (closed_) return WBEM_E_CALL_CANCELLED;
    queue_.insert(queue_.end(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
  }
  Wake();
  return WBEM_S_NO_ERROR;
}

HRESULT RowStream::SetStatus(long flags, HRESULT result, BSTR, IWbemClassObject* error) {
  if (flags == WBEM_STATUS_COMPLETE) {
    ObjectPtr kept(error);
    MutexLock lock(mutex_);
    outcome_ = Outcome{result, std::move(kept)};
  } else if (flags == WBEM_STATUS_PROGRESS && HIWORD(result) != 0) {
    MutexLock lock(mutex_);
    percent_ = LOWORD(result) * 100 / HIWORD(result);
  }
  Wake();
  return WBEM_S_NO_ERROR;
}

}  // namespace wmi::cli
