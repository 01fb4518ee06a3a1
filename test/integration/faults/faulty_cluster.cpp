#include "integration/faults/faulty_cluster.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include <gtest/gtest.h>

#include "e2e/ledger/journal.hpp"
#include "embedded/files/object_file.hpp"

namespace basalt::testing {
namespace {

using embedded::Json;
using embedded::text_at;

constexpr std::chrono::seconds kDeadline{120};

std::string fresh_path() {
  static std::atomic<int> number{0};
  return ::testing::TempDir() + "basalt-faults-" + std::to_string(getpid()) + "-" + std::to_string(++number);
}

simulation::SimulationOptions simulated_nodes() {
  simulation::SimulationOptions options;
  options.fleet.nodes = FaultyCluster::kNodes;
  options.fleet.shape.capacity = {{"cpu", "4"}, {"memory", "64Gi"}, {"pods", "110"}};
  options.fleet.lease = std::chrono::seconds(0);
  options.fleet.heartbeat = std::chrono::seconds(0);
  options.fleet.job_run = std::nullopt;
  return options;
}

Json gang_object(const std::string& name, int size, const std::string& priority_class) {
  Json group = {{"metadata", {{"name", name}}}, {"spec", {{"minMember", size}, {"queue", "default"}}}};
  if (!priority_class.empty()) group["spec"]["priorityClassName"] = priority_class;
  return group;
}

Json pod_object(const std::string& name, const std::string& gang, Ends ends, const std::string& priority_class) {
  Json pod = {{"metadata", {{"name", name}, {"annotations", {{"scheduling.k8s.io/group-name", gang}}}}},
              {"spec",
               {{"schedulerName", "basalt"},
                {"restartPolicy", "Never"},
                {"containers", {{{"name", "c"}, {"image", "i"}, {"resources", {{"requests", {{"cpu", "1"}}}}}}}}}}};
  if (ends == Ends::at_once) pod["metadata"]["annotations"]["basalt.sh/run-seconds"] = "0";
  if (!priority_class.empty()) pod["spec"]["priorityClassName"] = priority_class;
  return pod;
}

}  // namespace

FaultyCluster::FaultyCluster(RunningScheduler::Options scheduler)
    : journal_path_(fresh_path()), scheduler_options_(std::move(scheduler)) {
  journal_.emplace(*embedded::Journal::open(journal_path_, system_clock_));
  cluster_.store().record_to([this](const auto& resource, const auto& event) { note(resource, event); });
  load_definitions();
  server_ = *embedded::HttpServer::start({}, api_);
  controllers_.emplace(cluster_);
  const kube::ServerAddress address{false, "127.0.0.1", server_->port(), ""};
  node_transport_ = *kube::make_beast_transport(address, {});
  node_client_ = std::make_unique<kube::Client>(*node_transport_, system_clock_, node_waiter_);
  nodes_ = std::make_unique<simulation::Simulation>(*node_client_, system_clock_, simulated_nodes());
  restart_scheduler();
}

FaultyCluster::~FaultyCluster() {
  end_faults();
  scheduler_.reset();
  nodes_.reset();
  server_.reset();
  controllers_.reset();
  std::filesystem::remove(journal_path_);
}

void FaultyCluster::load_definitions() {
  for (const auto& file : std::filesystem::directory_iterator(BASALT_SOURCE "/deploy/crds")) {
    if (file.path().extension() != ".yaml" || file.path().filename() == "kustomization.yaml") continue;
    const auto loaded = embedded::load_objects(cluster_, *embedded::read_file(file.path()));
    if (!loaded) throw std::runtime_error(file.path().string() + ": " + loaded.error().message);
  }
}

// On the writer's thread.
void FaultyCluster::note(const embedded::ResourceName& resource, const embedded::Event& event) {
  journal_->write(resource, event);
  if (resource.qualified() != "pods") return;
  const Json pod = event.object->tree();
  const std::string node = text_at(pod, "spec.nodeName");
  {
    const std::lock_guard lock(mutex_);
    std::string& known = node_of_[event.object->key.name];
    if (known.empty() && !node.empty()) ++bound_;
    known = node;
    if (event.type == embedded::EventType::deleted) node_of_.erase(event.object->key.name);
  }
  changed_.notify_all();
}

embedded::ObjectPtr FaultyCluster::create(const std::string& group, const std::string& plural, const std::string& space,
                                          Json object) {
  const auto created = cluster_.create(*cluster_.store().catalogue()->find(group, plural), space, std::move(object));
  if (!created) throw std::runtime_error(created.refusal().message);
  return *created;
}

void FaultyCluster::submit_priority_class(const std::string& name, int value) {
  create("scheduling.k8s.io", "priorityclasses", "", {{"metadata", {{"name", name}}}, {"value", value}});
}

void FaultyCluster::submit_gang(const std::string& name, int size, Ends ends, const std::string& priority_class) {
  create("scheduling.volcano.sh", "podgroups", "default", gang_object(name, size, priority_class));
  for (int i = 0; i < size; ++i) {
    create("", "pods", "default", pod_object(name + "-" + std::to_string(i), name, ends, priority_class));
  }
}

void FaultyCluster::ask(const std::string& method, const std::string& path, const std::string& body) {
  const embedded::HttpReply reply = api_.answer({method, path, "", "application/json", "", body});
  const auto& answer = std::get<embedded::HttpAnswer>(reply.what);
  if (answer.status >= 300) throw std::runtime_error(method + " " + path + " " + body + ": " + answer.body);
}

void FaultyCluster::jump(std::chrono::seconds by) {
  ask("POST", "/basalt/clock", R"({"advanceSeconds":)" + std::to_string(by.count()) + "}");
}

void FaultyCluster::restart_scheduler() {
  scheduler_.reset();
  scheduler_ = std::make_unique<RunningScheduler>(kube::ServerAddress{false, "127.0.0.1", server_->port(), ""},
                                                  scheduler_clock_, waiter_, witness_, scheduler_options_);
}

bool FaultyCluster::wait_until(const std::function<bool()>& holds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, holds);
}

bool FaultyCluster::wait_until_bound(std::size_t count) {
  return wait_until([&] { return bound_ >= count; });
}

bool FaultyCluster::wait_until_all_bound(const std::string& prefix) {
  return wait_until([&] {
    for (const auto& [name, node] : node_of_) {
      if (name.starts_with(prefix) && node.empty()) return false;
    }
    return true;
  });
}

std::size_t FaultyCluster::bound() const {
  const std::lock_guard lock(mutex_);
  return bound_;
}

e2e::Judgement FaultyCluster::judge() {
  // Nobody writes any more: the journal must not be written while it is read.
  scheduler_.reset();
  nodes_.reset();
  controllers_.reset();
  server_.reset();
  if (!journal_->flush()) throw std::runtime_error(journal_path_ + ": could not be written");
  std::ifstream in(journal_path_);
  return e2e::judge(e2e::read_journal(in), {.partial = kDeadline});
}

}  // namespace basalt::testing
