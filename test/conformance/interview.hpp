#pragma once

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/check.hpp"
#include "basalt/framework/session.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"
#include "testing/scenario_script.hpp"

namespace basalt::testing {

/// A session on a cluster and a configuration that are stated as in a scenario, for questions
/// whose answers no decision shows: scores, shares, who may be evicted. Names are those of the
/// text, in the namespace "default". A text or a name that makes no sense aborts.
class Interview {
 public:
  explicit Interview(std::string_view text)
      : script_(read_script(std::string(text) + "\n-- want\n").value()),
        registry_{builtin_plugins(), builtin_actions()},
        configuration_(configure(script_, registry_).value()),
        session_(prepared(), configuration_, Moment{}) {}

  [[nodiscard]] Session& session() { return session_; }
  [[nodiscard]] const Cluster& cluster() const { return session_.cluster(); }

  [[nodiscard]] TaskId task(std::string_view name) const { return named(cluster().tasks(), name); }
  [[nodiscard]] JobId job(std::string_view name) const { return named(cluster().jobs(), name); }
  [[nodiscard]] QueueId queue(std::string_view name) const { return named(cluster().queues(), name); }
  [[nodiscard]] HyperNodeId hyper_node(std::string_view name) const { return named(cluster().hyper_nodes(), name); }
  [[nodiscard]] NodeId node(std::string_view name) const {
    for (const NodeId id : cluster().nodes_in_order()) {
      if (cluster().node_name(id) == name) return id;
    }
    BASALT_CHECK(false, "no such node");
    return {};
  }
  [[nodiscard]] std::vector<TaskId> tasks(const std::vector<std::string>& names) const {
    std::vector<TaskId> ids;
    for (const std::string& name : names) ids.push_back(task(name));
    return ids;
  }
  [[nodiscard]] std::vector<std::string> names(const std::vector<TaskId>& tasks) const {
    std::vector<std::string> texts;
    for (const TaskId id : tasks) texts.push_back(cluster().tasks()[id].name);
    return texts;
  }

  /// Points, to a thousandth, of nodes that are candidates together.
  [[nodiscard]] std::vector<double> points(std::string_view asking, const std::vector<std::string>& nodes) const {
    std::vector<NodeId> ids;
    for (const std::string& name : nodes) ids.push_back(node(name));
    return in_points(session_.scores(task(asking), ids));
  }
  /// The same of HyperNodes, for the first part of a job.
  [[nodiscard]] std::vector<double> hyper_node_points(std::string_view asking,
                                                      const std::vector<std::string>& hyper_nodes) const {
    std::vector<HyperNodeId> ids;
    for (const std::string& name : hyper_nodes) ids.push_back(hyper_node(name));
    return in_points(session_.hyper_node_scores(cluster().jobs()[job(asking)].sub_jobs.front(), ids));
  }

 private:
  Cluster& prepared() {
    configuration_.attach(state_.cluster());
    for (const Delta& delta : script_.steps.front().deltas) state_.apply(delta);
    return state_.cluster();
  }
  template <class Tag, class Row>
  static Id<Tag> named(const Table<Tag, Row>& table, std::string_view name) {
    Id<Tag> found;
    table.for_each([&](Id<Tag> id, const Row& row) {
      if (row.name == name) found = id;
    });
    BASALT_CHECK(found, "no row of this name");
    return found;
  }
  static std::vector<double> in_points(const std::vector<Score>& scores) {
    std::vector<double> points;
    for (const Score score : scores) {
      points.push_back(std::round(static_cast<double>(score) * 1000 / static_cast<double>(kPoint)) / 1000);
    }
    return points;
  }

  State state_{Ownership{}};
  Script script_;
  Registry registry_;
  Configuration configuration_;  // after the state: its plugins have columns in the tables
  Session session_;
};

}  // namespace basalt::testing
