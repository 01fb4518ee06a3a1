#pragma once

#include <string>

#include "basalt/model/objects.hpp"
#include "kube/reflector.hpp"
#include "scheduler/mailbox.hpp"
#include "scheduler/observer.hpp"
#include "scheduler/watch_gate.hpp"

namespace basalt {

/// Takes what a reflector brings about one kind, decodes it, and posts it. Runs on the reflector's thread.
class Feed final : public kube::ObjectSink {
 public:
  /// REQUIRES: all references outlive this.
  Feed(ObjectKind kind, Mailbox& mailbox, WatchGate& gate, Observer& observer)
      : kind_(kind), mailbox_(mailbox), gate_(gate), observer_(observer) {}

  void on_replace_begin(const std::string& resource_version) override;
  void on_replace_end() override {}
  void on_upsert(const kube::ObjectHead& head, const kube::ObjectBytes& object, kube::Change change) override;
  void on_delete(const kube::ObjectHead& head, const kube::ObjectBytes* last) override;
  void on_synced() override;
  void on_watching() override;
  void on_interrupted(SteadyTime since, const Error& reason) override;
  void on_failure(const Error& error) override;

 private:
  const ObjectKind kind_;
  Mailbox& mailbox_;
  WatchGate& gate_;
  Observer& observer_;
  bool is_synced_ = false;
  bool is_interrupted_ = false;
  std::string last_failure_;  // since it last worked
};

}  // namespace basalt
