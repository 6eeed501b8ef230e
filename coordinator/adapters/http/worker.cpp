#include "coordinator/adapters/http/worker.hpp"

namespace coordinator::http {

Worker::Worker(std::size_t waiting_max)
    : waiting_max_(waiting_max), thread_([this] { run(); }) {}

Worker::~Worker() { stop(); }

bool Worker::post(std::function<void()> work) {
    {
        std::lock_guard const lock{mutex_};
        if (stopping_ || queue_.size() >= waiting_max_) return false;
        queue_.push_back(std::move(work));
    }
    changed_.notify_one();
    return true;
}

void Worker::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
        queue_.clear();
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Worker::run() {
    for (;;) {
        std::function<void()> work;
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (stopping_) return;
            work = std::move(queue_.front());
            queue_.pop_front();
        }
        work();
    }
}

}  // namespace coordinator::http
