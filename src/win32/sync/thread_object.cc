#include "win32/sync/thread_object.h"

#include <pthread.h>
#include <unistd.h>
#include <winerror.h>

#include <memory>
#include <new>
#include <utility>

#include "exec/thread_start.h"
#include "win32/abi_guard.h"
#include "win32/sync/sync_objects.h"

namespace wmi::win32 {
namespace {

// A thread's own reference to its object. The key's destructor is the end of the thread: it runs after the destructors
// of thread_local objects, which may still wait and signal. The main thread has an end only if it calls ExitThread.
struct Self {
  std::shared_ptr<ThreadObject> thread;
};

void EndOfThread(void* value) {
  auto* self = static_cast<Self*>(value);
  self->thread->End();
  delete self;
}

pthread_key_t Key() {
  static const pthread_key_t key = [] {
    pthread_key_t made = 0;
    if (pthread_key_create(&made, EndOfThread) != 0) throw std::bad_alloc();
    return made;
  }();
  return key;
}

Self* SelfOrNull() { return static_cast<Self*>(pthread_getspecific(Key())); }

void SetSelf(std::shared_ptr<ThreadObject> thread) {
  auto self = std::make_unique<Self>(Self{std::move(thread)});
  if (pthread_setspecific(Key(), self.get()) != 0) throw std::bad_alloc();
  [[maybe_unused]] const Self* kept = self.release();  // by the key, from now on
}

}  // namespace

std::shared_ptr<ThreadObject> CurrentThread() {
  if (Self* self = SelfOrNull()) return self->thread;
  auto thread = std::make_shared<ThreadObject>(FirstState::kRunning);
  thread->Report(ThreadObject::Birth::kAlive);
  SetSelf(thread);
  return thread;
}

std::shared_ptr<ThreadObject> ThreadObject::Start(std::function<DWORD()> body, std::size_t stack_bytes,
                                                  FirstState state) {
  auto thread = std::make_shared<ThreadObject>(state);
  auto run = [thread, body = std::move(body)]() mutable {
    if (!Enter(thread)) return;
    ThreadObject& self = *thread;  // held by the thread's own reference, until its end
    thread.reset();
    self.set_exit_code(body());
  };
  const bool started = exec::TryStartThread(std::move(run), stack_bytes);
  if (started) {
    MutexLock lock(dispatcher_mutex);
    // Without a deadline: the thread exists and does nothing else before.
    while (thread->birth_ == Birth::kPending) thread->changed_.Wait(lock);
    if (thread->birth_ == Birth::kAlive) return thread;
  }
  return Fail(ERROR_NOT_ENOUGH_MEMORY, std::shared_ptr<ThreadObject>());
}

void ThreadObject::Report(Birth birth) {
  MutexLock lock(dispatcher_mutex);
  id_ = static_cast<DWORD>(gettid());
  birth_ = birth;
  changed_.NotifyAll();
}

bool ThreadObject::Enter(const std::shared_ptr<ThreadObject>& self) {
  try {
    SetSelf(self);
  } catch (const std::bad_alloc&) {
    self->Report(Birth::kFailed);
    return false;
  }
  self->Report(Birth::kAlive);
  MutexLock lock(dispatcher_mutex);
  while (self->suspended_) self->changed_.Wait(lock);  // without a deadline: until ResumeThread
  return !self->dropped_;
}

DWORD ThreadObject::id() const {
  MutexLock lock(dispatcher_mutex);
  return id_;
}

DWORD ThreadObject::exit_code() const {
  MutexLock lock(dispatcher_mutex);
  return ended_ ? exit_code_ : kStillActive;
}

DWORD ThreadObject::Resume() {
  MutexLock lock(dispatcher_mutex);
  if (!suspended_) return 0;
  suspended_ = false;
  changed_.NotifyAll();
  return 1;
}

HANDLE ThreadObject::OpenHandleOrDrop() {
  HANDLE handle = nullptr;
  try {
    handle = OpenHandle(shared_from_this());
  } catch (...) {
    Drop();
    throw;
  }
  if (handle == nullptr) Drop();
  return handle;
}

void ThreadObject::Drop() {
  MutexLock lock(dispatcher_mutex);
  dropped_ = true;
  suspended_ = false;
  changed_.NotifyAll();
}

void ThreadObject::set_exit_code(DWORD code) {
  MutexLock lock(dispatcher_mutex);
  exit_code_ = code;
}

void ThreadObject::CloseAtEnd(HANDLE handle) {
  MutexLock lock(dispatcher_mutex);
  close_at_end_ = handle;
}

void ThreadObject::End() {
  HANDLE handle = nullptr;
  {
    MutexLock lock(dispatcher_mutex);
    handle = std::exchange(close_at_end_, nullptr);
  }
  if (handle != nullptr) HandleTable::Process().Close(handle);  // before anybody can see the end
  MutexLock lock(dispatcher_mutex);
  while (owned_ != nullptr) owned_->Abandon();
  ended_ = true;
  WakeWaiters();
}

bool ThreadObject::IsSignaled(const ThreadObject& /*thread*/) const { return ended_; }

Taken ThreadObject::Take(ThreadObject& /*thread*/) { return Taken::kPlainly; }

bool ProcessObject::IsSignaled(const ThreadObject& /*thread*/) const { return false; }

Taken ProcessObject::Take(ThreadObject& /*thread*/) { return Taken::kPlainly; }

std::shared_ptr<ProcessObject> CurrentProcess() {
  static const auto* const process = new std::shared_ptr<ProcessObject>(std::make_shared<ProcessObject>());
  return *process;
}

}  // namespace wmi::win32
