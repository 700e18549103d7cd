// RowStream: the sink of the command line. WMI's threads put objects into a bounded queue; the main thread polls a
// descriptor and takes them. When the main thread lags, Indicate waits, and with it the call.
#pragma once

#include <wbemidl.h>

#include <atomic>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "wmi/object_reader.h"

namespace wmi::cli {

// Of one call. Counted by COM; the first reference is the creator's. Callbacks come on any thread, Take and Close on
// the main one.
class RowStream final : public IWbemObjectSink {
 public:
  static constexpr std::size_t kQueuedObjectsMax = 1024;  // and one batch more

  struct Outcome {
    HRESULT code = WBEM_S_NO_ERROR;
    ObjectPtr error;
  };
  struct Taken {
    std::vector<ObjectPtr> objects;
    std::optional<Outcome> outcome;  // once all objects have been taken
    int percent = -1;                // the last word of a provider on its progress
  };

  RowStream();

  // Readable when Take has something new.
  int descriptor() const { return event_; }
  Taken Take() WMI_EXCLUDES(mutex_);
  // From here on objects are dropped and the call is asked to end; no callback waits any more. Before cancelling, or
  // the cancellation would wait for a callback that waits for room.
  void Close() WMI_EXCLUDES(mutex_);

  ULONG STDMETHODCALLTYPE AddRef() override;
  ULONG STDMETHODCALLTYPE Release() override;
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID id, void** object) override;
  HRESULT STDMETHODCALLTYPE Indicate(long count, IWbemClassObject** objects) override WMI_EXCLUDES(mutex_);
  HRESULT STDMETHODCALLTYPE SetStatus(long flags, HRESULT result, BSTR text, IWbemClassObject* error) override
      WMI_EXCLUDES(mutex_);

 private:
  ~RowStream();
  void Wake();

  std::atomic<ULONG> references_{1};
  const int event_;  // an eventfd
  Mutex mutex_;
  CondVar room_;
  bool closed_ WMI_GUARDED_BY(mutex_) = false;
  std::vector<ObjectPtr> queue_ WMI_GUARDED_BY(mutex_);
  std::optional<Outcome> outcome_ WMI_GUARDED_BY(mutex_);
  int percent_ WMI_GUARDED_BY(mutex_) = -1;
};

}  // namespace wmi::cli
