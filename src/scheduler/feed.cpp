#include "scheduler/feed.hpp"

#include <utility>

#include "adapter/decode.hpp"

namespace basalt {

void Feed::on_replace_begin(const std::string& /*resource_version*/) {
  if (is_synced_) observer_.relisted(kind_);
}

void Feed::on_upsert(const kube::ObjectHead& head, const kube::ObjectBytes& object, kube::Change change) {
  if (change == kube::Change::same) return;
  observer_.object_changed(kind_);
  mailbox_.post(adapter::to_delta(kind_, head, object));
}

void Feed::on_delete(const kube::ObjectHead& head, const kube::ObjectBytes* /*last*/) {
  observer_.object_changed(kind_);
  mailbox_.post(adapter::to_removed(kind_, head));
}

void Feed::on_synced() {
  is_synced_ = true;
  last_failure_.clear();
  gate_.note_current(kind_);
}

void Feed::on_watching() {
  last_failure_.clear();
  gate_.note_current(kind_);
  if (std::exchange(is_interrupted_, false)) observer_.watch_resumed(kind_);
}

void Feed::on_interrupted(SteadyTime /*since*/, const Error& reason) {
  if (!is_synced_) return;  // nothing to be interrupted yet: on_failure says why
  gate_.note_behind(kind_, "watch interrupted: " + reason.message);
  is_interrupted_ = true;
  observer_.watch_interrupted(kind_, reason);
}

void Feed::on_failure(const Error& error) {
  if (!is_synced_) gate_.note_behind(kind_, "not listed yet: " + error.message);
  if (std::exchange(last_failure_, error.message) != error.message) observer_.watch_failed(kind_, error);
}

}  // namespace basalt
