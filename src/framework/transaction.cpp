#include "basalt/framework/transaction.hpp"

#include <utility>

#include "basalt/base/check.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

Transaction::Transaction(Session& session) : session_(&session), depth_(++session.depth_) { begun_ = savepoint(); }

Transaction::Transaction(Transaction&& other) noexcept
    : session_(std::exchange(other.session_, nullptr)), begun_(other.begun_), depth_(other.depth_) {}

Transaction::~Transaction() {
  if (session_ == nullptr) return;
  rollback(begun_);
  end();
}

void Transaction::end() {
  BASALT_CHECK(session_->depth_ == depth_, "transactions end in the reverse order of their beginning");
  --session_->depth_;
  session_ = nullptr;
}

Fit Transaction::allocate(TaskId task, NodeId node) {
  Cluster& cluster = session_->cluster_;
  BASALT_CHECK(cluster.status(task) == TaskStatus::pending || cluster.status(task) == TaskStatus::pipelined,
               "only a waiting task can be allocated");
  const bool may_be_refused = !session_->points<NodeReserve>().empty();
  const UndoLog::Mark before = may_be_refused ? cluster.undo_mark() : UndoLog::Mark{};
  if (cluster.status(task) == TaskStatus::pipelined) cluster.move(task, TaskStatus::pending, NodeId{});
  BASALT_CHECK(!cluster.idle_shortage(node, cluster.spec(task).request), "allocated beyond what the node has idle");
  cluster.move(task, TaskStatus::allocated, node);
  if (may_be_refused) {
    if (Fit fit = session_->reserve(task, node); !fit) {
      cluster.rollback(before);
      return fit;
    }
  }
  session_->journal_.push_back({Session::Operation::Kind::allocate, task, node, JobId{}, {}});
  return Fit::yes();
}

void Transaction::pipeline(TaskId task, NodeId node) {
  Cluster& cluster = session_->cluster_;
  BASALT_CHECK(cluster.status(task) == TaskStatus::pending, "only a pending task can be pipelined");
  BASALT_CHECK(!cluster.future_shortage(node, cluster.spec(task).request), "pipelined beyond what the node will have");
  session_->remember_opening(task);
  cluster.move(task, TaskStatus::pipelined, node);
  session_->journal_.push_back({Session::Operation::Kind::pipeline, task, node, JobId{}, {}});
}

void Transaction::reserve_in_advance(TaskId task, NodeId node) {
  Cluster& cluster = session_->cluster_;
  BASALT_CHECK(cluster.status(task) == TaskStatus::pending, "only a pending task can take a reservation");
  session_->remember_opening(task);
  cluster.move(task, TaskStatus::pipelined, node);
  session_->journal_.push_back({Session::Operation::Kind::reserve_in_advance, task, node, JobId{}, {}});
}

void Transaction::release(TaskId task) {
  Cluster& cluster = session_->cluster_;
  BASALT_CHECK(cluster.status(task) == TaskStatus::pipelined, "only a reservation can be released");
  session_->remember_opening(task);
  cluster.move(task, TaskStatus::pending, NodeId{});
  session_->journal_.push_back({Session::Operation::Kind::release, task, NodeId{}, JobId{}, {}});
}

void Transaction::evict(TaskId task, std::string reason) {
  Cluster& cluster = session_->cluster_;
  const TaskStatus status = cluster.status(task);
  BASALT_CHECK(status == TaskStatus::bound || status == TaskStatus::running,
               "only a pod that the API server has on a node can be evicted");
  const NodeId node = cluster.node_of(task);
  cluster.move(task, TaskStatus::releasing, node);
  session_->journal_.push_back({Session::Operation::Kind::evict, task, node, JobId{}, std::move(reason)});
}

void Transaction::suppose_leaving(TaskId task) {
  Cluster& cluster = session_->cluster_;
  const NodeId node = cluster.node_of(task);
  BASALT_CHECK(node && cluster.status(task) != TaskStatus::pipelined, "only what occupies a node can leave it");
  cluster.move(task, TaskStatus::releasing, node);
  session_->journal_.push_back({Session::Operation::Kind::suppose, task, node, JobId{}, {}});
}

Transaction::Savepoint Transaction::savepoint() const {
  return Savepoint{session_->cluster_.undo_mark(), session_->journal_.size()};
}

void Transaction::rollback(const Savepoint& point) {
  BASALT_CHECK(session_->depth_ == depth_, "rollback while a nested transaction is open");
  BASALT_CHECK(point.operations <= session_->journal_.size(), "rollback to a point that was undone");
  session_->cluster_.rollback(point.cells);
  session_->journal_.resize(point.operations);
}

void Transaction::commit() { end(); }

}  // namespace basalt
