#include "properties/random_scenario.hpp"

#include <random>
#include <utility>

namespace basalt::testing {
namespace {

class Generator {
 public:
  explicit Generator(std::uint32_t seed)
      : random_(seed), gpu_random_(seed), role_random_(seed ^ 0x5bd1e995U), quota_random_(seed ^ 0x9e3779b9U) {
    has_gpus_ = gpu_pick(4) == 0;
    has_task_topology_ = role_pick(3) == 0;
    has_node_groups_ = role_pick(5) == 0;
    has_quotas_ = quota_pick(3) == 0;
    has_numa_ = quota_pick(4) == 0;
    has_io_ = quota_pick(4) == 0;
  }

  std::vector<std::string> make() {
    add_plugins();
    add_actions();
    has_waiting_limit_ = chance(3);
    if (has_waiting_limit_) lines_.push_back("waiting-limit " + number(pick(1, 60)) + "m");
    queues_ = pick(1, 3);
    for (int i = 0; i < queues_; ++i) lines_.push_back(queue(i));
    lines_.emplace_back("priority-class high value=100");
    lines_.push_back(std::string("priority-class middle value=50") + (chance(3) ? " default" : ""));
    nodes_ = pick(1, 8);
    for (int i = 0; i < nodes_; ++i) lines_.push_back(node(i));
    if (has_topology_) {
      for (int i = 0; i < kRacks; ++i) lines_.push_back(rack(i));
      lines_.push_back(row());
    }
    if (has_quotas_) lines_.push_back(quota());
    for (int i = 0; has_numa_ && i < nodes_; ++i) {
      if (quota_pick(4) > 0) lines_.push_back(numa_of_node(i));
    }
    for (int i = pick(0, 4); i > 0; --i) lines_.push_back(foreign_pod());
    const int cycles = pick(1, 4);
    for (int cycle = 0; cycle < cycles; ++cycle) {
      for (int i = pick(0, 4); i > 0; --i) add_job();
      for (int i = pick(0, 3); i > 0; --i) lines_.push_back("pod bare" + number(pods_++) + request());
      lines_.push_back("-- want");
      lines_.push_back("-- then");
      add_events();
    }
    lines_.push_back("-- want");
    return lines_;
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int of) { return pick(1, of) == 1; }
  static std::string number(int value) { return std::to_string(value); }

  void add_plugins() {
    if (chance(12)) lines_.emplace_back("compatibility evictionTierFallthrough");
    if (chance(8)) {
      lines_.emplace_back("plugins gang");
    } else {
      lines_.emplace_back("plugins priority");
      lines_.push_back(std::string("plugin gang") + (chance(3) ? " enablePreemptable=false" : "") +
                       (chance(12) ? " enableJobStarving=false" : ""));
      if (!chance(4)) lines_.emplace_back("plugin conformance");
      if (chance(6))
        lines_.push_back("plugin sla sla-waiting-time=" + number(pick(1, 90)) + "m" +
                         (quota_pick(3) == 0 ? " sla-largest-claim=0.5" : ""));
    }
    if (chance(8)) return;
    has_topology_ = chance(2);
    lines_.emplace_back("tier");
    if (!chance(3)) lines_.push_back(std::string("plugin overcommit") + (chance(4) ? " overcommit-factor=2" : ""));
    if (!chance(3))
      lines_.push_back(std::string("plugin drf") + (chance(2) ? " enablePreemptable=false" : "") + hierarchy());
    if (has_quotas_) lines_.emplace_back("plugin resourcequota");
    lines_.emplace_back("plugin predicates");
    if (chance(4)) {
      lines_.push_back(std::string("plugin capacity") +
                       (chance(2) ? " enableHierarchy=true ancestorReclaimLevel=1" : ""));
    } else if (!chance(3)) {
      lines_.push_back(std::string("plugin proportion") + (chance(12) ? " enabledOverused=false" : "") +
                       (quota_pick(4) == 0 ? " proportion.history-half-life=10m" : ""));
    }
    if (!chance(3)) {
      lines_.push_back(std::string("plugin nodeorder") + (chance(3) ? " leastrequested.weight=0" : "") +
                       (chance(3) ? " mostrequested.weight=2" : "") + (chance(4) ? " podaffinity.weight=7" : ""));
    }
    if (chance(2)) lines_.push_back("plugin binpack binpack.weight=" + number(pick(1, 10)));
    if (has_topology_) lines_.emplace_back("plugin network-topology-aware");
    if (has_gpus_) add_gpu_plugins();
    if (has_topology_ && role_pick(2) == 0) lines_.emplace_back("plugin rank-aware");
    if (has_node_groups_) lines_.push_back(std::string("plugin nodegroup strict=") + (role_pick(2) ? "true" : "false"));
    if (has_task_topology_) {
      lines_.push_back("plugin task-topology task-topology.weight=" + number(1 + 9 * role_pick(2)));
    }
    if (has_io_)
      lines_.push_back(std::string("plugin io-aware") + (quota_pick(4) == 0 ? " io-aware.filter=false" : ""));
    if (has_numa_) lines_.push_back(std::string("plugin numa-aware") + (quota_pick(2) == 0 ? " weight=5" : ""));
  }

  /// A sequence of its own, so that scenarios without GPUs stay what they are.
  int gpu_pick(int below) { return static_cast<int>(gpu_random_() % static_cast<unsigned>(below)); }
  void add_gpu_plugins() {
    static constexpr const char* kPolicies[] = {"", " deviceshare.SchedulePolicy=binpack",
                                                " deviceshare.SchedulePolicy=spread"};
    lines_.push_back(std::string("plugin deviceshare deviceshare.VGPUEnable=true") + kPolicies[gpu_pick(3)]);
    if (gpu_pick(2) == 0) {
      lines_.push_back(std::string("plugin fragmentation fragmentation.samples=2 fragmentation.depth=4") +
                       (gpu_pick(2) == 0 ? " fragmentation.policy=gradient-descent" : "") +
                       " fragmentation.shapes=3*cpu=1,gpu=0.3;2*cpu=2,gpu=1");
    }
    if (gpu_pick(2) == 0) lines_.emplace_back("plugin dominant-share");
  }
  std::string gpus_of_node(int i) {
    if (!has_gpus_ || gpu_pick(4) == 0) return "";
    const std::string name = "n" + number(i);
    const int gpus = 1 + gpu_pick(3);
    std::string text = " volcano.sh/vgpu-number=" + number(gpus * 3) + " volcano.sh/vgpu-memory=" + number(gpus * 100) +
                       " volcano.sh/vgpu-cores=" + number(gpus * 100) + " annotation:volcano.sh/node-vgpu-register=";
    for (int gpu = 0; gpu < gpus; ++gpu) {
      text += name + "-" + number(gpu) + ",3,100,NVIDIA," + (gpu_pick(8) == 0 ? "false" : "true") + ",hami-core:";
    }
    return text;
  }
  std::string gpus_of_pod() {
    if (!has_gpus_ || gpu_pick(2) == 0) return "";
    return " volcano.sh/vgpu-number=" + number(1 + gpu_pick(2)) +
           (gpu_pick(3) > 0 ? " volcano.sh/vgpu-memory=" + number(10 * (1 + gpu_pick(9))) : "") +
           (gpu_pick(3) == 0 ? " volcano.sh/vgpu-cores=" + number(10 * gpu_pick(11)) : "");
  }

  /// A sequence of its own, as for GPUs.
  int role_pick(int below) { return static_cast<int>(role_random_() % static_cast<unsigned>(below)); }
  std::string group_of_node() {
    if (!has_node_groups_ || role_pick(4) == 0) return "";
    return std::string(" label:volcano.sh/nodegroup-name=") + (role_pick(2) == 0 ? "g0" : "g1");
  }
  std::string groups_of_queue() {
    if (!has_node_groups_ || role_pick(4) == 0) return "";
    static constexpr const char* kRules[] = {" require-groups=g0",
                                             " prefer-groups=g1,g0",
                                             " forbid-groups=g0",
                                             " avoid-groups=g1",
                                             " prefer-groups=g0 avoid-groups=g0",
                                             " require-groups=g0,g1 forbid-groups=g1"};
    return kRules[role_pick(6)];
  }
  std::string task_topology() {
    if (!has_task_topology_ || role_pick(3) == 0) return "";
    static constexpr const char* kGroups[] = {"r0,r1", "r0,r1;r2", "r0;r1,r2", "r0,r2", "r1,r1"};
    const std::string key = " annotation:volcano.sh/task-topology-";
    return (role_pick(4) > 0 ? key + "affinity=" + kGroups[role_pick(5)] : "") +
           (role_pick(2) > 0 ? key + "anti-affinity=" + kGroups[role_pick(5)] : "") +
           (role_pick(3) == 0 ? key + "task-order=r1,r0" : "");
  }

  /// The same for quotas of the namespace.
  int quota_pick(int below) { return static_cast<int>(quota_random_() % static_cast<unsigned>(below)); }
  std::string quota() {
    return "quota all hard.requests.cpu=" + number(4 + quota_pick(20)) + " used.requests.cpu=" + number(quota_pick(6)) +
           (quota_pick(3) == 0 ? " hard.pods=" + number(2 + quota_pick(10)) : "") +
           (quota_pick(6) == 0 ? " scope:PriorityClass=In:high" : "");
  }
  /// The same for a hierarchy of drf.
  std::string hierarchy() {
    has_hierarchy_ = quota_pick(3) == 0;
    return has_hierarchy_ ? " enableHierarchy=true" : "";
  }
  std::string place_of_queue(int i) {
    if (!has_hierarchy_ || quota_pick(3) == 0) return "";
    return " annotation:volcano.sh/hierarchy=root/g" + number(quota_pick(2)) + "/q" + number(i) +
           (quota_pick(2) == 0 ? " annotation:volcano.sh/hierarchy-weights=1/" + number(1 + quota_pick(3)) + "/2" : "");
  }
  /// The same for cpus in NUMA nodes.
  std::string numa_of_node(int i) {
    static constexpr const char* kPolicies[] = {"", " policy=best-effort", " policy=restricted",
                                                " policy=single-numa-node"};
    return "numatopology n" + number(i) + (quota_pick(6) == 0 ? "" : " static") + kPolicies[quota_pick(4)] +
           (quota_pick(4) == 0 ? " reserved.cpu=1" : "") + " numa:0=0-3 numa:1=4-7" +
           (quota_pick(4) == 0 ? " allocatable=1-6" : "");
  }
  std::string cpus_of_pod() {
    if (!has_numa_ || quota_pick(2) == 0) return "";
    return " guaranteed=" + number(quota_pick(4)) +
           (quota_pick(4) == 0 ? " annotation:volcano.sh/numa-topology-policy=best-effort" : "");
  }
  /// The same for what is moved over the network.
  std::string rate(int most) {
    if (!has_io_ || quota_pick(3) == 0) return "";
    return " annotation:basalt.sh/network-bandwidth=" + number(1 + quota_pick(most)) + "G";
  }
  void add_quota_event() {
    if (has_quotas_ && quota_pick(3) == 0) lines_.push_back(quota_pick(4) == 0 ? "gone quota all" : quota());
  }

  void add_actions() {
    static constexpr const char* kActions[] = {"enqueue allocate backfill preempt reclaim",
                                               "enqueue reclaim allocate backfill preempt",
                                               "enqueue gangpreempt gangreclaim allocate backfill",
                                               "enqueue allocate backfill gangpreempt gangreclaim",
                                               "allocate backfill",
                                               "enqueue allocate preempt backfill shuffle"};
    if (!chance(3)) lines_.push_back(std::string("actions ") + kActions[pick(0, 5)]);
  }

  std::string queue(int i) {
    return "queue q" + number(i) + " weight=" + number(pick(1, 4)) +
           (chance(4) ? " capability.cpu=" + number(pick(1, 12)) : "") +
           (chance(3) ? " deserved.cpu=" + number(pick(0, 8)) : "") +
           (i > 0 && chance(4) ? " parent=q" + number(pick(0, i)) : "") +
           (chance(6) ? " guarantee.cpu=" + number(pick(1, 3)) : "") + (chance(6) ? " priority=5" : "") +
           (chance(6) ? " reclaimable=false" : "") + (chance(10) ? " state=Closed" : "") +
           (chance(4) ? " strategy=fifo" : "") + groups_of_queue() + place_of_queue(i);
  }

  std::string node(int i) {
    return "node n" + number(i) + " cpu=" + number(pick(1, 8)) + " memory=" + number(pick(1, 8)) +
           "Gi pods=" + number(pick(1, 10)) + " label:zone=" + (chance(2) ? "a" : "b") +
           (chance(2) ? " label:rack=r" + number(i % 3) : "") + (chance(6) ? " taint:dedicated=x:NoSchedule" : "") +
           (chance(6) ? " taint:slow=y:PreferNoSchedule" : "") + (chance(8) ? " unschedulable" : "") + gpus_of_node(i) +
           group_of_node() + rate(12);
  }

  /// Every third node or so, and at times one that another rack has too.
  std::string rack(int i) {
    std::string nodes;
    for (int node = 0; node < nodes_; ++node) {
      if (node % kRacks == i || chance(12)) nodes += (nodes.empty() ? " nodes=n" : ",n") + number(node);
    }
    return "hyper-node r" + number(i) + " tier=1" + nodes;
  }
  /// Two racks; at times the third as well, or itself.
  std::string row() {
    return std::string("hyper-node w tier=2 hyper-nodes=r0,r1") + (chance(4) ? ",r2" : "") + (chance(6) ? ",w" : "");
  }

  std::string topology() {
    if (!chance(2)) return "";
    return chance(3) ? " topology=soft" : " topology=hard:" + number(pick(1, 3));
  }
  std::string sub_groups(int members) {
    return " sub-group:g=g sub-group-size:g=" + number(pick(1, 3)) +
           " sub-group-min:g=" + number(pick(0, members / 2)) +
           (chance(3) ? " sub-group-topology:g=hard:" + number(pick(1, 2)) : "");
  }

  std::string request() {
    if (chance(8)) return "";
    return " cpu=" + number(pick(1, 6) * 500) + "m" + (chance(2) ? " memory=" + number(pick(1, 3)) + "Gi" : "") +
           gpus_of_pod() + cpus_of_pod() + rate(4);
  }

  std::string constraints() {
    return std::string(chance(6) ? " select:zone=a" : "") + (chance(6) ? " require:zone=a,b" : "") +
           (chance(6) ? " prefer:zone=b" : "") + (chance(6) ? " tolerate:dedicated=x" : "") +
           (chance(8) ? " port=80" : "") + (chance(20) ? " gate=hold" : "") + relations();
  }

  /// What a pod asks of others.
  std::string relations() {
    return std::string(chance(2) ? " label:app=a" : "") + (chance(8) ? " affinity:zone=app=a" : "") +
           (chance(8) ? " anti-affinity:zone=app=a" : "") + (chance(12) ? " anti-affinity:rack=app=a@*" : "") +
           (chance(8) ? " prefer-affinity:zone=5:app=a" : "") +
           (chance(8) ? " prefer-anti-affinity:zone=3:app=a" : "") + (chance(8) ? " spread:zone=1:app=a" : "") +
           (chance(8) ? " spread:zone=1,soft:app=a" : "");
  }

  std::string foreign_pod() {
    return "pod foreign" + number(pods_++) + " scheduler=default-scheduler cpu=" + number(pick(1, 2)) + " on=n" +
           number(pick(0, nodes_ - 1)) + " status=running" + (chance(2) ? " deleting" : "");
  }

  /// A pod's own standing: what makes it go or stay when room is made.
  std::string standing() {
    return std::string(chance(6) ? " priority=" + number(pick(0, 3)) : "") +
           (chance(10) ? " class=system-node-critical" : "") +
           (chance(10) ? " annotation:volcano.sh/preemptable=false" : "") + (chance(10) ? " never-preempts" : "");
  }

  /// Where a member is said to run already: so that there is somebody to evict.
  std::string already_placed() { return " on=n" + number(pick(0, nodes_ - 1)) + (chance(4) ? "" : " status=running"); }

  void add_job() {
    if (!shapes_.empty() && chance(4)) {
      add_twin();
      return;
    }
    const int members = pick(1, 6);
    std::string job = " queue=q" + number(pick(0, queues_ - 1)) + " min=" + number(pick(0, members + 1));
    if (chance(2)) job += chance(2) ? " priority=high" : " priority=middle";
    if (chance(3)) job += " min-resources.cpu=" + number(pick(1, 10));
    if (chance(12)) job += " annotation:volcano.sh/preemptable=false";
    if (chance(12)) job += " annotation:volcano.sh/sla-waiting-time=" + number(pick(1, 90)) + "m";
    if (has_waiting_limit_ && chance(2)) job += " estimate=" + number(pick(1, 30)) + "m";
    const std::string topology_of_roles = task_topology();
    job += topology_of_roles;
    const bool has_minima = chance(8);
    if (has_minima) job += " role:r0=1 role:r1=1";
    const bool has_roles = has_minima || !topology_of_roles.empty();
    const bool has_parts = has_topology_ && chance(3);
    if (has_topology_) job += topology();
    if (has_parts) job += sub_groups(members);
    const bool is_placed = chance(3);
    if (is_placed) job += " phase=Running";
    std::vector<std::string> tasks;
    const std::string asks = request() + constraints() + standing();
    const int size = pick(1, 3);
    for (int i = 0; i < members; ++i) {
      tasks.push_back((chance(4) ? request() + standing() : asks) + (has_roles ? " role=r" + number(i % 3) : "") +
                      (has_parts && !chance(6) ? " label:g=" + number(i / size) : "") +
                      (is_placed && !chance(4) ? already_placed() : ""));
    }
    add_lines(job, tasks);
    if (!is_placed) shapes_.emplace_back(job, tasks);
  }

  /// A job like one that came before, which therefore goes first.
  void add_twin() {
    const auto& [job, tasks] = shapes_[static_cast<std::size_t>(pick(0, static_cast<int>(shapes_.size()) - 1))];
    add_lines(job, tasks);
  }

  void add_lines(const std::string& job, const std::vector<std::string>& tasks) {
    const std::string name = "job" + number(jobs_++);
    lines_.push_back("job " + name + job);
    for (std::size_t i = 0; i < tasks.size(); ++i)
      lines_.push_back("task " + name + "-" + std::to_string(i) + tasks[i]);
  }

  std::string some_task() { return "job" + number(pick(0, jobs_ - 1)) + "-" + number(pick(0, 3)); }

  void add_events() {
    add_quota_event();
    if (has_numa_ && quota_pick(3) == 0) {
      const int node = quota_pick(nodes_);
      lines_.push_back(quota_pick(4) == 0 ? "gone numatopology n" + number(node) : numa_of_node(node));
    }
    if (has_waiting_limit_ && chance(2)) lines_.push_back("clock 1h" + number(minutes_ += pick(1, 20)) + "m");
    for (int i = pick(0, 4); i > 0; --i) {
      const int what = pick(0, has_topology_ ? 14 : 12);
      if (jobs_ == 0 && what >= 1 && what <= 6) continue;
      switch (what) {
        case 0: lines_.emplace_back("acknowledged"); break;
        case 1: lines_.push_back("refuted " + some_task()); break;
        case 2:
        case 3: lines_.push_back("gone task " + some_task()); break;
        case 4: lines_.push_back("in-doubt " + some_task()); break;
        case 5: lines_.push_back("not-evicted " + some_task()); break;
        case 6: lines_.push_back("gone job job" + number(pick(0, jobs_ - 1))); break;
        case 7: lines_.push_back("gone pod foreign" + number(pick(0, 4))); break;
        case 8: lines_.push_back("gone node n" + number(pick(0, nodes_ - 1))); break;
        case 9: lines_.push_back(queue(pick(0, queues_ - 1))); break;
        case 10: lines_.push_back(foreign_pod()); break;
        case 13: lines_.push_back(chance(3) ? "gone hyper-node r" + number(pick(0, kRacks - 1)) : row()); break;
        case 14: lines_.push_back(rack(pick(0, kRacks - 1))); break;
        default: lines_.push_back(node(pick(0, nodes_ - 1))); break;
      }
    }
  }

  static constexpr int kRacks = 3;

  std::mt19937 random_;
  std::mt19937 gpu_random_, role_random_, quota_random_;
  bool has_gpus_ = false;
  bool has_task_topology_ = false, has_node_groups_ = false;
  bool has_quotas_ = false, has_hierarchy_ = false, has_numa_ = false, has_io_ = false;
  bool has_topology_ = false;
  bool has_waiting_limit_ = false;
  int minutes_ = 0;  // past the hour
  std::vector<std::string> lines_;
  std::vector<std::pair<std::string, std::vector<std::string>>> shapes_;  // attributes of jobs and of their tasks
  int queues_ = 0, nodes_ = 0, jobs_ = 0, pods_ = 0;
};

}  // namespace

std::vector<std::string> random_scenario(std::uint32_t seed) { return Generator(seed).make(); }

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace basalt::testing
