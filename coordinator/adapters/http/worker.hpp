// One thread for work that may block for a moment (reading the store), behind a bounded queue.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace coordinator::http {

class Worker {
  public:
    explicit Worker(std::size_t waiting_max);
    ~Worker();
    Worker(Worker const&) = delete;
    Worker& operator=(Worker const&) = delete;

    // False when the queue is full or the worker stops: the caller answers "busy".
    bool post(std::function<void()> work);
    // Drops what waits, finishes what runs. Stopping twice is harmless.
    void stop();

  private:
    void run();

    std::size_t const waiting_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    // guarded by mutex_
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    // last: it uses all of the above
    std::jthread thread_;
};

}  // namespace coordinator::http
