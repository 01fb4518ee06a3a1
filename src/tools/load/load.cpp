#include "tools/load/load.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "adapter/rfc3339.hpp"
#include "kube/discovery.hpp"
#include "kube/json_access.hpp"
#include "tools/load/bound_watch.hpp"
#include "tools/load/watchers.hpp"

namespace basalt::load {
namespace {

const kube::Resource kNodes{"", "v1", "nodes", false};
const kube::Resource kNamespaces{"", "v1", "namespaces", false};
const kube::Resource kGroups{"scheduling.volcano.sh", "v1beta1", "podgroups", true};
constexpr std::chrono::minutes kDeleteLimit{5};

class Run {
 public:
  Run(kube::Client& client, const Clock& clock, const LoadOptions& options, std::stop_token stop)
      : client_(client), clock_(clock), options_(options), plan_(options.plan), stop_(std::move(stop)) {}

  LoadReport run() {
    std::optional<Watchers> watchers;
    if (options_.watchers > 0) watchers.emplace(client_.transport(), options_.watchers);
    if (plan_.groups > 0 || plan_.pods > 0) make_namespace();
    if (options_.wait_bound.count() > 0 && pod_count(plan_) > 0) bound_.emplace(client_, clock_, plan_);
    create("nodes", plan_.nodes, node_step);
    create("pod_groups", plan_.groups, group_step);
    create("pods", pod_count(plan_), pod_step);
    if (bound_) {
      const bool all = bound_->wait(options_.wait_bound, stop_);
      note("bound", bound_->report());
      as_planned_ = as_planned_ && all;
      bound_.reset();
    }
    if (options_.churn.count() > 0 && !stop_.stop_requested()) churn();
    if (watchers) {
      report_["watches"] = {
          {"watchers", options_.watchers}, {"events", watchers->events()}, {"bytes", watchers->bytes()}};
    }
    if (options_.clean_up) clean_up();
    as_planned_ = as_planned_ && !stop_.stop_requested();
    return {kube::print_json(report_), as_planned_};
  }

 private:
  void note(const char* what, CrewReport done) {
    as_planned_ = as_planned_ && done.tally.refused == 0;
    report_[what] = kube::parse_json(json_of(std::move(done.tally), done.took));
  }

  void make_namespace() {
    const std::string body = kube::print_json({{"metadata", {{"name", plan_.space}}}});
    // One that is there already is as good; any other trouble shows when something is created in it.
    static_cast<void>(client_.create({kNamespaces, "", ""}, body, stop_));
  }

  void create(const char* what, std::size_t count, Step (*step_of)(const Plan&, std::size_t)) {
    if (count == 0 || stop_.stop_requested()) return;
    Extent extent;
    extent.count = count;
    note(what,
         send_all(
             options_.pace, extent, clock_, waiter_, [&](std::size_t i) { return send(step_of(plan_, i)); }, stop_));
  }

  void churn() {
    Extent extent;
    extent.time = options_.churn;
    note("churn",
         send_all(
             options_.pace, extent, clock_, waiter_, [&](std::size_t i) { return send(churn_step(plan_, i)); }, stop_));
  }

  Result<kube::Reply> send(const Step& step) {
    const auto body = [&] { return body_of(plan_, step, adapter::format_time(clock_.now())); };
    kube::DeleteOptions at_once;
    at_once.grace_seconds = 0;
    switch (step.action) {
      case Action::create_node: return client_.create({kNodes, "", ""}, body(), stop_);
      case Action::create_group: return client_.create({kGroups, plan_.space, ""}, body(), stop_);
      case Action::delete_group: return client_.remove({kGroups, plan_.space, step.name}, at_once, stop_);
      case Action::delete_pod: return client_.remove({kube::pods_resource(), plan_.space, step.name}, at_once, stop_);
      case Action::create_pod: break;
    }
    if (bound_) bound_->expect(step.name);
    auto reply = client_.create({kube::pods_resource(), plan_.space, ""}, body(), stop_);
    if (bound_ && (!reply || !reply->ok())) bound_->forget(step.name);
    return reply;
  }

  void clean_up() {
    const SteadyTime begin = clock_.steady_now();
    CrewReport done;
    for (const kube::Resource& resource : {kube::pods_resource(), kGroups, kNodes}) {
      kube::DeleteOptions at_once;
      at_once.grace_seconds = 0;
      kube::HttpRequest request;
      request.method = "DELETE";
      request.path = kube::collection_path(resource, resource.namespaced ? plan_.space : "") +
                     "?labelSelector=" + kube::percent_encode(selector_of(plan_));
      request.headers = {{"Content-Type", "application/json"}};
      request.body = kube::delete_options_json(at_once);
      const auto reply = client_.send(std::move(request), kDeleteLimit);
      if (reply && reply->ok()) {
        done.tally.add(clock_.steady_now() - begin);
      } else if (!reply || reply->status.code != 404) {  // 404: the server knows no such kind, so there are none
        done.tally.refuse(reply ? reply->status.message : reply.error().message);
      }
    }
    done.took = clock_.steady_now() - begin;
    note("clean_up", std::move(done));
  }

  kube::Client& client_;
  const Clock& clock_;
  const LoadOptions& options_;
  const Plan& plan_;
  const std::stop_token stop_;
  kube::SystemWaiter waiter_;
  std::optional<BoundWatch> bound_;
  nlohmann::json report_ = {{"program", "basalt-load"}};
  bool as_planned_ = true;
};

}  // namespace

LoadReport put_load(kube::Client& client, const Clock& clock, const LoadOptions& options, std::stop_token stop) {
  return Run(client, clock, options, std::move(stop)).run();
}

}  // namespace basalt::load
