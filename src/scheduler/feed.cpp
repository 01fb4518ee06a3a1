#include "scheduler/feed.hpp"

#include "adapter/decode.hpp"

namespace basalt {

void Feed::on_replace_begin(const std::string& /*resource_version*/) {}

void Feed::on_upsert(const kube::ObjectHead& head, const kube::ObjectBytes& object, kube::Change change) {
  if (change == kube::Change::same) return;
  mailbox_.post(adapter::to_delta(kind_, head, object));
}

void Feed::on_delete(const kube::ObjectHead& head, const kube::ObjectBytes* /*last*/) {
  mailbox_.post(adapter::to_removed(kind_, head));
}

void Feed::on_synced() {
  is_synced_ = true;
  gate_.note_current(kind_);
}

void Feed::on_watching() { gate_.note_current(kind_); }

void Feed::on_interrupted(SteadyTime /*since*/, const Error& reason) {
  gate_.note_behind(kind_, "watch interrupted: " + reason.message);
  observer_.watch_changed(kind_, "watch interrupted: " + reason.message);
}

void Feed::on_failure(const Error& error) {
  if (!is_synced_) gate_.note_behind(kind_, "not listed yet: " + error.message);
  observer_.watch_changed(kind_, error.message);
}

}  // namespace basalt
