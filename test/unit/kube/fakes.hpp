#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "basalt/base/clock.hpp"
#include "kube/transport.hpp"
#include "kube/waiting.hpp"

namespace basalt::kube::testing {

// Time that stands still unless it is moved.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override { return WallTime(std::chrono::seconds(1'700'000'000)) + passed(); }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime(std::chrono::hours(1)) + passed_; }
  void advance(std::chrono::nanoseconds by) { passed_ += by; }

 private:
  [[nodiscard]] std::chrono::microseconds passed() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(passed_);
  }
  std::chrono::nanoseconds passed_{0};
};

// Lets time pass on a FakeClock at once, and remembers each pause in milliseconds.
class FakeWaiter final : public Waiter {
 public:
  explicit FakeWaiter(FakeClock& clock) : clock_(clock) {}
  bool wait(std::chrono::nanoseconds duration, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    pauses.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
    clock_.advance(duration);
    return true;
  }
  std::vector<long long> pauses;

 private:
  FakeClock& clock_;
};

// A server that plays a script, one step for each request, and requests a stop when the script is over.
class FakeTransport final : public Transport {
 public:
  using Call = std::function<Result<HttpResponse>(const HttpRequest&)>;
  using Stream = std::function<Result<StreamEnd>(const HttpRequest&, StreamReceiver&)>;

  Result<HttpResponse> call(const HttpRequest& request, std::chrono::milliseconds, std::stop_token) override {
    requests.push_back(request);
    paths.push_back(request.method + " " + request.path);
    if (calls_.empty()) return script_is_over();
    return take(calls_)(request);
  }
  Result<StreamEnd> stream(const HttpRequest& request, const StreamOptions& options, StreamReceiver& receiver,
                           std::stop_token) override {
    requests.push_back(request);
    paths.push_back("WATCH " + request.path);
    last_options = options;
    if (streams_.empty()) return script_is_over();
    return take(streams_)(request, receiver);
  }

  FakeTransport& on_call(Call step) {
    calls_.push_back(std::move(step));
    return *this;
  }
  FakeTransport& on_stream(Stream step) {
    streams_.push_back(std::move(step));
    return *this;
  }
  // The next call gets this reply.
  FakeTransport& reply(int status, std::string body, std::vector<HttpHeader> headers = {}) {
    headers.push_back({"Content-Type", "application/json"});
    return on_call([=](const HttpRequest&) -> Result<HttpResponse> { return HttpResponse{status, headers, body}; });
  }
  FakeTransport& fail(ErrorCode code) {
    return on_call([=](const HttpRequest&) -> Result<HttpResponse> { return Error{code, "scripted failure"}; });
  }

  std::stop_token token() { return stop_.get_token(); }
  void request_stop() { stop_.request_stop(); }

  std::vector<HttpRequest> requests;
  std::vector<std::string> paths;
  StreamOptions last_options;

 private:
  template <class Step>
  static Step take(std::deque<Step>& steps) {
    Step step = std::move(steps.front());
    steps.pop_front();
    return step;
  }
  Error script_is_over() {
    stop_.request_stop();
    return Error{ErrorCode::stopped, "the script is over"};
  }

  std::stop_source stop_;
  std::deque<Call> calls_;
  std::deque<Stream> streams_;
};

}  // namespace basalt::kube::testing
