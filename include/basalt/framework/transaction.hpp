#pragma once

#include <cstddef>
#include <string>

#include "basalt/framework/column.hpp"
#include "basalt/framework/reason.hpp"
#include "basalt/model/ids.hpp"

namespace basalt {

class Session;

/// A what-if. Changes are visible at once to everybody who asks the session; unless
/// `commit` is called they are gone, exactly, when the transaction goes out of scope, so
/// early returns need no clean-up. Transactions nest strictly: the one begun last ends
/// first. A committed inner transaction becomes part of the outer one; a committed
/// outermost one becomes decisions. Move-only; not thread-safe.
class Transaction {
 public:
  /// A point inside a transaction to go back to.
  struct Savepoint {
    UndoLog::Mark cells;
    std::size_t operations = 0;
  };

  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  /// Places a pending or pipelined task on a node, to be bound. A refusal is that of a plugin that
  /// chooses devices there (NodeReserve), and leaves everything as it was.
  /// REQUIRES: the request fits in what the node has idle.
  [[nodiscard]] Fit allocate(TaskId task, NodeId node);
  /// Gives a pending task a reservation on what a node will have.
  /// REQUIRES: the request fits in the node's future idle.
  void pipeline(TaskId task, NodeId node);
  /// Gives a pending task a reservation on a node whatever is there: on what it will have left once enough of
  /// those that run there have ended. Until then the node has less than nothing left for others.
  void reserve_in_advance(TaskId task, NodeId node);
  /// Takes a task's reservation back: it is pending again. REQUIRES: it is pipelined.
  void release(TaskId task);
  /// Marks a bound or running task as leaving. `reason` is the action's name.
  void evict(TaskId task, std::string reason);

  /// As if a task that occupies its node were leaving it: for questions about the time when it will have ended.
  /// REQUIRES: it is rolled back; no session closes with a supposition in it.
  void suppose_leaving(TaskId task);

  [[nodiscard]] Savepoint savepoint() const;
  /// REQUIRES: `point` is of this transaction, and not undone since.
  void rollback(const Savepoint& point);

  /// Keeps the changes. The transaction is over. REQUIRES: nothing nested in it is open.
  void commit();

 private:
  friend class Session;
  explicit Transaction(Session& session);
  void end();

  Session* session_;  // null: moved from or over
  Savepoint begun_;
  int depth_ = 0;
};

}  // namespace basalt
