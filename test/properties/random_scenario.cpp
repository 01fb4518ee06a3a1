#include "properties/random_scenario.hpp"

#include <random>

namespace basalt::testing {
namespace {

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::vector<std::string> make() {
    add_plugins();
    if (chance(2)) lines_.emplace_back("actions enqueue allocate backfill preempt reclaim");
    if (chance(6)) lines_.emplace_back("actions enqueue gangpreempt gangreclaim allocate backfill");
    has_waiting_limit_ = chance(3);
    if (has_waiting_limit_) lines_.push_back("waiting-limit " + number(pick(1, 60)) + "m");
    const int queues = pick(1, 3);
    for (int i = 0; i < queues; ++i) {
      lines_.push_back("queue q" + number(i) + " weight=" + number(pick(1, 4)) +
                       (chance(4) ? " capability.cpu=" + number(pick(1, 12)) : "") +
                       (chance(6) ? " state=Closed" : "") + (chance(4) ? " strategy=fifo" : ""));
    }
    lines_.push_back("priority-class high value=100");
    nodes_ = pick(1, 8);
    for (int i = 0; i < nodes_; ++i) lines_.push_back(node(i));
    if (has_topology_) {
      for (int i = 0; i < kRacks; ++i) lines_.push_back(rack(i));
      lines_.push_back(row());
    }
    for (int i = pick(0, 4); i > 0; --i) lines_.push_back(foreign_pod());
    const int cycles = pick(1, 4);
    for (int cycle = 0; cycle < cycles; ++cycle) {
      for (int i = pick(0, 4); i > 0; --i) add_job(queues);
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
    lines_.emplace_back(chance(8) ? "plugins gang" : "plugins priority gang conformance");
    if (chance(8)) return;
    has_topology_ = chance(2);
    lines_.push_back(std::string("plugins") + (chance(3) ? "" : " overcommit") + (chance(3) ? "" : " drf") +
                     " predicates" + (chance(3) ? "" : " proportion") + (chance(3) ? "" : " nodeorder") +
                     (chance(2) ? "" : " binpack") + (has_topology_ ? " network-topology-aware" : ""));
  }

  std::string node(int i) {
    return "node n" + number(i) + " cpu=" + number(pick(1, 8)) + " memory=" + number(pick(1, 8)) +
           "Gi pods=" + number(pick(1, 10)) + " label:zone=" + (chance(2) ? "a" : "b") +
           (chance(6) ? " taint:dedicated=x:NoSchedule" : "") + (chance(6) ? " taint:slow=y:PreferNoSchedule" : "") +
           (chance(8) ? " unschedulable" : "");
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
    return " cpu=" + number(pick(1, 6) * 500) + "m" + (chance(2) ? " memory=" + number(pick(1, 3)) + "Gi" : "");
  }

  std::string constraints() {
    return std::string(chance(6) ? " select:zone=a" : "") + (chance(6) ? " require:zone=a,b" : "") +
           (chance(6) ? " prefer:zone=b" : "") + (chance(6) ? " tolerate:dedicated=x" : "") +
           (chance(8) ? " port=80" : "") + (chance(20) ? " gate=hold" : "") + relations();
  }

  /// What a pod asks of others.
  std::string relations() {
    return std::string(chance(2) ? " label:app=a" : "") + (chance(8) ? " affinity:zone=app=a" : "") +
           (chance(8) ? " anti-affinity:zone=app=a" : "") + (chance(8) ? " prefer-affinity:zone=5:app=a" : "") +
           (chance(8) ? " spread:zone=1:app=a" : "") + (chance(8) ? " spread:zone=1,soft:app=a" : "");
  }

  std::string foreign_pod() {
    return "pod foreign" + number(pods_++) + " scheduler=default-scheduler cpu=" + number(pick(1, 2)) + " on=n" +
           number(pick(0, nodes_ - 1)) + " status=running" + (chance(2) ? " deleting" : "");
  }

  void add_job(int queues) {
    const int members = pick(1, 6);
    const std::string name = "job" + number(jobs_++);
    std::string line =
        "job " + name + " queue=q" + number(pick(0, queues - 1)) + " min=" + number(pick(0, members + 1));
    if (chance(3)) line += " priority=high";
    if (chance(3)) line += " min-resources.cpu=" + number(pick(1, 10));
    const bool has_parts = has_topology_ && chance(3);
    if (has_waiting_limit_ && chance(2)) line += " estimate=" + number(pick(1, 30)) + "m";
    if (has_topology_) line += topology();
    if (has_parts) line += sub_groups(members);
    lines_.push_back(line);
    const std::string asks = request() + constraints();
    const int size = pick(1, 3);
    for (int i = 0; i < members; ++i) {
      lines_.push_back("task " + name + "-" + number(i) + (chance(4) ? request() : asks) +
                       (has_parts && !chance(6) ? " label:g=" + number(i / size) : ""));
    }
  }

  void add_events() {
    if (has_waiting_limit_ && chance(2)) lines_.push_back("clock 1h" + number(minutes_ += pick(1, 20)) + "m");
    for (int i = pick(0, 3); i > 0; --i) {
      switch (pick(0, has_topology_ ? 7 : 5)) {
        case 0: lines_.emplace_back("acknowledged"); break;
        case 1:
          if (jobs_ > 0) lines_.push_back("refuted job" + number(pick(0, jobs_ - 1)) + "-" + number(pick(0, 3)));
          break;
        case 2:
          if (jobs_ > 0) lines_.push_back("gone task job" + number(pick(0, jobs_ - 1)) + "-" + number(pick(0, 3)));
          break;
        case 3: lines_.push_back("gone pod foreign" + number(pick(0, 4))); break;
        case 4: lines_.push_back("gone node n" + number(pick(0, nodes_ - 1))); break;
        case 6: lines_.push_back(chance(3) ? "gone hyper-node r" + number(pick(0, kRacks - 1)) : row()); break;
        case 7: lines_.push_back(rack(pick(0, kRacks - 1))); break;
        default: lines_.push_back(node(pick(0, nodes_ - 1))); break;
      }
    }
  }

  static constexpr int kRacks = 3;

  std::mt19937 random_;
  bool has_topology_ = false;
  bool has_waiting_limit_ = false;
  int minutes_ = 0;  // past the hour
  std::vector<std::string> lines_;
  int nodes_ = 0, jobs_ = 0, pods_ = 0;
};

}  // namespace

std::vector<std::string> random_scenario(std::uint32_t seed) { return Generator(seed).make(); }

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace basalt::testing
