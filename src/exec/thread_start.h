// TryStartThread: a detached thread, if there are the resources for one.
#pragma once

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

}  // namespace wmi::exec
