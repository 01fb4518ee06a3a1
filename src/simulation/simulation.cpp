#include "simulation/simulation.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "kube/reflector.hpp"
#include "kube/waiting.hpp"

namespace basalt::simulation {
namespace {

// A calendar that is moved does not wake anybody: who waits for a moment looks again this often.
constexpr std::chrono::seconds kLongestWait{1};

const kube::Resource kNodes{"", "v1", "nodes", false};
const kube::Resource kLeases{"coordination.k8s.io", "v1", "leases", true};

Result<kube::Reply> send(kube::Client& client, const Order& order, std::stop_token stop) {
  using Kind = Order::Kind;
  using kube::PatchType;
  const kube::ObjectRef lease{kLeases, "kube-node-lease", order.name};
  const kube::ObjectRef node_status{kNodes, "", order.name, "status"};
  switch (order.kind) {
    case Kind::create_node: return client.create({kNodes, "", ""}, order.body, stop);
    case Kind::create_lease: return client.create({kLeases, lease.space, ""}, order.body, stop);
    case Kind::renew_lease: return client.patch(lease, PatchType::merge, order.body, stop);
    case Kind::heartbeat:
    case Kind::readiness:
    case Kind::allocatable: return client.patch(node_status, PatchType::strategic, order.body, stop);
    case Kind::pod_status:
      return client.patch({kube::pods_resource(), order.space, order.name, "status"}, PatchType::strategic, order.body,
                          stop);
    case Kind::pod_delete: break;
  }
  kube::DeleteOptions options;
  options.uid = order.uid;
  options.grace_seconds = 0;
  return client.remove({kube::pods_resource(), order.space, order.name}, options, stop);
}

OrderResult result_of(const Order& order, const Result<kube::Reply>& reply) {
  if (!reply) return OrderResult::failed;
  if (reply->ok()) return OrderResult::done;
  const bool creates = order.kind == Order::Kind::create_node || order.kind == Order::Kind::create_lease;
  if (creates && reply->status.already_exists()) return OrderResult::rejected;
  return !creates && reply->status.code == 404 ? OrderResult::rejected : OrderResult::failed;
}

// Reads objects of one kind and hands them on.
class Intake final : public kube::ObjectSink {
 public:
  using Upsert = std::function<Result<void>(const kube::ObjectBytes&)>;
  using Drop = std::function<void(const kube::ObjectKey&)>;
  Intake(Upsert upsert, Drop drop, std::function<void(const std::string&)> report)
      : upsert_(std::move(upsert)), drop_(std::move(drop)), report_(std::move(report)) {}

  void on_replace_begin(const std::string&) override {}
  void on_replace_end() override {}
  void on_upsert(const kube::ObjectHead& head, const kube::ObjectBytes& object, kube::Change) override {
    if (const auto taken = upsert_(object); !taken) report_(head.key.name + ": " + taken.error().message);
  }
  void on_delete(const kube::ObjectHead& head, const kube::ObjectBytes*) override { drop_(head.key); }
  void on_failure(const Error& error) override { report_(error.message); }

 private:
  Upsert upsert_;
  Drop drop_;
  std::function<void(const std::string&)> report_;
};

/// Like a kubelet's, but soon back: the server is near, and pods stand still meanwhile.
kube::ReflectorOptions eager() {
  kube::ReflectorOptions options;
  options.backoff_start = std::chrono::milliseconds(100);
  options.backoff_cap = std::chrono::seconds(2);
  return options;
}

kube::ReflectorOptions all_nodes() {
  kube::ReflectorOptions options = eager();
  options.path = kube::collection_path(kNodes);
  options.label_selector = std::string(kSimulated) + "=true";
  return options;
}

kube::ReflectorOptions all_bound_pods() {
  kube::ReflectorOptions options = eager();
  options.path = kube::collection_path(kube::pods_resource());
  options.field_selector = "spec.nodeName!=";
  return options;
}

}  // namespace

class Simulation::Work {
 public:
  Work(kube::Client& client, const Clock& clock, SimulationOptions options,
       std::function<void(const std::string&)> report)
      : client_(client),
        clock_(clock),
        report_(std::move(report)),
        fleet_(options.fleet),
        node_intake_([this](const kube::ObjectBytes& object) { return take(read_node(object)); },
                     [this](const kube::ObjectKey& key) { change([&] { fleet_.drop_node(key.name); }); }, report_),
        pod_intake_([this](const kube::ObjectBytes& object) { return take(read_pod(object)); },
                    [this](const kube::ObjectKey& key) { change([&] { fleet_.drop_pod(key); }); }, report_),
        nodes_(client, node_intake_, clock, waiter_, kube::seeded_random(1), all_nodes()),
        pods_(client, pod_intake_, clock, waiter_, kube::seeded_random(2), all_bound_pods()) {
    fleet_.begin(clock_.now());
    threads_.emplace_back([this](std::stop_token stop) { nodes_.run(std::move(stop)); });
    threads_.emplace_back([this](std::stop_token stop) { pods_.run(std::move(stop)); });
    for (int i = 0; i < std::max(1, options.workers); ++i) {
      threads_.emplace_back([this](std::stop_token stop) { work(stop); });
    }
  }

  ~Work() {
    for (std::jthread& thread : threads_) thread.request_stop();
    threads_.clear();
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  Progress progress() const {
    const std::lock_guard lock(mutex_);
    return {fleet_.node_count(), fleet_.pod_count(), requests_, failures_};
  }

 private:
  template <class Act>
  void change(const Act& act) {
    {
      const std::lock_guard lock(mutex_);
      act();
    }
    changed_.notify_one();
  }

  template <class Object>
  Result<void> take(Result<Object> read) {
    if (!read) return read.error();
    change([&] { fleet_.take(*std::move(read), clock_.now()); });
    return {};
  }

  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      const auto order = fleet_.next_order(clock_.now());
      if (!order) {
        wait(lock, stop);
        continue;
      }
      const bool more = fleet_.next_due() && *fleet_.next_due() <= clock_.now();
      lock.unlock();
      if (more) changed_.notify_one();
      const auto reply = send(client_, *order, stop);
      const OrderResult result = result_of(*order, reply);
      if (result == OrderResult::failed && !stop.stop_requested()) {
        report_(order->name + ": " + (reply ? reply->status.message : reply.error().message));
      }
      lock.lock();
      ++requests_;
      failures_ += result == OrderResult::failed ? 1 : 0;
      fleet_.settle(*order, result, clock_.now());
    }
  }

  void wait(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
    const auto due = fleet_.next_due();
    const auto is_earlier = [&] { return fleet_.next_due() && (!due || *fleet_.next_due() < *due); };
    WallTime::duration longest = kLongestWait;
    if (due) longest = std::clamp<WallTime::duration>(*due - clock_.now(), WallTime::duration::zero(), kLongestWait);
    changed_.wait_for(lock, stop, longest, is_earlier);
  }

  kube::Client& client_;
  const Clock& clock_;
  const std::function<void(const std::string&)> report_;
  kube::SystemWaiter waiter_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  NodeFleet fleet_;             // guarded by mutex_
  std::uint64_t requests_ = 0;  // guarded by mutex_
  std::uint64_t failures_ = 0;  // guarded by mutex_
  Intake node_intake_;
  Intake pod_intake_;
  kube::Reflector nodes_;
  kube::Reflector pods_;
  std::vector<std::jthread> threads_;
};

Simulation::Simulation(kube::Client& client, const Clock& clock, SimulationOptions options,
                       std::function<void(const std::string&)> report)
    : work_(std::make_unique<Work>(client, clock, std::move(options), std::move(report))) {}

Simulation::~Simulation() = default;

Simulation::Progress Simulation::progress() const { return work_->progress(); }

}  // namespace basalt::simulation
