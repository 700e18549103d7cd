// Relay: the floor of an asynchronous call — one thread wakes a second, that one a third.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "bench/report.h"

namespace wmi::bench {

// Caller wakes a worker, the worker wakes a deliverer: the least that an asynchronous call does.
class Relay {
 public:
  Relay() : worker_([this] { Pass(1, 2); }), deliverer_([this] { Pass(2, 3); }) {}
  ~Relay() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    worker_.join();
    deliverer_.join();
  }
  // Seconds until the last stage has been reached.
  double Round() {
    const auto start = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    stage_ = 1;
    changed_.notify_all();
    changed_.wait(lock, [this] { return stage_ == 3; });
    return SecondsSince(start);
  }

 private:
  void Pass(int from, int to) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return stage_ == from || stopping_; });
      if (stopping_) return;
      stage_ = to;
      changed_.notify_all();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  int stage_ = 0;
  bool stopping_ = false;
  std::thread worker_;
  std::thread deliverer_;
};

}  // namespace wmi::bench
