// TryStartThread: a detached thread, if there are the resources for one.
#pragma once

#include <pthread.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace wmi::exec {

// False when the thread was not started: there is no memory, or the limit of threads is reached.
template <typename Body>
bool TryStartThread(Body body) {
  try {
    std::thread(std::move(body)).detach();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  } catch (const std::system_error&) {
    return false;
  }
}

// The same with a stack of at least `stack_bytes`; what the system gives anyway is never made smaller.
template <typename Body>
bool TryStartThread(Body body, std::size_t stack_bytes) {
  pthread_attr_t attributes;
  std::size_t usual_bytes = 0;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_getstacksize(&attributes, &usual_bytes);
  if (stack_bytes <= usual_bytes) {
    pthread_attr_destroy(&attributes);
    return TryStartThread(std::move(body));
  }
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::unique_ptr<Body> owned(new (std::nothrow) Body(std::move(body)));
  const auto run = [](void* argument) -> void* {
    const std::unique_ptr<Body> mine(static_cast<Body*>(argument));
    (*mine)();
    return nullptr;
  };
  pthread_t thread{};
  const bool started = owned != nullptr && stack_bytes <= SIZE_MAX - page &&
                       pthread_attr_setstacksize(&attributes, (stack_bytes + page - 1) / page * page) == 0 &&
                       pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0 &&
                       pthread_create(&thread, &attributes, run, owned.get()) == 0;
  pthread_attr_destroy(&attributes);
  if (started) {
    [[maybe_unused]] const Body* given = owned.release();  // to the thread
  }
  return started;
}

}  // namespace wmi::exec
